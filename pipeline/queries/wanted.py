"""Which opportunities a page was asked for: the filters of its URL, and the rows they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import reach, reading_team_names, subtree
from accounts.models import Role, Team, User
from accounts.roles import ALL_READ
from core.keyset import key_of
from crm.access import is_any_of, visible_customers
from crm.models import Customer
from crm.queries.customers import search, search_lower
from pipeline import access
from pipeline.models import Opportunity

WHOSE = ("mine", "team", "all")
STATES = ("open", "live", "closed", *Opportunity.State.values)
CLOSING = ("month", "quarter", "past")
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Wanted:
    """The filters of a list or board; what a URL gives wrongly is left out."""

    whose: str
    state: str = ""
    stage: str = ""
    tier: str = ""
    team: int | None = None
    late: bool = False
    closing: str = ""
    text: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything but the state and the person is asked for."""
        return bool(self.tier or self.team or self.late or self.closing or self.text or self.stage)


def usual_whose(user: User) -> str:
    """Whose opportunities a person sees first."""
    if user.role == Role.REP:
        return "mine"
    return "team" if user.role == Role.MANAGER else "all"


def read(user: User, query: Mapping[str, str], *, state: str = "") -> Wanted:
    """The filters a query string asks for."""
    return Wanted(
        whose=_one_of(query.get("whose"), WHOSE) or usual_whose(user),
        state=_one_of(query.get("state"), STATES) or state,
        stage=query.get("stage", "")[:40].replace("\x00", ""),
        tier=_one_of(query.get("tier"), Customer.Tier.values),
        team=key_of(query.get("team", "")),
        late=query.get("late") == "1",
        closing=_one_of(query.get("closing"), CLOSING),
        text=query.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
    )


def without_state(wanted: Wanted) -> Wanted:
    """The same filters over all states."""
    return replace(wanted, state="", stage="")


def _one_of(value: str | None, allowed: Any) -> str:
    return value if value and value in allowed else ""


def rows(user: User, wanted: Wanted, now: datetime) -> QuerySet[Opportunity]:
    """The opportunities the user sees and the filters leave."""
    found = access.visible_opportunities(user).filter(_whose(user, wanted.whose))
    if wanted.state:
        found = found.filter(state__in=states_of(wanted.state))
    if wanted.stage:
        found = found.filter(stage=wanted.stage)
    if wanted.tier:
        found = found.filter(customer__tier=wanted.tier)
    if wanted.team:
        found = found.filter(customer__team_id__in=subtree([wanted.team]))
    if wanted.late:
        found = found.filter(clock__due_at__lt=now, clock__paused_at=None)
    if wanted.closing:
        found = found.filter(_closing(wanted.closing, timezone.localdate(now)))
    return found.filter(_search(user, wanted.text)) if wanted.text else found


def _whose(user: User, whose: str) -> Q:
    if whose == "mine":
        return Q(owner=user)
    if whose == "team" and user.role not in ALL_READ:
        teams = set(reach(user)) or {user.team_id}
        return Q(customer__team_id__in=teams)
    return Q()


def states_of(state: str) -> tuple[str, ...]:
    """The states a word of the filter stands for."""
    if state == "live":
        return Opportunity.LIVE
    return Opportunity.CLOSED if state == "closed" else (state,)


def _closing(closing: str, today: date) -> Q:
    if closing == "past":
        return Q(expected_close_date__lt=today, state__in=Opportunity.LIVE)
    months = 1 if closing == "month" else 3
    start = today.replace(day=1, month=today.month - (today.month - 1) % months)
    end = (start + timedelta(days=31 * months)).replace(day=1)
    return Q(expected_close_date__gte=start, expected_close_date__lt=end)


def _search(user: User, text: str) -> Q:
    """Names of opportunities or of their customers that contain the text, by the gram indexes."""
    by_name = search_lower(Opportunity.objects.all(), text, "name")
    customers = search(visible_customers(user), text)
    by_customer = Opportunity.objects.filter(is_any_of("customer_id", customers.values("pk")))
    return Q(is_any_of("pk", by_name.values("pk").union(by_customer.values("pk"), all=True)))


def teams_to_choose(user: User) -> list[tuple[int, str]]:
    """The teams a filter may offer: those whose customers the user reads."""
    if user.role not in ALL_READ:
        return sorted(reading_team_names(user).items(), key=lambda team: team[1])
    return list(Team.objects.order_by("name").values_list("pk", "name")[:200])
