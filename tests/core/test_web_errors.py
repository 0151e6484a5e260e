"""What went wrong is said in a sentence, with its status, and never as a traceback."""

import json

import pytest
from django.test import Client

from core import errors
from tests.cast import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def otto():
    return UserFactory(username="otto", role="administrator")


@pytest.fixture
def client_of_otto(otto):
    client = Client()
    client.force_login(otto, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_refusal_is_a_page_with_its_sentence(client_of_otto):
    answer = client_of_otto.post("/kit/toast/", {"tone": "late"})
    assert answer.status_code == 403
    assert "Only a manager may do this. Ask Boris Wagner." in answer.content.decode()


def test_refusal_is_a_toast_for_htmx_and_keeps_its_status(client_of_otto):
    answer = client_of_otto.post("/kit/toast/", {"tone": "late"}, headers={"HX-Request": "true"})
    assert answer.status_code == 403
    said = json.loads(answer["HX-Trigger"])["toast"]
    assert said == {"text": "Only a manager may do this. Ask Boris Wagner.", "tone": "late"}
    assert answer.content == b""


def test_htmx_of_somebody_signed_out_is_told_so_and_not_given_the_sign_in_page():
    answer = Client().get("/kit/dialog/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "signed out" in json.loads(answer["HX-Trigger"])["toast"]["text"]


@pytest.mark.parametrize(
    "error", [errors.Invalid, errors.Refused, errors.NotFound, errors.Conflict]
)
def test_each_error_keeps_its_status(rf, otto, error):
    from core.middleware import DomainErrorMiddleware

    request = rf.get("/customers/1/")
    request.user = otto
    answer = DomainErrorMiddleware(lambda _: None).process_exception(request, error("No. Because."))
    assert answer.status_code == error.status
    assert "No. Because." in answer.content.decode()


def test_api_is_left_to_its_own_words(rf, otto):
    from core.middleware import DomainErrorMiddleware

    request = rf.get("/api/v1/customers/1/")
    request.user = otto
    middleware = DomainErrorMiddleware(lambda _: None)
    assert middleware.process_exception(request, errors.Refused("No.")) is None


def test_html_in_a_sentence_is_not_executed(rf, otto):
    from core.middleware import DomainErrorMiddleware

    request = rf.get("/customers/1/")
    request.user = otto
    refused = errors.Refused("<script>alert(1)</script>")
    answer = DomainErrorMiddleware(lambda _: None).process_exception(request, refused)
    assert "<script>alert" not in answer.content.decode()


def test_unknown_address_is_friendly(client_of_otto):
    answer = client_of_otto.get("/there-is-nothing/")
    assert answer.status_code == 404
    assert "Nothing here that you can see" in answer.content.decode()


def test_server_error_is_drawn_without_anything(rf, django_assert_num_queries):
    from core.views.errors import server_error

    with django_assert_num_queries(0):
        answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def test_kit_is_for_administrators(client):
    assert client.get("/kit/").status_code == 302
    client.force_login(UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/kit/").status_code == 403


def test_health_tells_nothing_but_health(client, monkeypatch):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "failing": [], "beat": "red"},
    )
    monkeypatch.setattr("core.queries.health.failing", lambda: ["redis"])
    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_language_returns_only_within_the_site(client, wanted):
    answer = client.post("/language/", {"language": "zh-hant", "next": wanted})
    assert answer["Location"] == "/"
    assert client.cookies["baton_language"].value == "zh-hant"


def test_language_and_theme_stay_on_the_person(client_of_otto, otto):
    client_of_otto.post("/language/", {"language": "zh-hans"})
    client_of_otto.post("/theme/", {"theme": "dark"})
    otto.refresh_from_db()
    assert (otto.language, otto.theme) == ("zh-hans", "dark")
    assert client_of_otto.post("/language/", {"language": "tlh"}).status_code == 400
    assert client_of_otto.post("/theme/", {"theme": "pink"}).status_code == 400
    assert client_of_otto.get("/theme/").status_code == 405
    otto.refresh_from_db()
    assert (otto.language, otto.theme) == ("zh-hans", "dark")


def test_page_costs_no_query_for_the_frame_beyond_the_person_and_the_inbox(
    client_of_otto, django_assert_max_num_queries
):
    with django_assert_max_num_queries(3):
        client_of_otto.get("/kit/")
