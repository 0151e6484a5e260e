"""Promises of one customer, of one person, of a team: lists for pages, overdue first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from accounts.access import EVERYTHING, reach
from accounts.models import User
from core.metrics.result import Result, Window
from core.workingtime import local_date
from crm.access import visible_commitments
from crm.metrics.promises import (
    Direction,
    Keeping,
    Promise,
    balance,
    company_share,
    keeping,
    kept_rates,
)
from crm.models import (
    Commitment,
    CommitmentReminder,
    CommitmentTerm,
    Contact,
    Customer,
    Expectation,
)

MOST = 60
MOST_CLOSED = 3
YEAR = timedelta(days=365)
State = Commitment.State

COLUMNS = (
    "id",
    "direction",
    "text",
    "state",
    "due_date",
    "original_due_date",
    "due_at",
    "broken_at",
    "closed_at",
    "evidence",
    "reason",
    "customer_id",
    "deliverer_id",
    "to_user_id",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A promise in a list, with what its day says now."""

    row: dict[str, Any]
    tone: str
    is_over: bool

    @property
    def is_owed(self) -> bool:
        return self.row["state"] in Commitment.OWED

    @property
    def was_moved(self) -> bool:
        return self.row["original_due_date"] not in (None, self.row["due_date"])


@dataclass(frozen=True, slots=True)
class Register:
    """Both columns of a customer's page, and what is expected."""

    ours: list[Line]
    theirs: list[Line]
    expectations: list[Expectation]
    contacts: list[Contact]

    @property
    def owed(self) -> int:
        return sum(1 for line in (*self.ours, *self.theirs) if line.is_owed)


def promise_with_people(pk: int) -> Commitment | None:
    """A promise with everybody it names, for a message about it."""
    return (
        Commitment.objects.select_related(
            "customer__team", "deliverer", "to_user", "to_contact", "promised_by_contact"
        )
        .filter(pk=pk)
        .first()
    )


def raised_reminder(pk: int) -> CommitmentReminder | None:
    """A reminder with its promise and people; None when it is gone with demo data."""
    return (
        CommitmentReminder.objects.select_related(
            "commitment__customer__team", "commitment__deliverer", "commitment__to_contact"
        )
        .filter(pk=pk)
        .first()
    )


def named(rows: QuerySet[Commitment], *more: str) -> QuerySet[Commitment, dict[str, Any]]:
    """Rows of a list with the names they show."""
    return rows.values(
        *COLUMNS,
        *more,
        customer_name=F("customer__name"),
        contact_name=Coalesce("to_contact__name", "promised_by_contact__name"),
        holder_id=Coalesce("deliverer_id", "to_user_id"),
        holder_name=Coalesce("deliverer__name", "to_user__name"),
        team_name=F("in_name_of__name"),
    )


def line_of(row: dict[str, Any], now: datetime, country: str) -> Line:
    """A row with its tone: late when broken or over, soon on the day and the day before."""
    state, due = row["state"], row["due_date"]
    over = row["due_at"] is not None and now >= row["due_at"]
    if state == State.BROKEN or (state == State.MADE and over):
        return Line(row, "late", is_over=True)
    if state == State.MADE:
        days = (due - local_date(now, country)).days
        return Line(row, "soon" if days <= 1 else "", is_over=False)
    tones = {State.KEPT: "good", State.KEPT_LATE: "soon", State.DRAFT: "unknown"}
    return Line(row, tones.get(State(state), "unknown"), is_over=over)


