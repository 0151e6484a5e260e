"""Decisions at gates: where each gate of many sales stands, and who is waited for since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _

from accounts.models import Department, Level, Role, User
from accounts.roles import SPEAKS_FOR
from pipeline.models import (
    ApprovalRule,
    Gate,
    GateCondition,
    GateDecision,
    GateVote,
    Opportunity,
    Proposal,
    Stage,
)
from pipeline.models.gate import AFTER_WIN, BEFORE_WIN
from pipeline.queries.approval import RANKS, Path, Terms, joined, path_by

State = GateDecision.State
STANDING = (State.GO, State.FULFILLED)

UNDER_WAY = Q(gate__in=BEFORE_WIN, opportunity__state__in=Opportunity.LIVE) | Q(
    gate__in=AFTER_WIN, opportunity__state=Opportunity.State.WON
)
"""The sale is where the gate belongs: of one that ended meanwhile nobody decides any more."""
ENDED = tuple(state for state in Opportunity.CLOSED if state != Opportunity.State.WON)
"""Without a win: conditions of such a sale wait until it is reopened, and bind nobody before."""


_DECIMALS = ("amount", "discount_percent", "min_amount", "min_discount_percent")


def _as_json(rows: QuerySet[Any], *names: str) -> QuerySet[Any, Any]:
    """Columns of each row as one value; decimals as text, of which nothing is lost."""
    columns = {name: Cast(name, TextField()) if name in _DECIMALS else F(name) for name in names}
    return rows.values(row=JSONObject(**columns))


_OFFER = _as_json(
    Proposal.objects.filter(opportunity=OuterRef("opportunity"), is_current=True),
    "amount",
    "currency",
    "discount_percent",
)
_RULES = _as_json(
    ApprovalRule.objects.filter(gate=OuterRef("gate")),
    "min_amount",
    "currency",
    "min_discount_percent",
    "min_payment_days",
    "departments",
    "min_level",
    "min_role",
)


@dataclass(frozen=True)
class Standing:
    """The newest decision at a gate of a sale that was not taken back, as it stands at a moment."""

    id: int
    gate: str
    state: str
    requested_at: datetime
    missing: tuple[str, ...]
    reason: str
    deferred_until: date | None
    lapses_at: datetime | None
    at: datetime
    grown: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether it waits for a decision."""
        return self.state in GateDecision.LIVE

    @property
    def is_valid(self) -> bool:
        """Whether it authorises: go, conditions fulfilled, or none of them past its day.

        Not once the terms have grown beyond what those asked could authorise.
        """
        return self.holds and not self.grown

    @property
    def holds(self) -> bool:
        """Whether it authorises the terms it was decided on."""
        if self.state in STANDING:
            return True
        return (
            self.state == State.CONDITIONAL
            and self.lapses_at is not None
            and self.at < self.lapses_at
        )

    @property
    def is_conditional(self) -> bool:
        """Whether conditions are still to be done."""
        return self.state == State.CONDITIONAL

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(State(self.state).label)

    @property
    def days(self) -> int:
        """Days since it was requested."""
        return max(0, (self.at - self.requested_at).days)

    @property
    def takes_now(self) -> str:
        """Which departments or rank the terms of today take as well, in the reader's language."""
        ranks = {str(level.value): level.label for level in Level}
        names = ranks | dict(Role.choices) | dict(Department.choices)
        return _(", ").join(str(names[each]) for each in self.grown)

    @property
    def waits_for(self) -> str:
        """The departments that have not spoken, in the reader's language."""
        return _(", ").join(str(Department(name).label) for name in self.missing)


Standings = dict[int, dict[str, Standing]]
"""Sale -> gate -> where it stands."""


def standings(sale_ids: Iterable[int], at: datetime) -> Standings:
    """Sale -> gate -> where it stands; one query for any number of sales."""
    return read_standings(standing_rows(sale_ids), at)


def standing_rows(sale_ids: Iterable[int]) -> QuerySet[Any, Any]:
    """The last decision on each gate of these sales, for `read_standings`.

    With the terms of the sale and the lines of the table, so that it takes no further question.
    """
    spoken = (
        GateVote.objects.filter(decision=OuterRef("pk")).values("department").distinct().order_by()
    )
    return (
        GateDecision.objects.filter(opportunity_id__in=list(sale_ids))
        .exclude(state=State.WITHDRAWN)
        .annotate(
            spoken=ArraySubquery(spoken), offer=ArraySubquery(_OFFER), rules=ArraySubquery(_RULES)
        )
        .order_by("opportunity_id", "gate", "-id")
        .distinct("opportunity_id", "gate")
        .values_list(
            "opportunity_id",
            "departments",
            "spoken",
            "pk",
            "gate",
            "state",
            "requested_at",
            "reason",
            "deferred_until",
            "lapses_at",
            "min_level",
            "min_role",
            "payment_days",
            "opportunity__amount",
            "opportunity__currency",
            "offer",
            "rules",
        )
    )


