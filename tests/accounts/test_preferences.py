"""Each person reads his own language and his own clock; before sign-in the browser decides."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.commands.preferences import set_preferences
from accounts.middleware import PreferencesMiddleware
from accounts.models import User
from core.errors import Invalid
from tests.cast import gather

pytestmark = pytest.mark.django_db


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Inbox"), ("zh-hans", "收件箱"), ("zh-hant", "收件匣")]
)
def test_the_language_of_the_person_beats_cookie_and_browser(client, language, word):
    cast = gather()
    set_preferences(cast.anna, language=language)
    client.force_login(cast.anna)
    client.cookies["baton_language"] = "zh-hant"

    answer = client.get("/inbox/", HTTP_ACCEPT_LANGUAGE="zh-hans")

    page = answer.content.decode()
    assert f"<h1>{word}</h1>" in page
    assert f'<html lang="{language}"' in page
    assert answer["Content-Language"] == language


@pytest.mark.parametrize(
    ("cookie", "accepts", "language"),
    [("", "zh-TW,zh;q=0.9", "zh-hant"), ("", "zh-CN", "zh-hans"), ("", "fr", "en"),
     ("zh-hant", "en", "zh-hant")],
)  # fmt: skip
def test_before_sign_in_cookie_then_browser(client, cookie, accepts, language):
    if cookie:
        client.cookies["baton_language"] = cookie

    answer = client.get("/account/login/", HTTP_ACCEPT_LANGUAGE=accepts)

    assert f'<html lang="{language}"' in answer.content.decode()


def test_the_api_speaks_to_programs_in_the_language_they_accept(client):
    refused = client.get("/api/v1/users/", HTTP_ACCEPT_LANGUAGE="zh-hans")
    again = client.get("/api/v1/users/", HTTP_ACCEPT_LANGUAGE="en")

    assert refused.json()["detail"] != again.json()["detail"]


def test_the_clock_is_the_person_s_and_ends_with_the_request(rf):
    cast = gather()
    seen = []

    def look(request):
        moment = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
        seen.append((timezone.localtime(moment).hour, translation.get_language()))
        return "answer"

    before = timezone.get_current_timezone()
    for zone in ("Asia/Shanghai", "America/New_York", "Mars/Olympus"):
        request = rf.get("/")
        request.user = cast.anna
        request.user.time_zone, request.user.language = zone, "zh-hans"
        PreferencesMiddleware(look)(request)

    assert seen == [(10, "zh-hans"), (22, "zh-hans"), (2, "zh-hans")]
    assert timezone.get_current_timezone() == before
    translation.activate("en")


def test_choosing_by_form_is_kept_on_the_person_and_in_the_cookie(client):
    cast = gather()
    client.force_login(cast.anna)

    client.post("/language/", {"language": "zh-hant", "next": "/inbox/"})
    client.post("/theme/", {"theme": "dark"})

    assert (fresh(cast.anna).language, fresh(cast.anna).theme) == ("zh-hant", "dark")
    assert client.cookies["baton_language"].value == "zh-hant"


@pytest.mark.parametrize(
    ("path", "body"),
    [("/language/", {"language": "fr"}), ("/language/", {}), ("/theme/", {"theme": "pink"})],
)
def test_what_baton_does_not_offer_is_refused(client, path, body):
    cast = gather()
    client.force_login(cast.anna)

    assert client.post(path, body).status_code == 400
    assert (fresh(cast.anna).language, fresh(cast.anna).theme) == ("en", "auto")


def test_a_command_refuses_all_or_keeps_all():
    cast = gather()

    with pytest.raises(Invalid) as refused:
        set_preferences(cast.anna, language="fr", theme="dark", time_zone="Mars/Olympus")

    assert set(refused.value.details) == {"language", "time_zone"}
    assert fresh(cast.anna).theme == "auto"
    set_preferences(cast.anna)
    set_preferences(cast.anna, theme="dark")
    assert (fresh(cast.anna).theme, fresh(cast.anna).language) == ("dark", "en")


def test_strangers_cost_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        Client().get("/language/")
