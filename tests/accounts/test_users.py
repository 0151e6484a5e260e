"""People come, change, are kept out and leave; each rule at the command."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, transaction
from django.db.models import ProtectedError
from django.db.utils import IntegrityError

from accounts.access import reading_teams
from accounts.callbacks import CLOSING_CHECKS, Held
from accounts.commands.teams import change_team, create_team, sync_readers
from accounts.commands.tokens import create_token
from accounts.commands.users import (
    change_user,
    close_user,
    create_user,
    freeze_user,
    reopen_user,
    send_password_link,
    unfreeze_user,
)
from accounts.models import ApiToken, Role, Team, User
from accounts.queries.users import system_user
from core.errors import Conflict, Invalid, Refused
from core.models import Event
from tests.cast import NOW, UserFactory, gather
from tests.races import overlap

pytestmark = pytest.mark.django_db


def names(event_name):
    return list(Event.objects.filter(name=event_name).values_list("subject_id", flat=True))


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_an_administrator_takes_somebody_on():
    cast = gather()

    user = create_user(
        username="mei", name="Mei  Lin 林梅", email="mei@example.com", team=cast.north,
        language="zh-hans", time_zone="Asia/Shanghai", level=2, by=cast.otto, at=NOW,
    )  # fmt: skip

    assert (user.name, user.role, user.level) == ("Mei Lin 林梅", Role.REP, 2)
    assert not user.has_usable_password()
    assert reading_teams(fresh(user)) == (cast.north.pk,)
    event = Event.objects.get(name="user.created")
    assert (event.subject_id, event.actor_name, event.data["username"]) == (user.pk, "Otto", "mei")


@pytest.mark.parametrize("name", ["anna", "boris", "dora"])
def test_nobody_else_takes_people_on(name):
    cast = gather()

    with pytest.raises(Refused):
        create_user(username="mei", name="Mei", by=getattr(cast, name), at=NOW)

    assert not User.objects.filter(username="mei").exists()
    assert names("user.created") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "with space"),
        ("username", "ANNA"),
        ("username", "anna@example.com"),
        ("name", ""),
        ("name", "x" * 151),
        ("name", "a\x00b"),
        ("email", "nonsense"),
        ("email", "Anna@Example.com"),
        ("level", 0),
        ("level", 6),
        ("role", "king"),
        ("role", "system"),
        ("language", "fr"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_what_a_person_cannot_be_is_said_by_field(field, value):
    cast = gather()
    given = {"username": "mei", "name": "Mei"} | {field: value}

    with pytest.raises(Invalid) as refused:
        create_user(**given, by=cast.otto, at=NOW)

    assert list(refused.value.details) == [field]
    assert names("user.created") == []


def test_reading_follows_role_and_team_at_once():
    cast = gather()

    change_user(cast.anna, by=cast.otto, at=NOW, team=cast.south)
    assert reading_teams(fresh(cast.anna)) == (cast.south.pk,)

    Team.objects.filter(pk=cast.north.pk).update(lead=None)
    change_user(cast.boris, by=cast.otto, at=NOW, role=Role.REP, team=cast.company)
    assert reading_teams(fresh(cast.boris)) == (cast.company.pk,)

    changes = {event.subject_id: event.data for event in Event.objects.filter(name="user.changed")}
    assert changes[cast.anna.pk] == {"changed": {"team": [cast.north.pk, cast.south.pk]}}


def test_a_change_that_changes_nothing_is_no_event():
    cast = gather()

    change_user(cast.anna, by=cast.otto, at=NOW, role=Role.REP, name="Anna")

    assert names("user.changed") == []


def test_one_changes_of_oneself_what_is_one_s_own():
    cast = gather()

    change_user(cast.anna, by=cast.anna, at=NOW, name="Anna Berg", language="zh-hant")
    assert fresh(cast.anna).name == "Anna Berg"

    for own in ({"role": Role.DIRECTOR}, {"team": cast.south}, {"level": 5}, {"email": "a@b.cn"}):
        with pytest.raises(Refused):
            change_user(cast.anna, by=cast.anna, at=NOW, **own)
    with pytest.raises(Refused):
        change_user(cast.nils, by=cast.anna, at=NOW, name="Nobody")
    assert (fresh(cast.anna).role, fresh(cast.nils).name) == (Role.REP, "Nils")


def test_freezing_ends_access_and_deletes_nothing():
    cast = gather()
    token, _key = create_token(by=cast.anna, at=NOW, name="script")
    held_before = cast.anna.assignments.count()

    freeze_user(cast.anna, by=cast.dora, at=NOW, reason="left the laptop in a taxi")

    anna = fresh(cast.anna)
    assert (anna.is_active, anna.frozen_at, anna.session_epoch) == (False, NOW, 1)
    assert ApiToken.objects.get(pk=token.pk).revoked_at == NOW
    assert anna.assignments.count() == held_before == 1
    event = Event.objects.get(name="user.frozen")
    assert event.data == {"reason": "left the laptop in a taxi", "tokens_revoked": 1}
    with pytest.raises(Conflict, match="already"):
        freeze_user(cast.anna, by=cast.otto, at=NOW)


def test_who_comes_back_reads_again_but_old_tokens_stay_ended():
    cast = gather()
    token, _key = create_token(by=cast.anna, at=NOW, name="script")
    freeze_user(cast.anna, by=cast.otto, at=NOW)
    assert reading_teams(fresh(cast.anna)) == ()

    unfreeze_user(cast.anna, by=cast.otto, at=NOW)

    assert fresh(cast.anna).is_active
    assert reading_teams(fresh(cast.anna)) == (cast.north.pk,)
    assert ApiToken.objects.get(pk=token.pk).revoked_at == NOW
    with pytest.raises(Conflict):
        unfreeze_user(cast.anna, by=cast.otto, at=NOW)


@pytest.mark.parametrize("name", ["anna", "boris"])
def test_who_may_not_freeze(name):
    cast = gather()

    with pytest.raises(Refused):
        freeze_user(cast.nils, by=getattr(cast, name), at=NOW)
    with pytest.raises(Refused):
        close_user(cast.nils, by=getattr(cast, name), at=NOW)

    assert fresh(cast.nils).is_active


def test_nobody_shuts_himself_out_nor_the_last_administrator_nor_baton():
    cast = gather()

    for command in (freeze_user, close_user):
        with pytest.raises(Refused):
            command(cast.otto, by=cast.otto, at=NOW)
        with pytest.raises(Refused):
            command(system_user(), by=cast.otto, at=NOW)
    with pytest.raises(Conflict) as refused:
        freeze_user(cast.otto, by=cast.dora, at=NOW)
    assert refused.value.code == "last_administrator"
    with pytest.raises(Conflict):
        change_user(cast.otto, by=cast.otto, at=NOW, role=Role.REP)

    assert fresh(cast.otto).is_active
    assert fresh(cast.otto).role == Role.ADMINISTRATOR


def test_closing_is_refused_with_the_list_of_what_is_held(monkeypatch):
    cast = gather()
    held = Held("is primary of 1 customer", "/customers/?primary=1", 1)
    monkeypatch.setattr(
        "accounts.commands.users.CLOSING_CHECKS",
        [lambda user: [held] if user.pk == cast.anna.pk else []],
    )

    with pytest.raises(Conflict) as refused:
        close_user(cast.anna, by=cast.otto, at=NOW)

    assert refused.value.code == "still_holds"
    assert refused.value.details["holds"] == [
        {"sentence": "is primary of 1 customer", "url": "/customers/?primary=1", "count": 1}
    ]
    assert fresh(cast.anna).is_active
    assert names("user.closed") == []

    close_user(cast.nils, by=cast.otto, at=NOW)
    nils = fresh(cast.nils)
    assert (nils.is_active, nils.closed_at) == (False, NOW)
    assert names("user.closed") == [cast.nils.pk]


def test_a_lead_cannot_be_closed_and_an_account_can_be_reopened(monkeypatch):
    cast = gather()
    monkeypatch.setattr("accounts.commands.users.CLOSING_CHECKS", [])

    with pytest.raises(Conflict) as refused:
        close_user(cast.boris, by=cast.otto, at=NOW)
    assert [held["sentence"] for held in refused.value.details["holds"]] == [
        "Boris leads the team North."
    ]

    close_user(cast.anna, by=cast.otto, at=NOW)
    with pytest.raises(Conflict):
        unfreeze_user(cast.anna, by=cast.otto, at=NOW)
    reopen_user(cast.anna, by=cast.otto, at=NOW)
    assert reading_teams(fresh(cast.anna)) == (cast.north.pk,)


@pytest.mark.parametrize(
    ("who", "role", "sentence"),
    [
        ("anna", Role.FINANCE, "Anna is the primary of 1 customer."),
        ("boris", Role.REP, "Boris leads the team North."),
        ("boris", Role.LEGAL, "Boris leads the team North."),
    ],
)
def test_no_role_in_which_one_cannot_go_on_with_what_one_holds(who, role, sentence):
    cast = gather()
    person = getattr(cast, who)

    with pytest.raises(Conflict) as refused:
        change_user(person, by=cast.otto, at=NOW, role=role)

    assert refused.value.code == "still_holds"
    assert [held["sentence"] for held in refused.value.details["holds"]] == [sentence]
    assert fresh(person).role == person.role
    assert change_user(cast.anna, by=cast.otto, at=NOW, role=Role.MANAGER).role == Role.MANAGER
    assert change_user(cast.nils, by=cast.otto, at=NOW, role=Role.FINANCE).role == Role.FINANCE


def test_deleting_is_impossible_by_object_queryset_and_sql():
    cast = gather()
    loner = UserFactory(username="loner")

    with pytest.raises(ProtectedError):
        cast.anna.delete()
    for delete in (loner.delete, User.objects.filter(pk=loner.pk).delete):
        with pytest.raises(IntegrityError, match="records stay"), transaction.atomic():
            delete()
    with (
        pytest.raises(IntegrityError, match="records stay"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [loner.pk])

    assert User.objects.filter(pk__in=[cast.anna.pk, loner.pk]).count() == 2


def test_a_link_to_set_a_password_is_mailed_and_works(client, mailoutbox):
    from core.relay import drain

    cast = gather()
    User.objects.filter(pk=cast.anna.pk).update(language="zh-hans")

    send_password_link(cast.anna, by=cast.otto, at=NOW)
    drain(at=NOW)

    (mail,) = mailoutbox
    assert mail.to == ["anna@example.com"]
    assert "anna" in mail.body
    link = next(word for word in mail.body.split() if word.startswith("http://localhost:8000/"))
    page = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    assert page.status_code == 200
    assert not any("http" in str(event.data) for event in Event.objects.all())


def test_no_link_for_who_has_no_mail_or_may_not_sign_in(mailoutbox):
    cast = gather()
    User.objects.filter(pk=cast.anna.pk).update(email="")
    with pytest.raises(Invalid):
        send_password_link(cast.anna, by=cast.otto, at=NOW)
    freeze_user(cast.nils, by=cast.otto, at=NOW)
    with pytest.raises(Conflict):
        send_password_link(cast.nils, by=cast.otto, at=NOW)
    with pytest.raises(Refused):
        send_password_link(cast.ben, by=cast.boris, at=NOW)
    assert names("user.password_link_asked") == []
    assert mailoutbox == []


def test_syncing_one_person_gives_what_syncing_all_gives():
    cast = gather()
    membership = User.groups.through
    create_team(name="Deep", parent=cast.north, by=cast.otto, at=NOW, lead=cast.clara)
    quiet = create_team(name="Quiet", parent=cast.south, by=cast.otto, at=NOW, reads_all=False)
    change_user(cast.ben, by=cast.otto, at=NOW, team=quiet)
    robot = create_user(
        username="robot", name="Robot", role=Role.INTEGRATION, team=cast.south, by=cast.otto, at=NOW
    )
    one_by_one = set(membership.objects.values_list("user__username", "group__team__name"))

    sync_readers()

    assert set(membership.objects.values_list("user__username", "group__team__name")) == one_by_one
    assert {team for user, team in one_by_one if user == "robot"} == {"South", "Quiet"}
    assert {team for user, team in one_by_one if user == "clara"} == {"South", "Quiet", "Deep"}
    assert {team for user, team in one_by_one if user == "ben"} == set()
    assert robot.is_active


def test_syncing_takes_as_many_queries_for_many_managers(django_assert_max_num_queries):
    cast = gather()
    for number in range(20):
        lead = UserFactory(username=f"lead{number}", role=Role.MANAGER)
        create_team(name=f"Team {number}", parent=cast.north, by=cast.otto, at=NOW, lead=lead)

    with django_assert_max_num_queries(6):
        sync_readers()


def test_a_team_cannot_lie_below_itself_nor_be_led_by_anybody():
    cast = gather()

    with pytest.raises(Invalid) as refused:
        change_team(cast.company, by=cast.otto, at=NOW, parent=cast.north, lead=cast.dora)
    assert refused.value.code == "team_cycle"
    with pytest.raises(Invalid):
        change_team(cast.north, by=cast.otto, at=NOW, parent=cast.company, lead=cast.anna)
    with pytest.raises(Invalid):
        create_team(name="  ", by=cast.otto, at=NOW)
    with pytest.raises(Refused):
        create_team(name="Mine", by=cast.boris, at=NOW)
    assert Group.objects.filter(team=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_freeze_each_other_at_once():
    cast = gather()
    second = UserFactory(username="olga", role=Role.ADMINISTRATOR)
    barrier = threading.Barrier(2)
    outcomes = []

    def freeze(by, whom):
        try:
            barrier.wait()
            freeze_user(whom, by=by, at=NOW)
            outcomes.append("done")
        except Conflict as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=freeze, args=pair)
        for pair in ((cast.otto, second), (second, cast.otto))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "last_administrator"]
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1


def test_upper_floors_can_say_what_is_held():
    assert isinstance(CLOSING_CHECKS, list)


@pytest.mark.django_db(transaction=True)
def test_who_is_let_in_while_his_team_is_closed_to_readers_reads_nothing():
    cast = gather()
    freeze_user(cast.nils, by=cast.otto, at=NOW)

    _back, closed = overlap(
        lambda: unfreeze_user(cast.nils, by=cast.otto, at=NOW),
        lambda: change_team(
            cast.north, by=cast.otto, at=NOW, parent=cast.company, lead=cast.boris, reads_all=False
        ),
    )

    assert closed.reads_all is False
    assert not cast.nils.groups.exists()


@pytest.mark.django_db(transaction=True)
def test_who_stops_leading_people_meanwhile_is_not_made_a_lead():
    cast = gather()
    stale = create_user(
        username="max", name="Max", role=Role.MANAGER, team=cast.south, by=cast.otto, at=NOW
    )

    _changed, refused = overlap(
        lambda: change_user(User.objects.get(pk=stale.pk), by=cast.otto, at=NOW, role=Role.REP),
        lambda: change_team(cast.south, by=cast.otto, at=NOW, parent=cast.company, lead=stale),
    )

    assert isinstance(refused, Invalid)
    assert Team.objects.get(pk=cast.south.pk).lead == cast.clara
