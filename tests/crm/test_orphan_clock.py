"""A customer nobody serves is told of at once, after two and after five working days.

The days are those of China's Spring Festival of 2026: off from 15 to 23 February, at work on the
Saturdays 14 and 28 February.
"""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.commands.users import freeze_user, unfreeze_user
from accounts.models import InboxItem
from core.relay import drain
from crm.commands import orphan_clock
from crm.commands.assignments import assign, end
from crm.models import Assignment, Customer, OrphanClock, OrphanReminder
from tests.cast import gather

pytestmark = pytest.mark.django_db


def at(day, hour=9):
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


FRIDAY = at("2026-02-13", 10)
ROWS = {1: (FRIDAY, "boris"), 2: (at("2026-02-24"), "dora"), 3: (at("2026-02-27"), "dora")}


@pytest.fixture
def cast():
    """Acme sleeps, and Anna lets go of it on the Friday before the festival."""
    cast = gather()
    Customer.objects.filter(pk=cast.acme.pk).update(state="dormant")
    held = Assignment.objects.get(customer=cast.acme)
    end(held, by=cast.boris, at=FRIDAY - timedelta(minutes=1), reason="Too small")
    return cast


def told():
    return sorted(
        InboxItem.objects.filter(kind__startswith="orphan").values_list("kind", "user__username")
    )


def look(moment):
    raised = orphan_clock.run(at=moment)
    drain(at=moment)
    return raised


@pytest.mark.parametrize("level", ROWS, ids=lambda level: f"orphaned-L{level}")
def test_table_of_escalation(cast, level):
    moment, person = ROWS[level]
    look(FRIDAY)
    if level > 1:
        look(moment - timedelta(seconds=1))
        assert (f"orphan.{level}", person) not in told()
        assert look(moment) == 1
    assert told()[-1] == (f"orphan.{level}", person)
    assert len(told()) == level
    assert look(moment) == 0


def test_whom_somebody_serves_is_told_of_no_more(cast):
    look(FRIDAY)
    assign(cast.acme, user=cast.nils, part="primary", by=cast.boris, at=at("2026-02-14"))
    assert look(at("2026-03-30")) == 0
    assert OrphanClock.objects.get().since is None
    held = Assignment.objects.get(customer=cast.acme, ends_at=None)
    end(held, by=cast.boris, at=at("2026-03-30"), reason="Too far")
    assert look(at("2026-03-30", 11)) == 1
    assert told() == [("orphan.1", "boris"), ("orphan.1", "boris")]


def test_who_found_somebody_in_time_hears_nothing(cast):
    orphan_clock.run(at=FRIDAY)
    assign(cast.acme, user=cast.nils, part="primary", by=cast.boris, at=FRIDAY)
    drain(at=FRIDAY)
    assert told() == []


def test_customers_of_who_is_frozen_out_are_alone(cast):
    freeze_user(cast.ben, by=cast.otto, at=FRIDAY, reason="")
    look(FRIDAY)
    assert told() == [("orphan.1", "boris"), ("orphan.1", "clara")]
    cast.ben.refresh_from_db()
    unfreeze_user(cast.ben, by=cast.otto, at=FRIDAY)
    assert look(at("2026-02-24")) == 1
    assert not OrphanReminder.objects.filter(
        orphanclock__customer=cast.zenith, level__gt=1
    ).exists()


@pytest.mark.parametrize("state", ["prospect", "lost"])
def test_prospects_and_lost_customers_need_nobody(cast, state):
    Customer.objects.filter(pk=cast.acme.pk).update(state=state)
    assert look(FRIDAY) == 0
    assert not OrphanClock.objects.exists()


def test_the_sweep_walks_a_small_index(cast):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + orphan_clock.BELL.statement % {"at": "now()", "batch": 5})
        assert "orphan_clock_next" in "\n".join(row[0] for row in cursor.fetchall())
