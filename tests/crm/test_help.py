"""Asking one another, and an executive with a brief: states, times, who may, what is told."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.commands.users import close_user
from accounts.models import InboxItem, User
from core.errors import Conflict, Invalid, NotFound, Refused
from core.models import Event
from core.relay import drain
from crm.access import get_help, visible_help
from crm.commands import contact_rules, contacts, help_clock
from crm.commands import help as commands
from crm.commands.moving_on import merge_contacts
from crm.models import Action, Customer, HelpReminder, HelpRequest
from tests.cast import NOW, ContactFactory, gather
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db
BRIEF = {
    "purpose": "Open the second phase",
    "promised": "A visit to the plant",
    "meets": "Chair, neutral, cares for safety",
    "wanted": "A date for the pilot",
    "unsaid": "The discount",
}


def at(text):
    return datetime.fromisoformat(f"2026-03-{text}+08:00")


@pytest.fixture
def cast():
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏", title="Chair", level=5)
    return cast


def ask(cast, **given):
    arguments = {
        "asked": cast.nils,
        "customer": cast.acme,
        "text": "How did the last audit go?",
        "by": cast.anna,
        "at": NOW,
    }
    return commands.ask(**(arguments | given))


def ask_dora(cast, **given):
    arguments = {"asked": cast.dora, "contact": cast.lee, "text": "Meet the chair", "brief": BRIEF}
    return commands.ask_executive(**(arguments | {"by": cast.anna, "at": NOW} | given))


def told():
    return Counter(InboxItem.objects.values_list("kind", "user__username"))


def test_a_colleague_is_asked_in_working_days(cast):
    made = ask(cast)

    assert (made.state, made.days, made.kind) == ("asked", 3, "colleague")
    assert (made.answer_due_at, made.due_at) == (at("11T18:00"), at("13T18:00"))
    assert (made.level_moments, made.next_level_at) == (
        [at("11T09:00"), at("12T09:00")],
        at("11T09:00"),
    )
    event = Event.objects.get(name="help.asked")
    assert event.scope_id == cast.acme.pk
    assert "audit" not in str(event.data)
    drain(at=NOW)
    assert told() == {("help.asked", "nils"): 1}


def test_the_answer_is_due_no_later_than_the_help(cast):
    made = ask_dora(cast, days=1)

    assert made.answer_due_at == made.due_at == at("11T18:00")


def test_a_topic_needs_no_customer_and_anybody_can_be_asked(cast):
    made = ask(cast, customer=None, asked=cast.ben, topic="Kilns")

    assert (made.customer, made.topic) == (None, "Kilns")
    assert Event.objects.get(name="help.asked").scope_id is None
    assert get_help(cast.ben, made.pk) == made
    for stranger in (cast.nils, cast.boris, cast.dora, cast.otto):
        assert not visible_help(stranger).filter(pk=made.pk).exists()


def test_what_is_about_a_customer_is_seen_with_it(cast):
    made = ask(cast)

    for who in (cast.anna, cast.nils, cast.boris, cast.dora, cast.otto):
        assert get_help(who, made.pk) == made
    with pytest.raises(NotFound):
        get_help(cast.ben, made.pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"asked": "anna"}, "asked"),
        ({"asked": "ben"}, "asked"),
        ({"text": " "}, "text"),
        ({"customer": None}, "topic"),
        ({"days": 0}, "days"),
        ({"days": 61}, "days"),
        ({"contact": "zen"}, "contact"),
    ],
)
def test_what_is_no_request(cast, wrong, field):
    """Ben does not see Acme: nobody outside of the team learns its name by being asked."""
    cast.zen = ContactFactory(customer=cast.zenith)
    given = {k: getattr(cast, v) if v in ("anna", "ben", "zen") else v for k, v in wrong.items()}

    with pytest.raises(Invalid) as refused:
        ask(cast, **given)

    assert list(refused.value.details) == [field]
    assert not HelpRequest.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", BRIEF)
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_the_brief_is_complete_or_nobody_is_asked(cast, name, empty):
    brief = {k: v for k, v in BRIEF.items() if k != name} | ({} if empty is None else {name: empty})

    with pytest.raises(Invalid) as refused:
        ask_dora(cast, brief=brief)

    assert list(refused.value.details) == [name]
    assert not HelpRequest.objects.exists()


def test_an_executive_is_a_vice_president_or_above(cast):
    with pytest.raises(Invalid) as refused:
        ask_dora(cast, asked=cast.boris)

    assert refused.value.details["asked"] == [
        "Boris is of rank 3. An executive is a vice president or above."
    ]
    assert ask_dora(cast).answer_due_at == at("12T18:00")


def test_an_executive_s_yes_plans_the_meeting(cast):
    made = ask_dora(cast)

    accepted = commands.accept(made, by=cast.dora, at=NOW + timedelta(hours=5))

    action = accepted.action
    assert (action.owner, action.text, action.state) == (
        cast.dora,
        "Meet 李敏 (Chair)",
        "planned",
    )
    assert action.due_date.isoformat() == "2026-03-24"
    assert accepted.answered_after == timedelta(hours=5)

    done = commands.finish(accepted, result="Pilot in May", by=cast.dora, at=at("20T10:00"))
    action.refresh_from_db()
    assert (done.state, done.result, action.state, action.result) == (
        "done",
        "Pilot in May",
        "done",
        "Pilot in May",
    )
    drain(at=at("20T10:00"))
    assert told() == {
        ("help.asked_executive", "dora"): 1,
        ("help.accepted", "anna"): 1,
        ("help.done", "anna"): 1,
    }


def test_what_is_taken_back_takes_the_meeting_with_it(cast):
    made = commands.accept(ask_dora(cast), by=cast.dora, at=NOW)

    commands.withdraw(made, reason="They postponed", by=cast.anna, at=NOW)

    assert Action.objects.get().state == "cancelled"
    made.refresh_from_db()
    assert (made.state, made.reason, made.next_level_at) == ("withdrawn", "They postponed", None)


def test_who_has_left_is_not_met(cast):
    made = ask_dora(cast)
    contacts.mark_left(cast.lee, by=cast.anna, at=NOW)

    with pytest.raises(Conflict) as refused:
        commands.accept(made, by=cast.dora, at=NOW)

    assert refused.value.code == "contact_gone"
    made.refresh_from_db()
    assert made.state == "asked"
    assert not Action.objects.exists()


def test_nobody_is_met_against_his_wish(cast):
    made = ask_dora(cast)
    contact_rules.ban(
        customer=cast.acme, contact=cast.lee, reason="Asked for calm", by=cast.anna, at=NOW
    )

    with pytest.raises(Invalid) as refused:
        commands.accept(made, by=cast.dora, at=NOW)

    assert refused.value.code == "do_not_contact"
    made.refresh_from_db()
    assert made.state == "asked"
    assert not Action.objects.exists()
    page = as_user(cast.dora).post(f"/help/{made.pk}/accept/")
    assert page.status_code == 422
    assert "Asked for calm" in page.content.decode()


def test_the_meeting_counts_as_a_contact(cast):
    commands.accept(ask_dora(cast), by=cast.dora, at=NOW)

    action = Action.objects.get()
    assert (action.contact, action.channel) == (cast.lee, "meeting")


def test_a_no_says_why_and_keeps_how_long_it_took(cast):
    made = commands.decline(ask(cast), reason="On leave", by=cast.nils, at=NOW + timedelta(hours=2))

    assert (made.state, made.reason, made.closed_at) == ("declined", "On leave", made.answered_at)
    assert made.answered_after == timedelta(hours=2)
    with pytest.raises(Conflict):
        commands.accept(made, by=cast.nils, at=NOW)


@pytest.mark.parametrize("who", ["anna", "boris", "ben", "otto"])
def test_only_who_is_asked_answers(cast, who):
    made = ask(cast)
    user = getattr(cast, who)

    for act in (
        lambda: commands.accept(made, by=user, at=NOW),
        lambda: commands.decline(made, reason="x", by=user, at=NOW),
    ):
        with pytest.raises(Refused):
            act()

    made.refresh_from_db()
    assert (made.state, made.answered_at) == ("asked", None)


def test_who_may_ask_finish_and_take_back(cast):
    for stranger in (cast.nils, cast.ben, cast.otto):
        with pytest.raises(Refused):
            ask(cast, by=stranger, asked=cast.boris)
    made = ask(cast)
    for stranger in (cast.nils, cast.ben, cast.otto):
        with pytest.raises(Refused):
            commands.withdraw(made, reason="x", by=stranger, at=NOW)
    with pytest.raises(Conflict):
        commands.finish(made, result="x", by=cast.anna, at=NOW)
    commands.accept(made, by=cast.nils, at=NOW)
    with pytest.raises(Refused):
        commands.finish(made, result="x", by=cast.boris, at=NOW)
    made.refresh_from_db()
    assert made.state == "accepted"

    commands.withdraw(made, reason="Not needed", by=cast.boris, at=NOW)
    assert HelpRequest.objects.get().state == "withdrawn"


def test_it_rings_until_it_is_answered_and_again_until_it_is_done(cast):
    made = ask(cast)
    expected = [
        ("11T09:00", {("help.ring.0", "nils"): 1}),
        ("12T09:00", {("help.ring.1", "nils"): 1, ("help.ring.1", "anna"): 1}),
    ]
    for moment, news in expected:
        before = told()
        assert help_clock.run(at=at(moment) - timedelta(seconds=1)) == 0
        assert help_clock.run(at=at(moment)) == 1
        assert help_clock.run(at=at(moment)) == 0
        drain(at=at(moment))
        assert told() - before - Counter({("help.asked", "nils"): 1}) == Counter(news)
    assert help_clock.run(at=at("30T09:00")) == 0

    commands.accept(made, by=cast.nils, at=at("12T10:00"))
    drain(at=at("12T10:00"))
    before = told()
    assert help_clock.run(at=at("13T09:00")) == 1
    assert help_clock.run(at=at("16T09:00")) == 1
    drain(at=at("16T09:00"))
    assert told() - before == {
        ("help.ring.2", "nils"): 1,
        ("help.ring.3", "nils"): 1,
        ("help.ring.3", "anna"): 1,
    }
    assert list(HelpReminder.objects.order_by("level").values_list("level", flat=True)) == [
        0,
        1,
        2,
        3,
    ]


def test_who_does_not_see_the_customer_any_more_is_told_nothing(cast):
    made = ask(cast)
    drain(at=NOW)
    Customer.objects.filter(pk=cast.acme.pk).update(team=cast.south)
    before = told()

    assert help_clock.run(at=at("12T09:00")) == 2
    commands.withdraw(made, reason="Found out", by=cast.anna, at=at("12T10:00"))
    drain(at=at("12T10:00"))

    assert not visible_help(cast.nils).exists()
    assert told() == before


def test_who_asked_is_told_that_who_lost_sight_has_not_answered(cast):
    ask(cast)
    drain(at=NOW)
    Customer.objects.filter(pk=cast.acme.pk).update(team=cast.south)
    before = told()

    assert help_clock.run(at=at("12T09:00")) == 2
    drain(at=at("12T09:00"))

    assert told() - before == {("help.ring.1", "anna"): 1}


def test_what_was_answered_meanwhile_is_told_to_nobody(cast):
    made = ask(cast)
    help_clock.run(at=at("11T09:00"))
    commands.accept(made, by=cast.nils, at=at("11T09:00"))
    drain(at=at("11T09:00"))

    assert not any(kind.startswith("help.ring") for kind, _who in told())


def test_nobody_is_closed_while_somebody_waits_for_him(cast):
    made = ask(cast)
    with pytest.raises(Conflict) as refused:
        close_user(cast.nils, by=cast.otto, at=NOW)
    assert "Nils is still asked for help with 1 thing." in str(refused.value.details)

    commands.decline(made, reason="Leaving", by=cast.nils, at=NOW)
    close_user(cast.nils, by=cast.otto, at=NOW)
    assert not User.objects.get(pk=cast.nils.pk).is_active


def test_somebody_noted_twice_is_asked_about_once(cast):
    twin = ContactFactory(customer=cast.acme, name="李敏")
    made, closed = ask(cast, contact=twin), ask(cast, contact=twin)
    commands.decline(closed, reason="x", by=cast.nils, at=NOW)

    merge_contacts(twin, into=cast.lee, by=cast.anna, at=NOW)

    made.refresh_from_db()
    closed.refresh_from_db()
    assert (made.contact, closed.contact) == (cast.lee, twin)


def test_the_database_guards_it_too(cast):
    made = ask(cast)
    over = commands.decline(ask(cast), reason="x", by=cast.nils, at=NOW)
    brief = ask_dora(cast)
    help_clock.run(at=at("11T09:00"))
    rows, closed = (HelpRequest.objects.filter(pk=one.pk) for one in (made, over))
    wrong = [
        lambda: rows.update(text="y"),
        lambda: rows.update(asked=cast.boris),
        lambda: rows.update(due_at=NOW),
        lambda: rows.update(asked_at=NOW - timedelta(days=1)),
        lambda: rows.update(state="done", answered_at=NOW, closed_at=NOW, result="x"),
        lambda: rows.update(state="accepted"),
        lambda: rows.delete(),
        lambda: closed.update(reason="y"),
        lambda: closed.update(state="asked", answered_at=None, closed_at=None),
        lambda: HelpRequest.objects.filter(pk=brief.pk).update(unsaid=""),
        lambda: HelpReminder.objects.update(level=2),
        lambda: HelpReminder.objects.all().delete(),
    ]
    for attempt in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO crm_helprequest SELECT (jsonb_populate_record(h, \'{"id": 99, '
            '"state": "done"}\')).* FROM crm_helprequest h LIMIT 1'
        )
