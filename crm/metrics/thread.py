"""Whether a customer hangs by a single thread: too few people, one department, or one of us.

A contact counts while he is in an active pair of M4: at least two meaningful interactions with the
same one of us in the last 90 days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm.metrics.thickness import Met

FEWEST_CONTACTS = 3


class Single(StrEnum):
    """What there is only one, or too few, of."""

    FEW_CONTACTS = "few_contacts"
    ONE_DEPARTMENT = "one_department"
    ONE_OF_OURS = "one_of_ours"


@dataclass(frozen=True)
class Thread:
    """The alarm: why it rings, and the three numbers it looks at."""

    reasons: tuple[Single, ...]
    contacts: int
    departments: int
    ours: int

    @property
    def is_single(self) -> bool:
        return bool(self.reasons)


def thread(meetings: Sequence[Met]) -> Thread:
    """Fewer than three active contacts, or one department, or one of ours."""
    active = [met for met in meetings if met.is_active]
    contacts = len({met.contact_id for met in active})
    departments = len({met.contact_department for met in active if met.contact_department})
    ours = len({met.user_id for met in active})
    checks = {
        Single.FEW_CONTACTS: contacts < FEWEST_CONTACTS,
        Single.ONE_DEPARTMENT: departments <= 1,
        Single.ONE_OF_OURS: ours <= 1,
    }
    return Thread(tuple(one for one, holds in checks.items() if holds), contacts, departments, ours)
