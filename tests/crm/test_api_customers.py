"""Customers and contacts over the API: what is seen, found, changed, refused."""

import pytest

from core.models import Event
from crm.models import Contact, Customer
from tests.cast import NOW, ActivityFactory, ContactFactory, CustomerFactory, assign, gather
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db
LIST = "/api/v1/customers/"


def names(response):
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


@pytest.fixture
def cast():
    cast = gather()
    huawei = CustomerFactory(
        name="华为技术", team=cast.north, tier="S", region="华南", pinyin="huaweijishu hwjs"
    )
    CustomerFactory(name="Nordwind 100% GmbH", team=cast.north, tier="B", industry="Logistics")
    CustomerFactory(name="Southern", team=cast.south)
    cast.huawei = huawei
    assign(huawei, cast.nils)
    return cast


def test_everybody_lists_what_he_sees(cast):
    seen = {
        "anna": ["Acme", "Nordwind 100% GmbH", "华为技术"],
        "ben": ["Southern", "Zenith 天顶"],
        "otto": ["Acme", "Nordwind 100% GmbH", "Southern", "Zenith 天顶", "华为技术"],
    }
    for name, expected in seen.items():
        assert names(as_user(getattr(cast, name)).get(LIST)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=acm", ["Acme"]),
        ("q=ACME", ["Acme"]),
        ("q=华", ["华为技术"]),
        ("q=为技", ["华为技术"]),
        ("q=huawei", ["华为技术"]),
        ("q=hwjs", ["华为技术"]),
        ("q=wind%20gmbh", ["Nordwind 100% GmbH"]),
        ("q=100%25", ["Nordwind 100% GmbH"]),
        ("q=_", []),
        ("q=zenith", []),
        ("q=southern", []),
        ("tier=S,B", ["Nordwind 100% GmbH", "华为技术"]),
        ("state=active", ["Acme"]),
        ("region=华南", ["华为技术"]),
        ("industry=Logistics", ["Nordwind 100% GmbH"]),
        ("mine=1", ["Acme"]),
        ("mine=1&tier=S", []),
        ("order=-name", ["华为技术", "Nordwind 100% GmbH", "Acme"]),
    ],
)
def test_finding(cast, query, expected):
    assert names(as_user(cast.anna).get(f"{LIST}?{query}")) == expected


def test_who_serves_is_in_the_list(cast):
    rows = as_user(cast.anna).get(LIST).json()["results"]

    assert [row["primary_name"] for row in rows] == ["Anna", None, "Nils"]


@pytest.mark.parametrize(
    "query", ["tier=Z", "nonsense=1", "q=%00", "team=x", "cursor=abc", "limit=0", "order=tier"]
)
def test_what_a_list_does_not_understand(cast, query):
    response = as_user(cast.anna).get(f"{LIST}?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("order", ["name", "-name", "-last_activity_at", "-created_at"])
def test_pages_lose_nothing(cast, order):
    for n in range(7):
        customer = CustomerFactory(name="Same", team=cast.north)
        if n % 2:
            ActivityFactory(customer=customer, author=cast.anna)
    client = as_user(cast.anna)
    whole = [row["id"] for row in client.get(f"{LIST}?order={order}").json()["results"]]

    walked, address = [], f"{LIST}?order={order}&limit=3"
    while address:
        page = client.get(address).json()
        walked += [row["id"] for row in page["results"]]
        address = page["next"]

    assert walked == whole
    assert len(walked) == 10


def test_a_list_costs_the_same_whatever_its_length(cast, django_assert_num_queries):
    for _n in range(20):
        assign(CustomerFactory(team=cast.north), cast.nils)
    client = as_user(cast.anna)

    with django_assert_num_queries(4):
        client.get(LIST)


@pytest.mark.parametrize("path", ["", "timeline/"])
def test_another_team_does_not_exist(cast, path):
    response = as_user(cast.anna).get(f"{LIST}{cast.zenith.pk}/{path}")

    assert response.status_code == 404


def test_one_customer(cast):
    body = as_user(cast.anna).get(f"{LIST}{cast.acme.pk}/").json()

    assert (body["name"], body["team_name"]) == ("Acme", "North")
    assert [(row["user_name"], row["part"]) for row in body["assignments"]] == [("Anna", "primary")]


def test_founding(cast):
    response = send(as_user(cast.anna), "POST", LIST, {"name": "新客户", "tier": "A"})

    assert response.status_code == 201
    made = Customer.objects.get(name="新客户")
    assert response["Location"].endswith(f"{LIST}{made.pk}/")
    assert made.assignments.get().user == cast.anna


def test_founding_twice_with_one_key(cast):
    client = as_user(cast.anna)
    for _n in range(2):
        response = send(client, "POST", LIST, {"name": "Once"}, **{"Idempotency-Key": "k1"})
        assert response.status_code == 201

    assert Customer.objects.filter(name="Once").count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x", "tier": "Q"}, "tier"),
        ({"name": "x", "website": "javascript:1"}, "website"),
        ({"name": "x", "country": "CHN"}, "country"),
    ],
)
def test_founding_refused(cast, body, field):
    before = Customer.objects.count()

    response = send(as_user(cast.anna), "POST", LIST, body)

    assert response.status_code in (400, 422)
    assert list(response.json()["errors"]) == [field]
    assert Customer.objects.count() == before


