"""Lists and single things over the API: pages, orders, filters, entity tags."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group

from core import keyset
from core.api.rows import columns_of
from core.models import Event
from tests.core.api_urls import FactSerializer, FactWithLengthSerializer
from tests.core.conftest import REQUEST_ID

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_urls")]
START = datetime(2026, 2, 13, 6, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def facts(anna):
    scopes = [5, None, 3, 5, None, 1, 3, 2, None, 4, 5]
    return [
        Event.objects.create(
            name="ab"[n % 2] + ".made",
            subject_label="core.event",
            subject_id=n,
            scope_id=scope,
            actor=anna,
            actor_name="Anna",
            at=START + timedelta(hours=n % 3),
            data={"n": n},
        )
        for n, scope in enumerate(scopes)
    ]


def walk(api, address, step="next"):
    """All rows of a list, page by page, and how many pages there were."""
    rows, pages = [], 0
    while address:
        page = api.get(address).json()
        rows = rows + page["results"] if step == "next" else page["results"] + rows
        pages += 1
        address = page[step]
    return rows, pages


def expected(facts, key, *, falling=False, nullable=False):
    known = [fact for fact in facts if not nullable or key(fact) is not None]
    known.sort(key=lambda fact: (key(fact), fact.id), reverse=falling)
    unknown = [fact for fact in facts if nullable and key(fact) is None]
    unknown.sort(key=lambda fact: fact.id, reverse=falling)
    return [fact.id for fact in known + unknown]


def test_a_row_is_what_the_serializer_names(api, facts):
    assert api.get("/api/v1/facts/?limit=1").json()["results"] == [
        {
            "id": facts[0].id,
            "name": "a.made",
            "at": "2026-02-13T06:30:00.123456Z",
            "scope_id": 5,
            "data": {"n": 0},
            "person": "Anna",
        }
    ]


def test_the_fast_path_answers_as_the_serializer_would(api, facts):
    rows = api.get("/api/v1/facts/").json()["results"]
    by_serializer = FactSerializer(Event.objects.order_by("id"), many=True).data
    assert rows == [dict(row) for row in by_serializer]


def test_only_serializers_of_plain_columns_take_the_fast_path():
    assert columns_of(FactSerializer) == (
        ("id", "name", "at", "scope_id", "data", "person"),
        ("id", "name", "at", "scope_id", "data", "actor__name"),
    )
    assert columns_of(FactWithLengthSerializer) is None


def test_a_serializer_with_more_than_columns_still_pages(api, facts):
    rows, pages = walk(api, "/api/v1/facts-with-length/?limit=4&order=-scope")
    assert pages == 3
    assert [row["id"] for row in rows] == expected(
        facts, lambda fact: fact.scope_id, falling=True, nullable=True
    )
    assert rows[0] == {"id": facts[10].id, "name": "a.made", "length": 6}


@pytest.mark.parametrize("limit", [1, 2, 3, 11, 200])
@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("id", lambda fact: fact.id),
        ("-id", lambda fact: fact.id),
        ("scope", lambda fact: fact.scope_id),
        ("-scope", lambda fact: fact.scope_id),
        ("name", lambda fact: (fact.name, fact.at)),
        ("-name", lambda fact: (fact.name, fact.at)),
        ("subject", lambda fact: fact.subject_id),
        ("person", lambda fact: "Anna"),
    ],
)
def test_pages_hold_every_row_once_in_order(api, facts, order, key, limit):
    right = expected(facts, key, falling=order[0] == "-", nullable="scope" in order)
    rows, pages = walk(api, f"/api/v1/facts/?limit={limit}&order={order}")
    assert [row["id"] for row in rows] == right
    assert pages == -(-11 // limit)


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize("order", ["id", "-id", "scope", "-scope", "name", "-name"])
def test_pages_lead_back_the_same_way(api, facts, order, limit):
    forward, _pages = walk(api, f"/api/v1/facts/?limit={limit}&order={order}")
    address = f"/api/v1/facts/?limit={limit}&order={order}"
    while page := api.get(address).json():
        if not page["next"]:
            break
        address = page["next"]
    backward, _pages = walk(api, address, "previous")
    assert backward == forward


def test_the_first_page_has_none_before_and_the_last_none_after(api, facts):
    first = api.get("/api/v1/facts/?limit=6").json()
    assert first["previous"] is None
    assert first["next"].startswith("http://testserver/api/v1/facts/?limit=6&cursor=")
    last = api.get(first["next"]).json()
    assert last["next"] is None
    again = api.get(last["previous"]).json()
    assert again["results"] == first["results"]
    assert again["previous"] is None


def test_a_page_is_compared_by_row_value(api, facts, connection_queries):
    address = api.get("/api/v1/facts/?limit=6&order=name").json()["next"]
    with connection_queries() as queries:
        api.get(address)
    assert '("core_event"."name", "core_event"."at", "core_event"."id") > (' in queries[-1]["sql"]


@pytest.fixture
def connection_queries():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


def test_a_page_costs_one_query_beside_the_sign_in(api, facts, connection_queries):
    with connection_queries() as queries:
        api.get("/api/v1/facts/?limit=6")
    asked = [each["sql"] for each in queries if "core_event" in each["sql"]]
    assert len(asked) == 1
    assert len(queries) == 3  # session, user, rows


def test_an_empty_list(api):
    assert api.get("/api/v1/facts/").json() == {"results": [], "next": None, "previous": None}
    counted = api.get("/api/v1/facts/?count=true").json()
    assert counted == {
        "results": [],
        "next": None,
        "previous": None,
        "count": 0,
        "count_capped": False,
    }


def test_counts_stop_at_the_cap(api, facts, monkeypatch):
    answer = api.get("/api/v1/facts/?limit=1&count=1").json()
    assert (answer["count"], answer["count_capped"]) == (11, False)
    assert "count" not in api.get(answer["next"]).json()
    assert keyset.count(Event.objects.all(), most=10) == (10, True)
    assert keyset.count(Event.objects.all(), most=11) == (11, False)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("scope=5", [0, 3, 10]),
        ("scope=5,1", [0, 3, 5, 10]),
        ("name=b.", [1, 3, 5, 7, 9]),
        ("kind=a.made,b.made&scope=3", [2, 6]),
        ("scoped=false", [1, 4, 8]),
        ("scoped=1&above=6", [7, 9, 10]),
        ("since=2026-02-13T08:00:00Z", [2, 5, 8]),
        ("since=2026-02-13T16:00:00%2B08:00", [2, 5, 8]),
        ("since=2026-02-13T16:00:00+08:00", [2, 5, 8]),
        ("since=2026-02-13T08:00:00", [2, 5, 8]),
        ("day=2026-02-14", []),
    ],
)
def test_filters_narrow(api, facts, query, numbers):
    rows = api.get(f"/api/v1/facts/?{query}").json()["results"]
    assert [row["data"]["n"] for row in rows] == numbers


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        (
            "colour=red",
            "colour",
            "Unknown parameter. Known are: above, count, cursor, day, kind, limit, name, order,"
            " scope, scoped, since.",
        ),
        ("scope=1&scope=2", "scope", "Give this parameter once; separate values by commas."),
        ("scope=x", "scope", "Give the number of a row."),
        ("scope=0", "scope", "Give the number of a row."),
        ("scope=9223372036854775808", "scope", "Give the number of a row."),
        ("scope=%D9%A3", "scope", "Give the number of a row."),
        ("scope=" + ",".join(["1"] * 101), "scope", "No more than 100 values."),
        ("name=%00", "name", "Null characters are not allowed."),
        ("name=" + "x" * 10001, "name", "Ensure this text has no more than 10000 characters."),
        ("name=", "name", "Give a text."),
        ("kind=c", "kind", "Choose one of: a.made, b.made."),
        ("scoped=maybe", "scoped", "Give true or false."),
        ("since=yesterday", "since", "Give a moment as 2026-02-13T09:00:00Z."),
        ("since=0001-01-01T00:00:00%2B14:00", "since", "Give a moment as 2026-02-13T09:00:00Z."),
        ("day=2026-02-30", "day", "Give a date as 2026-02-13."),
        ("day=0000-01-01", "day", "Give a date as 2026-02-13."),
        ("above=NaN", "above", "Give a number."),
        ("above=1E%2B999999999", "above", "Give a number."),
        ("limit=0", "limit", "Give a number from 1 to 200."),
        ("limit=201", "limit", "Give a number from 1 to 200."),
        ("limit=-5", "limit", "Give a number from 1 to 200."),
        (
            "order=at",
            "order",
            "Choose one of: id, -id, scope, -scope, name, -name, subject, person.",
        ),
    ],
)
def test_a_parameter_that_cannot_be_taken_is_refused_by_name(api, facts, query, field, sentence):
    response = api.get(f"/api/v1/facts/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:baton:problem:invalid",
        "title": "Bad Request",
        "status": 400,
        "code": "invalid",
        "detail": "Some fields cannot be taken as they are.",
        "errors": {field: [sentence]},
        "instance": "/api/v1/facts/",
        "request_id": REQUEST_ID,
    }


def _cursor(*parts):
    import base64

    import orjson

    return base64.urlsafe_b64encode(orjson.dumps(list(parts))).decode().rstrip("=")


MARK = keyset.order_for(Event, ("id",)).mark
NAME = keyset.order_for(Event, ("name", "at")).mark


@pytest.mark.parametrize(
    ("order", "cursor"),
    [
        ("id", "x"),
        ("id", "héhé"),
        ("id", "!!!!"),
        ("id", "x" * 5000),
        ("id", _cursor()),
        ("id", _cursor(MARK)),
        ("id", _cursor(MARK, 0)),
        ("id", _cursor(MARK, 2, 1)),
        ("id", _cursor(MARK, 0, None)),
        ("id", _cursor(MARK, 0, "x")),
        ("id", _cursor(MARK, 0, 2**63)),
        ("id", _cursor(MARK, 0, "9" * 30)),
        ("id", _cursor(MARK, 0, [1])),
        ("id", _cursor(MARK, 0, {"a": 1})),
        ("id", _cursor(MARK, 0, 1, 2)),
        ("id", _cursor(NAME, 0, "a", "2026-01-01T00:00:00Z", 1)),
        ("name", _cursor(NAME, 0, "a\x00", "2026-01-01T00:00:00Z", 1)),
        ("name", _cursor(NAME, 0, "a", "2026-01-01T00:00:00", 1)),
        ("name", _cursor(NAME, 0, "a", "yesterday", 1)),
        ("name", _cursor(NAME, 0, "a", 5, 1)),
        ("name", _cursor(NAME, 0, None, "2026-01-01T00:00:00Z", 1)),
    ],
)
def test_a_cursor_this_list_did_not_write_is_refused(api, facts, order, cursor):
    response = api.get("/api/v1/facts/", {"order": order, "cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")


def test_a_cursor_survives_the_deletion_of_its_row(api, facts):
    Group.objects.bulk_create(Group(name=name) for name in "abcdef")
    first = api.get("/api/v1/groups/?limit=3").json()
    Group.objects.filter(name__in="bc").delete()
    second = api.get(first["next"]).json()
    assert [row["name"] for row in second["results"]] == ["d", "e", "f"]


def test_orders_that_cannot_be_paged_are_refused_when_they_are_declared():
    with pytest.raises(ValueError, match="one direction"):
        keyset.Order(Event, ("name", "-at"))
    with pytest.raises(ValueError, match="only the first column"):
        keyset.Order(Event, ("name", "scope_id"))


def test_pages_of_instances_and_dicts_are_the_same(facts):
    for queryset, read in (
        (Event.objects.all(), lambda row: row.pk),
        (Event.objects.values("id", "scope_id"), lambda row: row["id"]),
    ):
        first = keyset.page(queryset, ["-scope_id"], limit=8)
        second = keyset.page(queryset, ["-scope_id"], limit=8, cursor=first.next)
        found = [read(row) for row in first.rows + second.rows]
        assert found == expected(facts, lambda fact: fact.scope_id, falling=True, nullable=True)


def test_one_thing_has_a_tag_and_is_not_sent_twice(api):
    group = Group.objects.create(name="North")
    first = api.get(f"/api/v1/groups/{group.pk}/")
    assert first.json() == {"id": group.pk, "name": "North"}
    tag = first["ETag"]
    second = api.get(f"/api/v1/groups/{group.pk}/", headers={"If-None-Match": tag})
    assert (second.status_code, second.content, second["ETag"]) == (304, b"", tag)
    Group.objects.update(name="South")
    third = api.get(f"/api/v1/groups/{group.pk}/", headers={"If-None-Match": f'"x", W/{tag}'})
    assert third.json() == {"id": group.pk, "name": "South"}
    assert third["ETag"] != tag


@pytest.mark.parametrize("pk", ["0", "999999", "9223372036854775808", "9" * 60])
def test_a_number_no_row_has_is_not_found(api, pk):
    response = api.get(f"/api/v1/groups/{pk}/")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_a_single_thing_takes_no_parameters(api):
    response = api.get("/api/v1/fixed/?expand=all")
    assert response.status_code == 400
    assert response.json()["errors"] == {"expand": ["Unknown parameter. Known are: -."]}


def test_json_is_answered_whatever_is_asked_for(api):
    for accept in ("text/html", "application/xml", "*/*", "nonsense"):
        response = api.get("/api/v1/price/", headers={"Accept": accept})
        assert response["Content-Type"] == "application/json"
        assert response.content == b'{"price":"12.50"}'


def test_head_and_options_work(api):
    assert api.head("/api/v1/facts/").content == b""
    assert api.options("/api/v1/facts/")["Allow"] == "GET, HEAD, OPTIONS"
