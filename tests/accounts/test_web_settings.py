"""Settings: one's own, and those of people and teams for who administers them."""

import pytest
from django.utils import timezone

from accounts.commands.tokens import create_token
from accounts.models import ApiToken, Role, Team, User
from accounts.queries.tokens import digest_of
from tests.cast import UserFactory, gather

pytestmark = pytest.mark.django_db

MEI = {
    "name": "Mei Lin",
    "username": "mei",
    "email": "mei@example.com",
    "role": "rep",
    "level": "2",
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
}


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def test_the_profile_is_one_s_own_and_speaks_at_once(client):
    cast = gather()
    client.force_login(cast.anna)

    answer = client.post(
        "/settings/",
        {
            "name": "Anna Berg",
            "title": "Key account",
            "language": "zh-hans",
            "time_zone": "Asia/Taipei",
            "theme": "dark",
            "role": "director",
            "level": "5",
        },
    )

    anna = fresh(cast.anna)
    assert answer.status_code == 302
    assert (anna.name, anna.language, anna.time_zone, anna.theme) == (
        "Anna Berg", "zh-hans", "Asia/Taipei", "dark",
    )  # fmt: skip
    assert (anna.role, anna.level) == (Role.REP, 1)
    page = client.get("/settings/").content.decode()
    assert '<html lang="zh-hans"' in page
    assert 'data-time-zone="Asia/Taipei"' in page


@pytest.mark.parametrize(
    "wrong",
    [{"language": "fr"}, {"time_zone": "Mars/Olympus"}, {"name": ""}, {"theme": "pink"},
     {"name": "a\x00b"}, {"name": "x" * 1_000_000}],
)  # fmt: skip
def test_a_profile_that_cannot_be_kept_says_where(client, wrong):
    cast = gather()
    client.force_login(cast.anna)
    given = {"name": "A", "language": "en", "time_zone": "UTC", "theme": "auto"} | wrong

    answer = client.post("/settings/", given)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert fresh(cast.anna).name == "Anna"


def test_a_key_is_shown_once(client):
    cast = gather()
    client.force_login(cast.anna)

    made = client.post("/settings/tokens/", {"name": "Export", "scope": "write", "expires": "30"})

    token = ApiToken.objects.get()
    key = made.context["key"]
    assert key in made.content.decode()
    assert made["Cache-Control"].startswith("max-age=0")
    assert digest_of(key) == token.digest
    assert (token.expires_at - timezone.now()).days == 29
    assert key not in client.get("/settings/tokens/").content.decode()


def test_a_token_is_revoked_by_its_owner_only(client):
    cast = gather()
    token, _key = create_token(by=cast.anna, at=timezone.now(), name="x")
    client.force_login(cast.nils)

    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
    assert fresh(token).revoked_at is None

    client.force_login(cast.anna)
    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 302
    assert fresh(token).revoked_at is not None
    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404


def test_signing_out_everywhere_ends_the_other_session_too(client):
    from django.test import Client

    cast = gather()
    other = Client()
    for each in (client, other):
        each.force_login(cast.anna)

    client.post("/settings/security/sign-out/")

    for each in (client, other):
        answer = each.get("/settings/")
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/login/")


def test_a_person_is_added_and_gets_a_link(client, mailoutbox):
    from core.relay import drain

    cast = gather()
    client.force_login(cast.otto)

    answer = client.post("/settings/people/new/", MEI | {"team": cast.north.pk, "send_link": "on"})

    mei = User.objects.get(username="mei")
    assert answer["Location"] == f"/settings/people/{mei.pk}/"
    assert (mei.team, mei.level, mei.language) == (cast.north, 2, "zh-hans")
    drain(at=timezone.now())
    assert [mail.to for mail in mailoutbox] == [["mei@example.com"]]