def test_nul_and_length_are_stopped_at_the_door(cast):
    client = as_user(cast.anna)
    for name in ("a\x00b", "x" * 1_000_000):
        assert send(client, "POST", LIST, {"name": name}).status_code == 400
    assert not Customer.objects.filter(name__startswith="a\x00"[:1]).exclude(name="Acme").exists()


def test_changing_and_the_tag(cast):
    client = as_user(cast.anna)
    path = f"{LIST}{cast.acme.pk}/"
    tag = client.get(path)["ETag"]

    assert send(client, "PATCH", path, {"tier": "S"}, **{"If-Match": tag}).status_code == 200
    stale = send(client, "PATCH", path, {"tier": "C"}, **{"If-Match": tag})

    assert stale.status_code == 412
    cast.acme.refresh_from_db()
    assert cast.acme.tier == "S"


@pytest.mark.parametrize("field", ["team", "state", "last_activity_at", "id", "pinyin", "is_demo"])
def test_what_a_patch_does_not_touch(cast, field):
    before = Customer.objects.filter(pk=cast.acme.pk).values().get()

    send(as_user(cast.anna), "PATCH", f"{LIST}{cast.acme.pk}/", {field: cast.south.pk})

    assert Customer.objects.filter(pk=cast.acme.pk).values().get() == before


@pytest.mark.parametrize(("who", "status"), [("nils", 403), ("ben", 404), ("otto", 403)])
def test_who_may_not_change(cast, who, status):
    client = as_user(getattr(cast, who))

    response = send(client, "PATCH", f"{LIST}{cast.acme.pk}/", {"name": "Mine"})

    assert response.status_code == status
    cast.acme.refresh_from_db()
    assert cast.acme.name == "Acme"
    assert not Event.objects.exists()


def test_a_parent_has_to_be_seen(cast):
    client = as_user(cast.anna)

    assert (
        send(client, "PATCH", f"{LIST}{cast.acme.pk}/", {"parent": cast.zenith.pk}).status_code
        == 404
    )
    assert (
        send(client, "PATCH", f"{LIST}{cast.acme.pk}/", {"parent": cast.huawei.pk}).status_code
        == 200
    )


def test_a_hidden_parent_is_neither_shown_nor_found_nor_lost(cast):
    Customer.objects.filter(pk=cast.acme.pk).update(parent=cast.zenith)
    path = f"{LIST}{cast.acme.pk}/"

    shown = {who: as_user(getattr(cast, who)).get(path).json() for who in ("anna", "dora")}
    seen = as_user(cast.anna).get(f"{LIST}?parent={cast.zenith.pk}").json()["results"]
    kept = send(as_user(cast.anna), "PATCH", path, {"region": "Nord", "parent": None})

    assert (shown["anna"]["parent"], shown["anna"]["parent_name"]) == (None, None)
    assert (shown["dora"]["parent"], shown["dora"]["parent_name"]) == (
        cast.zenith.pk,
        "Zenith 天顶",
    )
    assert (seen, kept.status_code) == ([], 200)
    cast.acme.refresh_from_db()
    assert (cast.acme.parent, cast.acme.region) == (cast.zenith, "Nord")

    send(as_user(cast.dora), "PATCH", path, {"parent": None})
    cast.acme.refresh_from_db()
    assert cast.acme.parent is None


