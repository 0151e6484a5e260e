"""Goals with a customer: agreed once, told by values with dates, reached, missed or dropped."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm.commands import goals, reassign
from crm.models import Customer, GoalValue, JointGoal
from crm.queries.goals import MOST, goals_of
from tests.cast import NOW, ContactFactory, gather
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db
FACTS = {
    "side": "theirs",
    "title": "Energy per tonne",
    "measure": "kWh",
    "baseline": Decimal(100),
    "target": Decimal(80),
    "due_date": date(2026, 12, 31),
}
AFTER = datetime.fromisoformat("2027-01-01T00:30:00+08:00")


@pytest.fixture
def cast() -> SimpleNamespace:
    cast = gather()
    cast.lee = ContactFactory(customer=cast.acme, name="李敏")
    cast.zen = ContactFactory(customer=cast.zenith, name="Zen")
    return cast


def agree(cast, *, owner=None, contact=None, by=None, at=NOW, **facts):
    return goals.agree(
        customer=cast.acme,
        facts=FACTS | facts,
        owner=owner,
        contact=contact,
        by=by or cast.anna,
        at=at,
    )


def test_it_begins_today_and_is_mine(cast):
    made = agree(cast, contact=cast.lee)

    assert (made.start_date, made.owner, made.state) == (date(2026, 3, 10), cast.anna, "open")
    assert Event.objects.get().name == "goal.set"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"measure": None}, "measure"),
        ({"baseline": None}, "baseline"),
        ({"target": Decimal(100)}, "target"),
        ({"target": Decimal("1e20")}, "target"),
        ({"side": "both"}, "side"),
        ({"due_date": date(2026, 3, 10)}, "due_date"),
        ({"start_date": date(2027, 1, 1)}, "due_date"),
        ({"contact": "zen"}, "contact"),
        ({"owner": "ben"}, "owner"),
    ],
)
def test_what_is_no_goal(cast, wrong, field):
    given = {k: getattr(cast, v) if v in ("zen", "ben") else v for k, v in wrong.items()}

    with pytest.raises(Invalid) as refused:
        agree(cast, **given)

    assert list(refused.value.details) == [field]
    assert not JointGoal.objects.exists()


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_may_not(cast, who):
    made, user = agree(cast), getattr(cast, who)
    for act in (
        lambda: agree(cast, by=user),
        lambda: goals.tell_value(made, value=Decimal(90), by=user, at=NOW),
        lambda: goals.drop(made, reason="x", by=user, at=NOW),
        lambda: goals.settle(made, by=user, at=AFTER),
    ):
        with pytest.raises(Refused):
            act()
    made.refresh_from_db()
    assert (made.state, GoalValue.objects.count()) == ("open", 0)


def test_values_with_dates_say_where_it_stands(cast):
    made = agree(cast, start_date=date(2026, 1, 1))
    goals.tell_value(made, value=Decimal(95), as_of_date=date(2026, 2, 1), by=cast.anna, at=NOW)
    goals.tell_value(made, value=Decimal(96), as_of_date=date(2026, 1, 15), by=cast.anna, at=NOW)

    (line,) = goals_of(cast.acme, NOW).open

    assert (line.row.latest, line.share, line.percent) == (Decimal(95), Decimal("0.25"), 25)
    assert line.course == "on_course"
    (late,) = goals_of(cast.acme, datetime.fromisoformat("2026-10-01T00:00Z")).open
    assert late.course == "behind"


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 3, 12), date(2027, 1, 1)])
def test_a_value_is_of_a_day_of_the_goal(cast, day):
    made = agree(cast)

    with pytest.raises(Invalid) as refused:
        goals.tell_value(made, value=Decimal(90), as_of_date=day, by=cast.anna, at=NOW)

    assert list(refused.value.details) == ["as_of_date"]
    assert not GoalValue.objects.exists()


def test_what_reaches_the_target_settles_it(cast):
    made = agree(cast)
    goals.tell_value(made, value=Decimal(80), by=cast.anna, at=NOW)

    made.refresh_from_db()
    assert (made.state, made.closed_at) == ("reached", NOW)
    with pytest.raises(Conflict):
        goals.tell_value(made, value=Decimal(79), by=cast.anna, at=NOW)
    assert GoalValue.objects.count() == 1


def test_it_is_missed_only_after_its_day(cast):
    made = agree(cast)
    with pytest.raises(Conflict):
        goals.settle(made, by=cast.anna, at=AFTER - timedelta(hours=1))

    goals.settle(made, note="Kiln was replaced late", by=cast.anna, at=AFTER)

    made.refresh_from_db()
    assert (made.state, made.reason) == ("missed", "Kiln was replaced late")


def test_dropped_needs_a_reason_and_counts_no_more(cast):
    made = agree(cast)
    with pytest.raises(Invalid):
        goals.drop(made, reason=" ", by=cast.anna, at=NOW)
    goals.drop(made, reason="Site was sold", by=cast.anna, at=NOW)

    found = goals_of(cast.acme, NOW)
    assert (found.attainment.status, found.lacks_goals) == ("not_applicable", True)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE crm_jointgoal SET target = 90",
        "UPDATE crm_jointgoal SET due_date = due_date + 30",
        "DELETE FROM crm_jointgoal",
        "UPDATE crm_goalvalue SET value = 80",
        "DELETE FROM crm_goalvalue",
    ],
)
def test_the_database_keeps_it_too(cast, change):
    goals.tell_value(agree(cast), value=Decimal(90), by=cast.anna, at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize("state", ["reached", "missed", "dropped"])
def test_none_is_born_closed(cast, state):
    made = agree(cast)
    made.pk, made.state, made.reason, made.closed_at = None, state, "x", NOW

    with pytest.raises(DatabaseError) as found, transaction.atomic():
        JointGoal.objects.bulk_create([made])
    assert found.value.__cause__.diag.constraint_name == "goal_final"
    assert list(JointGoal.objects.values_list("state", flat=True)) == ["open"]


def test_they_follow_the_customer(cast):
    made = agree(cast)
    act = reassign.reassign_from(
        cast.anna, receivers=[cast.nils], reason="Leaves", by=cast.boris, at=NOW
    )

    made.refresh_from_db()
    assert (made.owner, act.receipt["total"]["goals"]) == (cast.nils, 1)


def test_a_key_customer_without_goals_is_flagged(cast, django_assert_max_num_queries):
    anna = as_user(cast.anna)
    path = f"/customers/{cast.acme.pk}/goals/"
    assert "without a common goal" in anna.get(path).content.decode()
    Customer.objects.filter(pk=cast.acme.pk).update(tier="B")
    assert "without a common goal" not in anna.get(path).content.decode()

    for n in range(12):
        goals.tell_value(agree(cast, title=f"Goal {n}"), value=Decimal(90), by=cast.anna, at=NOW)
    with django_assert_max_num_queries(8):
        page = anna.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "50 % of the way, n = 12" in page


def test_many_closed_ones_do_not_hide_what_is_open(cast):
    for n in range(MOST):
        old = agree(cast, title=f"Old {n}", due_date=date(2026, 6, 1))
        goals.drop(old, reason="x", by=cast.anna, at=NOW + timedelta(minutes=n))
    agree(cast, title="Open")

    found = goals_of(cast.acme, NOW)

    assert [line.row.title for line in found.open] == ["Open"]
    assert [line.row.title for line in found.closed] == ["Old 39", "Old 38", "Old 37"]
    assert not found.lacks_goals


def test_on_pages(cast):
    anna = as_user(cast.anna)
    soon = timezone.now() + timedelta(days=30)
    body = {name: str(value) for name, value in FACTS.items()} | {"due_date": soon.date()}
    address = f"/customers/{cast.acme.pk}/goals/new/"
    assert anna.post(address, body | {"target": "100"}).status_code == 422
    assert anna.post(address, body | {"owner": cast.boris.pk}).status_code == 302
    made = JointGoal.objects.get()
    assert made.owner == cast.boris

    assert anna.post(f"/goals/{made.pk}/value/", {"value": "none"}).status_code == 422
    assert anna.post(f"/goals/{made.pk}/value/", {"value": "90"}).status_code == 302
    assert "90" in anna.get(f"/goals/{made.pk}/value/").content.decode()
    assert anna.post(f"/goals/{made.pk}/drop/", {"reason": "x"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "dropped"


def test_over_the_api(cast):
    made = agree(cast)
    anna = as_user(cast.anna)
    path = f"/api/v1/goals/{made.pk}/"
    assert anna.get(path).json()["attainment"] is None

    told = send(anna, "POST", f"{path}values/", {"value": "95", "as_of_date": "2026-04-01"})

    assert told.json()["attainment"] == 0.25
    assert [row["value"] for row in told.json()["values_told"]] == ["95.0000"]