def test_what_is_wrong_stands_beside_its_field(client):
    cast = gather()
    client.force_login(cast.otto)

    answer = client.post("/settings/people/new/", MEI | {"username": "Anna"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["username"]
    assert not User.objects.filter(username="Anna").exists()


def test_people_are_found_by_part_of_anything_and_by_state(client, django_assert_max_num_queries):
    cast = gather()
    UserFactory(username="lin", name="林梅", title="Architect")
    User.objects.filter(pk=cast.ben.pk).update(is_active=False, frozen_at=timezone.now())
    client.force_login(cast.otto)

    def found(query):
        page = client.get("/settings/people/" + query).context["page"]
        return [row["username"] for row in page.rows]

    with django_assert_max_num_queries(6):
        assert "ben" not in found("")
    assert found("?q=林") == ["lin"]
    assert found("?q=archi") == ["lin"]
    assert found("?state=frozen") == ["ben"]
    assert found("?state=all&q=an") == ["anna"]
    assert found("?q=%00") == found("")
    assert "system" not in found("?state=all")


def test_a_person_is_changed_frozen_and_let_in_again(client):
    cast = gather()
    client.force_login(cast.otto)
    url = f"/settings/people/{cast.anna.pk}/"

    client.post(url, MEI | {"username": "anna", "role": "manager", "team": cast.south.pk})
    assert (fresh(cast.anna).role, fresh(cast.anna).team) == (Role.MANAGER, cast.south)

    client.post(url + "freeze/", {"reason": "on leave"})
    assert not fresh(cast.anna).is_active
    assert client.post(url + "freeze/").status_code == 409
    assert "Unfreeze" in client.get(url).content.decode()
    client.post(url + "unfreeze/")
    assert fresh(cast.anna).is_active


def test_the_page_says_what_happened_and_why(client, django_assert_max_num_queries):
    cast = gather()
    client.force_login(cast.otto)
    url = f"/settings/people/{cast.anna.pk}/"
    client.post(url, MEI | {"username": "anna", "level": "3"})
    client.post(url + "freeze/", {"reason": "<b>left the laptop</b>"})

    with django_assert_max_num_queries(12):
        page = client.get(url)

    lines = [(str(one.text), one.by, one.detail) for one in page.context["history"]]
    assert lines[0] == ("Frozen", "Otto", "<b>left the laptop</b>")
    assert lines[1][:2] == ("Facts changed", "Otto")
    assert "level" in lines[1][2]
    assert "&lt;b&gt;left the laptop&lt;/b&gt;" in page.content.decode()


def test_closing_shows_what_stands_in_the_way(client):
    cast = gather()
    client.force_login(cast.otto)
    url = f"/settings/people/{cast.boris.pk}/"

    answer = client.post(url + "close/")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Boris leads the team North." in page
    assert f'href="/settings/teams/{cast.north.pk}/"' in page
    assert fresh(cast.boris).is_active


def test_freezing_ends_session_and_token_at_once(client):
    from django.test import Client
    from rest_framework.test import APIClient

    cast = gather()
    _token, key = create_token(by=cast.anna, at=timezone.now(), name="x")
    anna = Client()
    anna.force_login(cast.anna)
    assert anna.get("/settings/").status_code == 200
    program = APIClient(HTTP_AUTHORIZATION=f"Bearer {key}")
    assert program.get("/api/v1/events/").status_code == 200

    client.force_login(cast.dora)
    client.post(f"/settings/people/{cast.anna.pk}/freeze/")

    assert anna.get("/settings/").status_code == 302
    refused = program.get("/api/v1/events/")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == 'Bearer realm="Baton"'
    client.post(f"/settings/people/{cast.anna.pk}/unfreeze/")
    assert anna.get("/settings/").status_code == 302


def test_a_director_may_freeze_but_not_change(client):
    cast = gather()
    client.force_login(cast.dora)
    url = f"/settings/people/{cast.anna.pk}/"

    assert client.get(url).status_code == 200
    assert b'name="username"' not in client.get(url).content
    for path in ("", "close/", "reopen/", "password/"):
        assert client.post(url + path, MEI).status_code == 403
    assert client.post("/settings/people/new/", MEI).status_code == 403
    assert fresh(cast.anna).name == "Anna"


def test_a_role_that_leaves_work_alone_is_told_at_the_role(client):
    cast = gather()
    client.force_login(cast.otto)
    data = MEI | {"role": "finance", "team": cast.north.pk}

    answer = client.post(f"/settings/people/{cast.anna.pk}/", data)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["role"]
    assert "Anna is the primary of 1 customer." in answer.content.decode()
    assert fresh(cast.anna).role == "rep"


def test_teams_are_founded_moved_and_kept_a_tree(client, django_assert_max_num_queries):
    cast = gather()
    client.force_login(cast.otto)

    client.post(
        "/settings/teams/new/", {"name": "Deep", "parent": cast.north.pk, "reads_all": "on"}
    )
    deep = Team.objects.get(name="Deep")
    assert (deep.parent, deep.reads_all, deep.lead) == (cast.north, True, None)

    with django_assert_max_num_queries(6):
        page = client.get("/settings/teams/")
    assert [(team.name, team.depth) for team in page.context["teams"]] == [
        ("Company", 0), ("North", 1), ("Deep", 2), ("South", 1),
    ]  # fmt: skip

    url = f"/settings/teams/{cast.north.pk}/"
    answer = client.post(url, {"name": "North", "parent": deep.pk, "lead": cast.boris.pk})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["parent"]
    answer = client.post(url, {"name": "North", "parent": cast.company.pk, "lead": cast.anna.pk})
    assert list(answer.context["form"].errors) == ["lead"]
    client.post(url, {"name": "Nord", "parent": cast.company.pk, "lead": cast.boris.pk})
    assert (fresh(cast.north).name, fresh(cast.north).reads_all) == ("Nord", False)


def test_html_in_names_stays_text(client):
    cast = gather()
    User.objects.filter(pk=cast.anna.pk).update(name="<script>alert(1)</script>")
    Team.objects.filter(pk=cast.south.pk).update(name="<img src=x onerror=alert(1)>")
    client.force_login(cast.otto)

    for url in ("/settings/people/", "/settings/teams/", f"/settings/people/{cast.anna.pk}/",
                "/settings/teams/new/", "/settings/people/new/"):  # fmt: skip
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