def test_one_customer_costs_one_more_with_a_parent(cast, django_assert_num_queries):
    client = as_user(cast.anna)

    for parent, queries in ((None, 5), (cast.zenith, 6), (cast.huawei, 6)):
        Customer.objects.filter(pk=cast.acme.pk).update(parent=parent)
        with django_assert_num_queries(queries):
            client.get(f"{LIST}{cast.acme.pk}/")


def test_the_log_does_not_name_a_parent(cast):
    path = f"{LIST}{cast.acme.pk}/"

    send(as_user(cast.dora), "PATCH", path, {"parent": cast.zenith.pk})
    said = as_user(cast.anna).get(f"{path}timeline/").content.decode()

    assert Event.objects.get().data == {"changes": {"parent": [None, "…"]}}
    assert "changed the facts" in said
    assert "Zenith" not in said


def test_state_and_team(cast):
    path = f"{LIST}{cast.acme.pk}/"

    lost = send(as_user(cast.anna), "POST", f"{path}state/", {"state": "lost", "reason": "Gone"})
    refused = send(
        as_user(cast.boris), "POST", f"{path}move/", {"team": cast.south.pk, "reason": "x"}
    )
    moved = send(as_user(cast.dora), "POST", f"{path}move/", {"team": cast.south.pk, "reason": "x"})

    assert (lost.status_code, lost.json()["state"]) == (200, "lost")
    assert (refused.status_code, refused.json()["code"]) == (403, "team_out_of_reach")
    assert moved.status_code == 204
    assert as_user(cast.nils).get(path).status_code == 404


def test_contacts(cast):
    client = as_user(cast.anna)
    ContactFactory(customer=cast.zenith, name="Stranger")

    made = send(
        client, "POST", "/api/v1/contacts/", {"customer": cast.acme.pk, "name": "王芳", "level": 4}
    )
    path = made["Location"]
    changed = send(client, "PATCH", path, {"title": "CTO"})
    left = send(client, "POST", f"{path}left/", {})

    assert (made.status_code, changed.json()["title"], left.json()["state"]) == (201, "CTO", "left")
    assert names(client.get("/api/v1/contacts/?q=王")) == ["王芳"]
    assert names(client.get("/api/v1/contacts/")) == ["王芳"]


@pytest.mark.parametrize(("who", "status"), [("nils", 403), ("ben", 404), ("otto", 403)])
def test_who_may_not_keep_contacts(cast, who, status):
    client = as_user(getattr(cast, who))
    lee = ContactFactory(customer=cast.acme, name="Lee")

    answers = [
        send(client, "POST", "/api/v1/contacts/", {"customer": cast.acme.pk, "name": "X"}),
        send(client, "PATCH", f"/api/v1/contacts/{lee.pk}/", {"name": "X"}),
        send(client, "POST", f"/api/v1/contacts/{lee.pk}/left/", {}),
    ]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert list(Contact.objects.values_list("name", "state")) == [("Lee", "active")]


def test_a_customers_timeline(cast):
    client = as_user(cast.anna)
    send(client, "PATCH", f"{LIST}{cast.acme.pk}/", {"tier": "S"})
    ActivityFactory(customer=cast.acme, author=cast.anna, subject="Met", starts_at=NOW)

    entries = client.get(f"{LIST}{cast.acme.pk}/timeline/").json()["results"]
    only = client.get(f"{LIST}{cast.acme.pk}/timeline/?topic=activities").json()["results"]

    assert [(entry["type"], entry["who"], entry["title"]) for entry in entries] == [
        ("event", "Anna", "changed the facts"),
        ("activity", "Anna", "Met"),
    ]
    assert entries[0]["changes"] == [["tier", "A", "S"]]
    assert [entry["title"] for entry in only] == ["Met"]
