"""The table of escalation for the limit of a stage and for what we promised, cell by cell.

Silence and mandatory steps: test_sale_clocks.py; customers nobody serves:
tests/crm/test_orphan_clock.py. The days are those of China's Spring Festival of 2026: off from 15
to 23 February, at work on the Saturdays 14 and 28 February.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.models import InboxItem
from core.relay import drain
from crm.commands import commitment_clock
from pipeline.commands import clocks
from tests.cast import ContactFactory
from tests.crm.test_commitments import make
from tests.pipeline.sales import open_sale

pytestmark = pytest.mark.django_db
TOLD = {0: {"anna"}, 1: {"anna", "boris"}, 2: {"dora"}, 3: {"dora"}}
STAGE = {0: "2026-03-03", 1: "2026-03-05", 2: "2026-03-12", 3: "2026-03-19"}
"""8, 10, 15 and 20 working days after Friday 13 February: 80, 100, 150 and 200 % of ten."""
PROMISE = {0: "2026-02-14", 1: "2026-02-25", 2: "2026-02-28", 3: "2026-03-03"}
"""Due on Wednesday 25 February: two working days before, the day, and three and five after it."""


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


def told(kind: str) -> set[str]:
    return set(InboxItem.objects.filter(kind=kind).values_list("user__username", flat=True))


def ring(clock, kind: str, moment: datetime, people: set[str]) -> None:
    """Nobody a second before, exactly these people at the moment, and nothing at a second look."""
    for when, expected in ((moment - timedelta(seconds=1), set()), (moment, people)):
        clock(at=when)
        drain(at=when)
        assert told(kind) == expected
    before = InboxItem.objects.count()
    assert clock(at=moment) == 0
    drain(at=moment)
    assert InboxItem.objects.count() == before


@pytest.mark.parametrize("level", TOLD, ids=lambda level: f"stage-limit-L{level}")
def test_limit_of_a_stage(cast, b2b8, level):
    open_sale(cast, at=at("2026-02-13", 10))
    kind = f"reminder.{(80, 100, 150, 200)[level]}"
    ring(clocks.ring, kind, at(STAGE[level]), TOLD[level])


@pytest.mark.parametrize("level", TOLD, ids=lambda level: f"our-promise-L{level}")
def test_our_promise(cast, level):
    cast.lee = ContactFactory(customer=cast.acme)
    make(cast, due_date=date(2026, 2, 25), at=at("2026-02-10"))
    ring(commitment_clock.run, f"promise.{level}", at(PROMISE[level]), TOLD[level])
