"""What floors above may hang onto this one, inside the transaction of the command.

Registered by plain imports in `apps.py: ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from accounts.models import User
from crm.models import Activity, Chain, Commitment, Contact, Reassignment


class ActivityLogged(Protocol):
    """Called with what the door linked the activity to, e.g. `{"opportunities": [7]}`."""

    def __call__(
        self, activity: Activity, *, links: Mapping[str, Any], by: User, at: datetime
    ) -> None: ...


class CommitmentNoted(Protocol):
    """Called with what the door linked the promise to, e.g. `{"opportunities": [7]}`."""

    def __call__(
        self, commitment: Commitment, *, links: Mapping[str, Any], by: User, at: datetime
    ) -> None: ...


@dataclass(frozen=True)
class ReassignmentMove:
    """Customers that change hands in one act: customer n goes from giver n to receiver n.

    Whoever follows does so for all of them at once, in as many statements as for one.
    """

    reassignment: Reassignment
    customer_ids: list[int]
    giver_ids: list[int]
    receiver_ids: list[int]
    by: User
    at: datetime
    reason: str

    @property
    def columns(self) -> list[list[int]]:
        """Customers, givers and receivers, for `unnest` in the statements that follow."""
        return [self.customer_ids, self.giver_ids, self.receiver_ids]


Held = Mapping[tuple[int, bool], int]
"""(receiver, whether the giver still holds it) -> how many, over the customers of this receiver.

Counted are the things at the move's customers held by the giver (True) or the receiver (False).
"""

ACTIVITY_LOGGED: list[ActivityLogged] = []
"""After an activity was written, before the commit."""


class ContactsMerged(Protocol):
    """Called with the one that was merged; what names him goes to the one that stays."""

    def __call__(self, contact: Contact, *, into: Contact, by: User, at: datetime) -> None: ...


CONTACTS_MERGED: list[ContactsMerged] = []
"""After the rows of this floor have followed, before the commit."""

CHAIN_PAGES: list[Callable[[Chain], str]] = []
"""The address of the page a chain has on a floor above; empty where it has none."""

ACTIVITY_WEAKENED: list[Callable[[Activity], None]] = []
"""Before an activity is taken back, or changed so that it proves less; may refuse."""

ACTIVITY_MOVED: list[Callable[[Activity, datetime], None]] = []
"""Before an activity is said to have begun at another time than the given one; may refuse."""

REASSIGNING: list[Callable[[ReassignmentMove], None]] = []
"""Holds what goes along with the customers, before it is counted and moved."""

COMMITMENT_NOTED: list[CommitmentNoted] = []
"""After a promise was entered, as a draft or for good, before the commit."""

REASSIGNED: list[Callable[[ReassignmentMove], dict[str, int]]] = []
"""Moves what goes along with the customers; returns how many of each kind moved."""


class OutOfSight(Protocol):
    """A kind of rows that somebody sees to, and who may lose sight of their customer.

    `gather` gives what he cannot see to who serves the customer, and returns the rows that moved:
    row, customer, from whom, to whom, whether it is of the demo company. `customers_missed` says
    where there is something to gather.
    """

    def gather(
        self, customer_ids: Sequence[int], by: User, at: datetime
    ) -> list[tuple[int, int, int, int, bool]]: ...

    def customers_missed(self, user_id: int | None) -> list[int]: ...


OUT_OF_SIGHT: list[OutOfSight] = []
"""What moves when a customer drops out of the sight of somebody who sees to things there."""

HELD: dict[str, Callable[[ReassignmentMove], Held]] = {}
"""Kind -> how to count it, for the preview, and for proving the receipt of what is held."""

LOOSE: dict[str, Callable[[ReassignmentMove], Held]] = {}
"""The same for what nobody holds: others may add to it or take it away, so it proves nothing."""