def read_standings(rows: Iterable[tuple[Any, ...]], at: datetime) -> Standings:
    """Sale -> gate -> where it stands, with the departments that have not spoken."""
    found: Standings = {}
    lines: dict[str, list[ApprovalRule]] = {}  # of one answer: the table is the same in every row
    for sale, departments, spoken, pk, gate, state, *rest in rows:
        requested_at, reason, until, lapses_at, level, role, *terms, rules = rest
        if gate not in lines:
            lines[gate] = [ApprovalRule(gate=gate, **_decimals(each)) for each in rules]
        missing = tuple(name for name in departments if name not in spoken)
        path = path_by(lines[gate], gate, _terms(*terms))
        grown = _grown(path, departments, level, role)
        found.setdefault(sale, {})[gate] = Standing(
            pk, gate, state, requested_at, missing, reason, until, lapses_at, at, grown
        )
    return found


def _terms(
    payment_days: int | None, amount: Decimal | None, currency: str, offers: list[dict[str, Any]]
) -> Terms:
    offer = next((Proposal(**_decimals(each)) for each in offers), None)
    return joined(amount, currency, payment_days, offer)


def _decimals(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(value) if name in _DECIMALS and value is not None else value
        for name, value in row.items()
    }


def _grown(path: Path, departments: list[str], level: int, role: str) -> tuple[str, ...]:
    """What the path of today takes and the decision was not asked to have."""
    more = [name for name in path.departments if name not in departments]
    if RANKS.index(path.min_role) > RANKS.index(role):
        more.append(path.min_role)
    if path.min_level > level:
        more.append(str(path.min_level))
    return tuple(more)


def gates_for(sale: Opportunity) -> tuple[Gate, ...]:
    """The gates one may ask for now: before winning, and after."""
    if sale.state in Opportunity.LIVE:
        return BEFORE_WIN
    return AFTER_WIN if sale.state == Opportunity.State.WON else ()


def guarded_stage(sale: Opportunity, decision: GateDecision) -> Stage:
    """The stage whose exit asks for this gate; where none does, the one it was requested in."""
    for stage in sale.stages:
        for row in stage.criteria.all():
            if row.kind == "gate_decision" and row.params.get("gate") == decision.gate:
                return stage
    return next(stage for stage in sale.stages if stage.key == decision.stage)


def waiting_for(user: User) -> QuerySet[GateDecision]:
    """What waits for this person's vote, the oldest first."""
    if user.role not in SPEAKS_FOR or not user.is_active:
        return GateDecision.objects.none()
    return (
        GateDecision.objects.filter(UNDER_WAY, state__in=GateDecision.LIVE, seats__user=user)
        .exclude(votes__user=user)
        .select_related("opportunity__customer", "requested_by")
        .order_by("requested_at", "pk")
    )


def conditions_of(user: User) -> QuerySet[GateCondition]:
    """What this person has to do for a go to hold, the next day first."""
    return (
        GateCondition.objects.filter(owner=user, done_at=None, decision__state=State.CONDITIONAL)
        .exclude(decision__opportunity__state__in=ENDED)
        .select_related("decision__opportunity__customer")
        .order_by("due_at", "pk")
    )


def decision_with_people(pk: int) -> GateDecision | None:
    """A decision with its sale, customer and team, for a message about it."""
    return (
        GateDecision.objects.select_related(
            "opportunity__customer__team", "opportunity__owner", "requested_by"
        )
        .filter(pk=pk)
        .first()
    )


def people_who_speak() -> dict[str, list[User]]:
    """Department -> who may be asked to speak for it, the highest rank first."""
    people: dict[str, list[User]] = {name: [] for name in Department.values}
    roles = list(SPEAKS_FOR)
    for user in User.objects.filter(is_active=True, role__in=roles).order_by("-level", "name"):
        people[SPEAKS_FOR[user.role]].append(user)
    return people


def deal_gates(sale: Opportunity, at: datetime) -> list[dict[str, Any]]:
    """Each gate of the sale's time, and those decided before, with where it stands."""
    known = standings([sale.pk], at).get(sale.pk, {})
    now = gates_for(sale)
    return [
        {"gate": gate, "standing": known.get(gate), "may_request": gate in now}
        for gate in Gate
        if gate in now or gate in known
    ]
