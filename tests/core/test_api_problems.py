"""Whatever goes wrong in the API is one kind of document, and tells no secrets."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from core.constraints import _explained, explain
from core.models import CalendarException
from tests.core.conftest import BACKEND, REQUEST_ID

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api_urls")]
GROUPS = "/api/v1/groups/"


def post(api, body, address=GROUPS, **extra):
    return api.post(address, body, content_type="application/json", **extra)


def test_a_command_that_cannot_take_the_input_names_the_fields(api):
    response = api.get("/api/v1/raises/invalid/")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:baton:problem:invalid",
        "title": "Bad Request",
        "status": 400,
        "code": "invalid",
        "detail": "Bad.",
        "errors": {"name": ["Too short."], "lines": ["One.", "Two."]},
        "instance": "/api/v1/raises/invalid/",
        "request_id": REQUEST_ID,
    }


@pytest.mark.parametrize(
    ("which", "status", "title", "code", "detail", "details"),
    [
        ("refused", 403, "Forbidden", "refused", "Not by you.", {"needs": "customer.assign"}),
        ("missing", 404, "Not Found", "not_found", "No such thing.", None),
        ("conflict", 409, "Conflict", "already_won", "Too late.", {"state": "won"}),
        ("404", 404, "Not Found", "not_found", "Not found.", None),
    ],
)
def test_a_refusal_keeps_its_code_and_details(api, which, status, title, code, detail, details):
    response = api.get(f"/api/v1/raises/{which}/")
    right = {
        "type": f"urn:baton:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": f"/api/v1/raises/{which}/",
        "request_id": REQUEST_ID,
    }
    if details:
        right["details"] = details
    assert (response.status_code, response.json()) == (status, right)


@pytest.mark.parametrize(
    ("which", "status", "code", "detail"),
    [
        ("long", 400, "invalid_value", "A value is too long or out of range."),
        ("big", 400, "invalid_value", "A value is too long or out of range."),
        ("slow", 503, "too_slow", "This took too long."),
        ("trigger", 409, "known_rule", "Not that way."),
        ("other", 409, "another_rule", "This does not fit what is already there."),
    ],
)
def test_what_the_database_refuses_is_said_without_its_words(api, which, status, code, detail):
    explain("known_rule", "Not that way.")
    response = api.get(f"/api/v1/queries/{which}/")
    _explained.pop("known_rule")
    document = response.json()
    assert (response.status_code, document["code"], document["detail"]) == (status, code, detail)
    assert b"secret" not in response.content


def test_a_constraint_speaks_through_its_model(api):
    taken = {"country": "CN", "day": "2026-03-06", "kind": "off"}
    CalendarException.objects.create(**taken)
    from core.constraints import sentence_of

    assert sentence_of("calendar_exception_once") == "This day has an exception already."
    assert sentence_of("no_such_constraint") is None
    assert sentence_of(None) is None


def test_a_double_row_is_a_conflict(api):
    assert post(api, {"name": "North"}).status_code == 201
    response = post(api, {"name": "North"})
    document = response.json()
    assert (response.status_code, document["code"]) == (409, "auth_group_name_key")
    assert document["detail"] == "This does not fit what is already there."
    assert list(Group.objects.values_list("name", flat=True)) == ["North"]


def test_a_mistake_of_ours_is_told_without_what_it_was(api, settings):
    settings.DEBUG = False
    api.raise_request_exception = False
    for address in ("/api/v1/raises/crash/", "/api/v1/queries/syntax/"):
        response = api.get(address)
        assert response.status_code == 500
        assert response.json() == {
            "type": "urn:baton:problem:server_error",
            "title": "Internal Server Error",
            "status": 500,
            "code": "server_error",
            "detail": "Something went wrong here. It has been recorded.",
            "instance": address,
            "request_id": REQUEST_ID,
        }


def test_a_mistake_of_ours_stays_an_exception_for_the_log(api):
    with pytest.raises(RuntimeError, match="a secret"):
        api.get("/api/v1/raises/crash/")


@pytest.mark.parametrize("method", ["get", "post", "patch", "delete", "put"])
@pytest.mark.parametrize("debug", [True, False])
def test_an_address_that_is_none_is_a_problem_too(client, settings, method, debug):
    settings.DEBUG = debug
    response = getattr(client, method)("/api/v1/nothing/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"] == "There is nothing at this address."
    without = getattr(client, method)("/api/v1/groups")
    assert without.json()["detail"] == (
        "There is nothing at this address. Addresses of the API end with a slash."
    )


def test_who_is_not_signed_in_is_told_how(client):
    response = client.get(GROUPS)
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="Baton"'
    unknown = client.get(GROUPS, headers={"Authorization": "Bearer baton_x"})
    assert (unknown.status_code, unknown.json()["code"]) == (401, "bad_token")


def test_a_method_that_is_not_there(api):
    response = api.put("/api/v1/groups/", "{}", content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (b"", "invalid", "Some fields cannot be taken as they are."),
        (b"{", "bad_json", "The body is not valid JSON: line 1, column 2."),
        (b'{"name": NaN}', "bad_json", "The body is not valid JSON: line 1, column 10."),
        (b'{"name": "\xff"}', "bad_json", None),
        (b'{"name": "\\ud800"}', "bad_json", None),
        (b"[" * 100_000, "bad_json", None),
        (b"[" * 20 + b"]" * 20, "too_deep", "The body is nested too deeply."),
        (b'{"a\\u0000b": 1}', "bad_name", "The name of a member cannot be taken."),
        (b"[]", "invalid", None),
        (b"7", "invalid", None),
        (b"null", "invalid", None),
        (b'"text"', "invalid", None),
    ],
)
def test_a_body_that_is_no_body(api, body, code, detail):
    response = post(api, body)
    document = response.json()
    assert (response.status_code, document["code"]) == (400, code)
    assert detail is None or document["detail"] == detail
    assert Group.objects.count() == 0


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 10_001, "Ensure this text has no more than 10000 characters."),
        ("x" * 151, "Ensure this field has no more than 150 characters."),
        ("", "This field may not be blank."),
        (None, "This field may not be null."),
        ({"a": 1}, "Not a valid string."),
        (["a"], "Not a valid string."),
    ],
)
def test_a_text_that_no_field_takes(api, value, sentence):
    response = post(api, {"name": value})
    assert response.status_code == 400
    assert response.json()["errors"] == {"name": [sentence]}
    assert Group.objects.count() == 0


def test_texts_are_checked_wherever_they_are(api):
    response = post(api, {"name": "ok", "lines": [{"note": "a\x00"}]})
    assert response.json()["errors"] == {"lines.0.note": ["Null characters are not allowed."]}


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400", "x", "1.234", "12345678901234"])
def test_a_number_that_no_field_takes(api, amount):
    response = post(api, {"name": "ok", "amount": amount})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["amount"]


def test_numbers_beyond_every_machine(api):
    for number in (b"1e400", b"-1e400", b"9" * 400):
        response = post(api, b'{"name": "ok", "amount": %s}' % number)
        assert response.status_code == 400


def test_a_body_that_is_too_long(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = post(api, {"name": "x" * 200})
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


def test_a_body_of_another_kind(api):
    for kind in (
        "text/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        response = api.post(GROUPS, b"name=x", content_type=kind)
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_emoji_html_and_chinese_are_just_text(api):
    for name in ("🏭 Zhang <b>伟</b>", "'; DROP TABLE x; --", "{{ 7*7 }}"):
        made = post(api, {"name": name})
        assert made.status_code == 201
        assert made.json()["name"] == name


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Some fields cannot be taken as they are."),
        ("zh-hans", "有些字段需要修改后才能提交。"),
        ("zh-hant", "有些欄位需要修改後才能送出。"),
    ],
)
def test_sentences_come_in_the_language_of_the_reader(api, anna, language, sentence):
    anna.language = language
    anna.save()
    document = api.get("/api/v1/fixed/?x=1").json()
    assert (document["code"], document["detail"]) == ("invalid", sentence)


def test_a_form_of_another_site_cannot_post(anna):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(anna, backend=BACKEND)
    response = post(strict, {"name": "x"})
    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert Group.objects.count() == 0
