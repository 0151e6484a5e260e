"""Promises both ways: given by the company, moved with consent, kept and shown, never forgotten."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.commands.users import close_user, freeze_user
from core.errors import Conflict, Invalid, NotFound, Refused
from core.models import Event
from crm.access import get_commitment
from crm.commands import activities, commitments, expectations, reassign
from crm.commands import commitment_clock as clock
from crm.commands.moving_on import merge_contacts
from crm.models import Assignment, Commitment, CommitmentTerm, Customer, Expectation
from tests.cast import NOW, ContactFactory, UserFactory, assign, gather

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 3, 13)
AFTER = datetime.fromisoformat("2026-03-14T00:00:00+08:00")
"""The first moment after Friday in Shanghai."""


@pytest.fixture
def cast() -> SimpleNamespace:
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.zen = ContactFactory(customer=cast.zenith, name="Zen")
    return cast


def make(cast, **given):
    arguments = {
        "customer": cast.acme,
        "direction": "ours",
        "text": "Test report",
        "due_date": FRIDAY,
        "contact": cast.lee,
        "by": cast.anna,
        "at": NOW,
    }
    return commitments.make(**(arguments | given))


def theirs(cast, **given):
    return make(cast, direction="theirs", text="Budget", **given)


def test_ours_is_the_company_s(cast):
    made = make(cast)

    assert (made.in_name_of, made.promised_by, made.deliverer) == (cast.north, cast.anna, cast.anna)
    assert (made.to_contact, made.state, made.original_due_date) == (cast.lee, "made", FRIDAY)
    assert made.due_at == AFTER
    assert list(made.terms.values_list("due_date", "since_at")) == [(FRIDAY, NOW)]


def test_theirs_has_who_waits(cast):
    made = theirs(cast)

    assert (made.promised_by_contact, made.to_user) == (cast.lee, cast.anna)
    assert (made.in_name_of, made.deliverer, made.next_level_at) == (None, None, None)


def test_events_hold_numbers_and_dates_only(cast):
    make(cast)

    event = Event.objects.get(name="commitment.made")
    assert event.scope_id == cast.acme.pk
    assert event.data == {
        "direction": "ours",
        "due_date": "2026-03-13",
        "holder": cast.anna.pk,
        "contact": cast.lee.pk,
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"due_date": None}, "due_date"),
        ({"due_date": date(2026, 3, 9)}, "due_date"),
        ({"contact": None}, "contact"),
        ({"contact": "zen"}, "contact"),
        ({"direction": "both"}, "direction"),
        ({"holder": "ben"}, "deliverer"),
    ],
)
def test_what_is_no_promise(cast, wrong, field):
    given = {k: getattr(cast, v) if v in ("zen", "ben") else v for k, v in wrong.items()}

    with pytest.raises(Invalid) as refused:
        make(cast, **given)

    assert list(refused.value.details) == [field]
    assert not Commitment.objects.exists()


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(cast, who):
    made = make(cast)
    user = getattr(cast, who)
    acts = [
        lambda: make(cast, by=user),
        lambda: commitments.keep(made, evidence="x", by=user, at=NOW),
        lambda: commitments.break_(made, reason="x", by=user, at=NOW),
        lambda: commitments.hand_on(made, to=cast.boris, by=user, at=NOW),
        lambda: commitments.capture(customer=cast.acme, line="x", by=user, at=NOW),
        lambda: expectations.expect(
            customer=cast.acme, about="x", contact=cast.lee, by=user, at=NOW
        ),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    made.refresh_from_db()
    assert (made.state, Commitment.objects.count()) == ("made", 1)
    if who == "ben":
        with pytest.raises(NotFound):
            get_commitment(user, made.pk)


def test_who_delivers_may_keep_it_without_a_part(cast):
    made = make(cast, holder=cast.nils)

    commitments.keep(made, evidence="Sent by mail", by=cast.nils, at=NOW)

    assert Commitment.objects.get().state == "kept"


def test_kept_until_the_end_of_the_day_at_the_customer(cast):
    last = AFTER - timedelta(seconds=1)

    assert commitments.keep(make(cast), evidence="Mail", by=cast.anna, at=last).state == "kept"
    late = commitments.keep(make(cast), evidence="Mail", by=cast.anna, at=AFTER)
    assert (late.state, late.broken_at) == ("kept_late", None)


def test_the_day_ends_where_the_customer_is(cast):
    Customer.objects.filter(pk=cast.acme.pk).update(country="US")

    assert make(cast).due_at == datetime.fromisoformat("2026-03-14T00:00:00-04:00")


def test_keeping_needs_something_that_shows_it(cast):
    made = make(cast)

    with pytest.raises(Invalid):
        commitments.keep(made, evidence=" ", by=cast.anna, at=NOW)
    logged = activities.log_activity(
        customer=cast.acme, kind="email", text="Report sent", by=cast.anna, at=NOW
    )
    commitments.keep(made, activity=logged, by=cast.anna, at=NOW)

    with pytest.raises(Conflict, match="counts as kept"):
        activities.change_activity(logged, by=cast.anna, at=NOW, changes={"kind": "note"})
    with pytest.raises(Conflict, match="counts as kept"):
        activities.take_back(logged, by=cast.anna, at=NOW)


def test_moved_before_its_day_with_the_word_of_the_other_side(cast):
    made = make(cast)
    new = date(2026, 3, 20)

    for missing in ({"agreed_by": None}, {"consent": ""}, {"due_date": None}):
        given = {"due_date": new, "agreed_by": cast.lee, "consent": "On the phone"} | missing
        with pytest.raises(Invalid):
            commitments.renegotiate(made, by=cast.anna, at=NOW, **given)
    moved = commitments.renegotiate(
        made,
        due_date=new,
        agreed_by=cast.lee,
        consent="On the phone",
        by=cast.anna,
        at=NOW + timedelta(hours=1),
    )

    assert (moved.due_date, moved.original_due_date) == (new, FRIDAY)
    terms = list(made.terms.order_by("since_at").values_list("due_date", "agreed_by", "consent"))
    assert terms == [(FRIDAY, cast.lee.pk, ""), (new, cast.lee.pk, "On the phone")]
    data = Event.objects.get(name="commitment.renegotiated").data
    assert (data["old"], data["due_date"]) == ("2026-03-13", "2026-03-20")


def test_not_moved_and_not_let_go_after_its_day(cast):
    made = make(cast)
    words = {"agreed_by": cast.lee, "by": cast.anna, "at": AFTER}

    with pytest.raises(Conflict, match="broken"):
        commitments.renegotiate(made, due_date=date(2026, 3, 20), consent="Late", **words)
    with pytest.raises(Conflict, match="broken"):
        commitments.cancel(made, reason="Late", **words)

    made.refresh_from_db()
    assert (made.due_date, made.state, made.terms.count()) == (FRIDAY, "made", 1)


def test_let_go_by_both(cast):
    made = make(cast)

    with pytest.raises(Invalid):
        commitments.cancel(made, reason="Not needed", by=cast.anna, at=NOW)
    gone = commitments.cancel(made, reason="Not needed", agreed_by=cast.lee, by=cast.anna, at=NOW)

    assert (gone.state, gone.agreed_by, gone.next_level_at) == ("cancelled", cast.lee, None)


def test_a_broken_one_can_be_made_good_but_stays_known(cast):
    made = make(cast)
    assert clock.lapse(at=AFTER) == 1
    late = AFTER + timedelta(days=1)

    kept = commitments.keep(made, evidence="Sent", by=cast.anna, at=late)

    assert (kept.state, kept.broken_at, kept.closed_at) == ("kept_late", AFTER, late)
    assert kept.next_level_at is None


@pytest.mark.parametrize("end", ["kept", "kept_late", "cancelled"])
def test_what_has_ended_has_ended(cast, end):
    made = make(cast)
    by = {"by": cast.anna}
    if end == "cancelled":
        commitments.cancel(made, reason="x", agreed_by=cast.lee, at=NOW, **by)
    else:
        commitments.keep(made, evidence="x", at=NOW if end == "kept" else AFTER, **by)
    assert Commitment.objects.get().state == end
    acts = [
        lambda: commitments.keep(made, evidence="x", at=NOW, **by),
        lambda: commitments.break_(made, reason="x", at=NOW, **by),
        lambda: commitments.cancel(made, reason="x", agreed_by=cast.lee, at=NOW, **by),
        lambda: commitments.hand_on(made, to=cast.boris, at=NOW, **by),
        lambda: commitments.renegotiate(
            made, due_date=date(2026, 4, 1), agreed_by=cast.lee, consent="x", at=NOW, **by
        ),
    ]
    for act in acts:
        with pytest.raises(Conflict):
            act()


# --- the database -------------------------------------------------------------------------


def _run(sql, params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql, *params):
    """The name of the rule by which the database refuses a statement."""
    with pytest.raises(DatabaseError) as error:
        _run(sql, params)
    return error.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("original_due_date = '2026-04-01'", "commitment_first_due_stays"),
        ("due_date = '2026-04-01'", "commitment_due_has_term"),
        ("in_name_of_id = NULL", "commitment_given_stays"),
        ("text = 'Less'", "commitment_given_stays"),
        ("state = 'draft', made_at = made_at", "commitment_final"),
        ("state = 'kept', closed_at = now()", "commitment_kept_is_shown"),
        ("deliverer_id = NULL", "commitment_has_its_sides"),
    ],
)
def test_the_database_keeps_it_too(cast, change, rule):
    make(cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    assert refused(f"UPDATE crm_commitment SET {change}") == rule


def test_the_database_forgets_nothing(cast):
    made = make(cast)
    commitments.keep(made, evidence="x", by=cast.anna, at=NOW)

    assert refused("UPDATE crm_commitment SET state = 'made'") == "commitment_final"
    assert refused("UPDATE crm_commitment SET evidence = 'y'") == "commitment_final"
    assert refused("DELETE FROM crm_commitment") == "commitment_stays"
    assert refused("DELETE FROM crm_commitmentterm") == "commitment_history_append_only"
    term = "INSERT INTO crm_commitmentterm (commitment_id, due_date, since_at, consent, by_id)"
    late = f"{term} VALUES (%s, '2026-04-01', now(), 'x', %s)"
    assert refused(late, made.pk, cast.anna.pk) == "commitment_moved_before_due"


def test_ours_without_the_company_is_refused(cast):
    row = Commitment(
        customer=cast.acme, direction="ours", text="x", promised_by=cast.anna,
        deliverer=cast.anna, created_by=cast.anna, created_at=NOW,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="commitment_has_its_sides"), transaction.atomic():
        row.save()


def test_nothing_is_born_closed(cast):
    row = Commitment(
        customer=cast.acme, direction="ours", text="x", promised_by=cast.anna, evidence="x",
        deliverer=cast.anna, in_name_of=cast.north, to_contact=cast.lee, due_date=FRIDAY,
        original_due_date=FRIDAY, due_at=AFTER, made_at=NOW, closed_at=NOW, state="kept",
        created_by=cast.anna, created_at=NOW,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="begins as a draft"), transaction.atomic():
        row.save()


# --- captured -----------------------------------------------------------------------------


def test_a_complete_line_counts_at_once(cast):
    made = commitments.capture(
        customer=cast.acme, line="promise: test report by Friday", by=cast.anna, at=NOW
    )

    assert (made.state, made.text, made.due_date) == ("made", "test report", FRIDAY)
    assert made.to_contact == cast.lee


def test_an_incomplete_line_waits_as_a_draft_that_can_be_completed(cast):
    ContactFactory(customer=cast.acme, name="Second")
    noted = commitments.capture(customer=cast.acme, line="承诺：好价格", by=cast.anna, at=NOW)
    assert (noted.state, noted.due_date, noted.to_contact) == ("draft", None, None)

    with pytest.raises(Invalid) as refused:
        commitments.give(noted, by=cast.anna, at=NOW)
    assert set(refused.value.details) == {"due_date", "contact"}
    changes = {"text": "九五折", "due_date": FRIDAY, "contact": cast.lee}
    commitments.change_draft(noted, changes=changes, by=cast.anna, at=NOW)
    given = commitments.give(noted, by=cast.anna, at=NOW)

    assert (given.state, given.text, given.original_due_date) == ("made", "九五折", FRIDAY)
    with pytest.raises(Conflict):
        commitments.change_draft(given, changes={"text": "x"}, by=cast.anna, at=NOW)


def test_a_draft_may_turn_out_to_be_theirs(cast):
    ContactFactory(customer=cast.acme, name="Second")
    noted = commitments.capture(customer=cast.acme, line="Budget", by=cast.anna, at=NOW)

    changes = {"direction": "theirs", "contact": cast.lee, "due_date": FRIDAY}
    commitments.change_draft(noted, changes=changes, by=cast.anna, at=NOW)
    given = commitments.give(noted, by=cast.anna, at=NOW)

    assert (given.direction, given.promised_by_contact, given.to_user) == (
        "theirs",
        cast.lee,
        cast.anna,
    )


def test_with_the_log_of_a_visit_and_gone_with_it(cast):
    logged = activities.log_activity(
        customer=cast.acme,
        kind="visit",
        text="Saw the hall",
        promise="they promise: budget by next Friday",
        contacts=[cast.lee],
        by=cast.anna,
        at=NOW,
    )
    noted = Commitment.objects.get()
    assert (noted.activity, noted.direction, noted.state) == (logged, "theirs", "made")

    activities.take_back(logged, by=cast.anna, at=NOW)

    noted.refresh_from_db()
    assert (noted.state, noted.activity) == ("cancelled", None)


# --- expectations -------------------------------------------------------------------------


def test_an_expectation_is_answered_by_a_promise_of_the_other_side(cast):
    wish = expectations.expect(
        customer=cast.acme, about="Shorter deliveries", contact=cast.lee, by=cast.anna, at=NOW
    )

    with pytest.raises(Invalid):
        expectations.answer(wish, commitment=theirs(cast), by=cast.anna, at=NOW)
    made = make(cast, text="Delivery within ten days", expectation=wish)

    wish.refresh_from_db()
    assert (wish.state, wish.answered_by) == ("answered", made)
    with pytest.raises(Conflict):
        expectations.decline(wish, reason="x", by=cast.anna, at=NOW)
    assert refused("UPDATE crm_expectation SET about = 'x'") == "expectation_final"


def test_an_expectation_is_declined_with_a_reason(cast):
    wish = expectations.expect(
        customer=cast.acme, about="Budget first", user=cast.anna, by=cast.anna, at=NOW
    )

    with pytest.raises(Invalid):
        expectations.decline(wish, reason=" ", by=cast.anna, at=NOW)
    expectations.decline(wish, reason="Not this year", by=cast.anna, at=NOW)

    assert Expectation.objects.get().state == "declined"
    columns = "customer_id, user_id, about, priority, state, reason, created_by_id, created_at"
    copy = f"""INSERT INTO crm_expectation ({columns}, closed_at)
        SELECT {columns}, closed_at FROM crm_expectation"""
    assert refused(copy) == "expectation_final"


@pytest.mark.parametrize("who", [{}, {"contact": "lee", "user": "anna"}])
def test_an_expectation_has_one_holder(cast, who):
    given = {name: getattr(cast, key) for name, key in who.items()}

    with pytest.raises(Invalid):
        expectations.expect(customer=cast.acme, about="x", by=cast.anna, at=NOW, **given)


# --- people come and go -------------------------------------------------------------------


def test_open_ones_follow_the_customer_and_closed_ones_keep_their_names(cast):
    mine, waited = make(cast), theirs(cast)
    kept = commitments.keep(make(cast), evidence="x", by=cast.anna, at=NOW)
    other = make(cast, holder=cast.boris)
    broken = make(cast)
    commitments.break_(broken, reason="No stock", by=cast.anna, at=NOW)

    act = reassign.reassign_customer(
        cast.acme, to=cast.nils, by=cast.boris, at=NOW, reason="Anna is on leave"
    )

    assert act.receipt["total"]["commitments"] == 2
    holders = {row.pk: row.holder_id for row in Commitment.objects.all()}
    assert holders == {
        mine.pk: cast.nils.pk,
        waited.pk: cast.nils.pk,
        kept.pk: cast.anna.pk,
        broken.pk: cast.anna.pk,
        other.pk: cast.boris.pk,
    }
    mine.refresh_from_db()
    assert mine.promised_by == cast.anna
    assert Event.objects.filter(name="commitment.handed_on").count() == 2


def test_somebody_noted_twice_is_promised_once(cast):
    twin = ContactFactory(customer=cast.acme, name="Li Min")
    ours, budget = make(cast, contact=twin), theirs(cast, contact=twin)
    kept = commitments.keep(make(cast, contact=twin), evidence="x", by=cast.anna, at=NOW)
    wish = expectations.expect(customer=cast.acme, about="x", contact=twin, by=cast.anna, at=NOW)

    merge_contacts(twin, into=cast.lee, by=cast.anna, at=NOW)

    for row in (ours, budget, kept, wish):
        row.refresh_from_db()
    assert (ours.to_contact, budget.promised_by_contact) == (cast.lee, cast.lee)
    assert (wish.contact, kept.to_contact) == (cast.lee, twin)
    assert refused(f"UPDATE crm_commitment SET to_contact_id = {twin.pk} WHERE id = {ours.pk}") == (
        "commitment_given_stays"
    )


def test_nobody_leaves_with_open_promises(cast):
    cast.olga = UserFactory(username="olga", team=cast.north)
    assign(cast.acme, cast.olga, Assignment.Part.DELIVERY)
    made = make(cast, holder=cast.olga)

    freeze_user(cast.olga, by=cast.otto, at=NOW)
    with pytest.raises(Conflict) as refusal:
        close_user(cast.olga, by=cast.otto, at=NOW)
    assert [held["sentence"] for held in refusal.value.details["holds"]] == [
        "Olga still has 1 open promise to see to."
    ]
    commitments.hand_on(made, to=cast.nils, by=cast.anna, at=NOW)
    close_user(cast.olga, by=cast.otto, at=NOW)

    cast.olga.refresh_from_db()
    assert cast.olga.closed_at == NOW


def test_handing_on_is_to_somebody_who_can_find_it(cast):
    made = make(cast)
    for who in (cast.ben, cast.anna):
        with pytest.raises(Invalid):
            commitments.hand_on(made, to=who, by=cast.anna, at=NOW)
    assert CommitmentTerm.objects.count() == 1