_ORDER = Case(
    When(state=State.BROKEN, then=Value(0)),
    When(state=State.MADE, then=Value(1)),
    When(state=State.DRAFT, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


def in_order(
    rows: QuerySet[Commitment], now: datetime, country: str, *, most: int = MOST
) -> list[Line]:
    """What is owed, the most overdue first, then what was closed last."""
    owed = Case(When(state__in=Commitment.OWED, then=F("due_date")))
    ordered = named(rows).order_by(_ORDER, owed, "-closed_at", "pk")[:most]
    return [line_of(row, now, country) for row in ordered]


def register_of(customer: Customer, now: datetime) -> Register:
    """Both columns, what is expected, and with whom one can agree; three queries."""
    lines = in_order(Commitment.objects.filter(customer=customer), now, customer.country)
    return Register(
        ours=_side(lines, "ours"),
        theirs=_side(lines, "theirs"),
        expectations=list(
            Expectation.objects.filter(customer=customer, state=Expectation.State.OPEN)
            .select_related("contact", "user")
            .order_by("pk")[:MOST]
        ),
        contacts=contacts_of(customer),
    )


def _side(lines: list[Line], direction: str) -> list[Line]:
    """Everything owed, and what was closed last."""
    own = [line for line in lines if line.row["direction"] == direction]
    closed = [line for line in own if not line.is_owed]
    return [line for line in own if line.is_owed] + closed[:MOST_CLOSED]


@dataclass(frozen=True)
class Reciprocity:
    """M10 of a year: how each side kept what came due, and how much each promised."""

    sides: dict[str, Keeping]
    balance: Result
    company_share: Result


def reciprocity(customer: Customer, *, at: datetime) -> Reciprocity:
    """What came due or was promised in the last year, either way; one query."""
    window = Window(at - YEAR, at)
    came_due = Q(due_at__gt=window.starts_at, due_at__lte=at)
    given = Q(made_at__gte=window.starts_at, made_at__lt=at)
    rows = Commitment.objects.filter(came_due | given, customer=customer, made_at__isnull=False)
    promises = [_measurable(row) for row in rows.exclude(state=State.CANCELLED).order_by("pk")]
    return Reciprocity(
        {side.value: keeping(promises, direction=side, window=window, at=at) for side in Direction},
        balance(promises, window=window),
        company_share(promises, window=window),
    )


def _measurable(row: Commitment) -> Promise:
    assert row.made_at is not None
    assert row.due_at is not None
    return Promise(
        id=row.pk,
        direction=Direction(row.direction),
        made_at=row.made_at,
        deadline=row.due_at,
        kept_at=row.closed_at if row.state in (State.KEPT, State.KEPT_LATE) else None,
        replanned=row.due_date != row.original_due_date,
        promiser=row.promised_by_id,
        deliverer=row.deliverer_id,
        in_name_of_team=row.in_name_of_id is not None,
    )


def terms_of(commitment: Commitment) -> list[CommitmentTerm]:
    """The days it was due by, the first at the top."""
    return list(commitment.terms.select_related("agreed_by").order_by("since_at", "pk"))


def contacts_of(customer: Customer) -> list[Contact]:
    """With whom one can agree something: people who have not left."""
    return list(
        Contact.objects.filter(customer=customer, state=Contact.State.ACTIVE).order_by(
            "name", "pk"
        )[:MOST]
    )


def held_by(rows: QuerySet[Commitment], user_id: int) -> QuerySet[Commitment]:
    """Those one of us has on his list: delivers, or waits for."""
    return rows.filter(Q(deliverer=user_id) | Q(to_user=user_id))


def promises_of(user: User, *, whose: str, state: str, direction: str, holder: int | None) -> Any:
    """The promises a list shows: one's own, of the teams one leads, or all one sees."""
    found = _whose(user, whose) if holder is None else held_by(visible_commitments(user), holder)
    if direction:
        found = found.filter(direction=direction)
    states = {"owed": Commitment.OWED, "late": (State.BROKEN,), "open": Commitment.OPEN}
    if state == "closed":
        return found.exclude(state__in=Commitment.OWED)
    return found.filter(state__in=states.get(state, states["owed"]))


def _whose(user: User, whose: str) -> QuerySet[Commitment]:
    found = visible_commitments(user)
    if whose == "mine":
        return held_by(found, user.pk)
    teams = reach(user)
    if whose == "team" and teams is not EVERYTHING:
        return found.filter(customer__team__in={*teams, user.team_id})
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promises of one side were kept on time, of those that came due in a year."""

    direction: str
    on_time: int
    rate: Result

    @property
    def percent(self) -> float:
        return float(self.rate.value or 0) * 100


def kept_of(user: User, *, whose: str, at: datetime) -> list[Kept]:
    """M10 of one's own promises, or of those of the teams one leads; one query.

    Of other single people nobody is told, nor of all one happens to see.
    """
    if whose not in ("mine", "team"):
        return []
    window = Window(at - YEAR, at)
    due = _whose(user, whose).filter(due_at__gt=window.starts_at, due_at__lte=at)
    counted: dict[str, dict[str, int]] = {side.value: {} for side in Direction}
    rows = due.exclude(state__in=(State.DRAFT, State.CANCELLED)).order_by()
    for side, state, count in rows.values_list("direction", "state").annotate(n=Count("pk")):
        counted[side][state] = count
    found = []
    for side, by_state in counted.items():
        kept, late = by_state.get(State.KEPT, 0), by_state.get(State.KEPT_LATE, 0)
        broken = by_state.get(State.BROKEN, 0) + by_state.get(State.MADE, 0)
        on_time, _soft = kept_rates(kept, late, broken, window=window)
        found.append(Kept(side, kept, on_time))
    return found
