"""What the page of one decision, and lists of decisions, show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import Department, Level, Role, User
from accounts.queries.escalation import ladder
from crm.models import Assignment
from pipeline.access import visible_gates
from pipeline.models import GateCondition, GateDecision, GateSeat, GateVote, Opportunity
from pipeline.models.gate_pack import topics_of
from pipeline.queries.gates import UNDER_WAY, people_who_speak, waiting_for

State = GateDecision.State
ROW = (
    "id",
    "gate",
    "state",
    "requested_at",
    "scheduled_at",
    "decided_at",
    "lapses_at",
    "opportunity_id",
)
TONES = {
    State.REQUESTED: "soon",
    State.SCHEDULED: "soon",
    State.GO: "good",
    State.FULFILLED: "good",
    State.CONDITIONAL: "wait",
    State.NO_GO: "late",
    State.LAPSED: "late",
    State.DEFERRED: "unknown",
    State.WITHDRAWN: "unknown",
}


@dataclass(frozen=True)
class Voices:
    """One department: who is asked, what was said, and whether it has to speak."""

    department: str
    is_required: bool
    seats: list[GateSeat]
    votes: list[GateVote]

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return str(Department(self.department).label)

    @property
    def silent(self) -> list[GateSeat]:
        """Those asked who have said nothing."""
        spoken = {vote.user_id for vote in self.votes}
        return [seat for seat in self.seats if seat.user_id not in spoken]


def voices(decision: GateDecision) -> list[Voices]:
    """Every department that has to speak or does, in their order."""
    seats = list(decision.seats.select_related("user").order_by("pk"))
    votes = list(decision.votes.select_related("user").order_by("pk"))
    found = [
        Voices(
            name,
            name in decision.departments,
            [seat for seat in seats if seat.department == name],
            [vote for vote in votes if vote.department == name],
        )
        for name in Department.values
    ]
    return [one for one in found if one.is_required or one.seats or one.votes]


def missing(found: list[Voices]) -> list[Voices]:
    """The departments that have to speak and have not."""
    return [one for one in found if one.is_required and not one.votes]


def rank_wanted(decision: GateDecision) -> str:
    """The rank somebody among the deciders must have; empty where any will do."""
    words = []
    if decision.min_role:
        words.append(str(Role(decision.min_role).label))
    if decision.min_level > Level.STAFF:
        words.append(str(Level(decision.min_level).label))
    return " · ".join(words)


def texts_of(decision: GateDecision) -> list[tuple[str, str]]:
    """Label and text of each topic of the pack."""
    topics = topics_of(decision.gate)
    return [(str(label), decision.pack.get(name, "")) for name, label in topics.items()]


def conditions_of(decision: GateDecision) -> list[GateCondition]:
    """Its conditions by their days."""
    return list(decision.conditions.select_related("owner", "done_by").order_by("due_at", "pk"))


def suggested(sale: Opportunity, by: User) -> dict[str, int | None]:
    """Whom one would ask for each department: the manager, those who serve, the only one."""
    people = people_who_speak()
    serving = set(
        Assignment.objects.filter(customer=sale.customer_id, ends_at=None).values_list(
            "user_id", flat=True
        )
    )
    manager = ladder(sale.customer.team, by).manager
    found: dict[str, int | None] = {}
    for department, able in people.items():
        ids = [user.pk for user in able if user.pk != by.pk]
        first = next((pk for pk in ids if pk in serving), None)
        if department == Department.SALES and manager is not None and manager.pk in ids:
            first = manager.pk
        found[department] = first or (ids[0] if len(ids) == 1 else None)
    return found


def owners_for(decision: GateDecision) -> list[tuple[int, str]]:
    """Who may get a condition on the page: those asked, who requested it, who leads the sale."""
    people = {decision.requested_by, decision.opportunity.owner}
    people |= {seat.user for seat in decision.seats.select_related("user")}
    able = [user for user in people if user.is_active and user.role != Role.INTEGRATION]
    return sorted(((user.pk, str(user)) for user in able), key=lambda pair: pair[1])


def gates_listed(user: User, *, whose: str, state: str) -> QuerySet[Any]:
    """The decisions a list shows: those that wait for one's vote, one's own, or all one sees."""
    if whose == "mine":
        rows = GateDecision.objects.filter(pk__in=waiting_for(user).values("pk"))
    else:
        rows = visible_gates(user)
        if whose == "asked":
            rows = rows.filter(requested_by=user)
        if state == "decided":
            rows = rows.exclude(state__in=GateDecision.LIVE)
        else:
            rows = rows.filter(UNDER_WAY, state__in=GateDecision.LIVE)
    return named(rows, user)


def named(rows: QuerySet[GateDecision], user: User) -> QuerySet[Any]:
    """Rows of a list with the names they show."""
    mine = GateVote.objects.filter(decision=OuterRef("pk"), user=user)
    seat = GateSeat.objects.filter(decision=OuterRef("pk"), user=user)
    return rows.annotate(
        sale_name=F("opportunity__name"),
        customer_name=F("opportunity__customer__name"),
        requester_name=F("requested_by__name"),
        may_vote=Exists(seat) & ~Exists(mine),
    ).values(*ROW, "reason", "sale_name", "customer_name", "requester_name", "may_vote")


@dataclass(frozen=True, slots=True)
class Line:
    """A decision in a list."""

    row: dict[str, Any]

    @property
    def tone(self) -> str:
        return TONES[State(self.row["state"])]

    @property
    def state_label(self) -> str:
        return str(State(self.row["state"]).label)

    @property
    def is_live(self) -> bool:
        return self.row["state"] in GateDecision.LIVE
