"""What is due for one person now: a few capped queries, one line a thing, the reasons beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import EVERYTHING, reach
from accounts.models import User
from accounts.models.user import Level
from accounts.notices import icon_of, render
from accounts.queries.inbox import inbox_of
from core.display import relative_time
from core.queries.calendars import load_calendars
from crm.access import visible_actions
from crm.models import Action
from pipeline import access, gates
from pipeline.models import Opportunity
from pipeline.models.definition import stages_of
from pipeline.queries.ages import CLOCK_COLUMNS, Age, age_of
from pipeline.queries.today_lines import Line, Reason
from pipeline.queries.today_owed import owed_today
from pipeline.queries.today_peers import peers_today

OWED = (
    "promise.0",
    "promise.1",
    "promise.2",
    "promise.3",
    "promise.not_kept",
    "concern.0",
    "concern.2",
    "help.asked",
    "help.asked_executive",
    "help.ring.0",
    "help.ring.2",
    "gate.asked",
    "gate.condition",
)
"""Messages about what stands on the page itself."""
DEALS = ("deal", "escalation")
MOST_ACTIONS = 50
MOST_DEALS = 200
MOST_LINES = 25
MOST_ESCALATED = 30
MOST_NEWS = 8
LEVELS = (80, 100, 150, 200)
COLUMNS = (
    "id",
    "name",
    "customer_id",
    "customer__name",
    "customer__tier",
    "amount",
    "currency",
    "version_id",
    "stage",
    "state",
    "owner_id",
    "owner__name",
    "expected_close_date",
    *CLOCK_COLUMNS,
)


@dataclass(frozen=True, slots=True)
class News:
    """An unread message of the inbox, in words."""

    text: str
    icon: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind, the most urgent shown, the others counted."""

    lines: list[Line]
    more: int

    @property
    def count(self) -> int:
        return len(self.lines) + self.more


def _group(lines: list[Line]) -> Group:
    return Group(lines[:MOST_LINES], max(0, len(lines) - MOST_LINES))


@dataclass(frozen=True, slots=True)
class Today:
    """The groups of the page, each sorted by urgency."""

    escalated: Group
    late: Group
    today: Group
    soon: Group
    news: list[News]
    deals: int

    @property
    def is_empty(self) -> bool:
        groups = (self.escalated, self.late, self.today, self.soon)
        return not (any(group.lines for group in groups) or self.news)


def today(user: User, now: datetime) -> Today:
    """Everything due for the user, by urgency; what is late in his teams apart."""
    day = timezone.localdate(now)
    calendars = load_calendars()
    actions = _actions(user, day)
    deals, raised = _deals(user, day, now)
    escalated = [line for row in raised if (line := _escalation(row, calendars, now))]
    lines = [line for row in deals if (line := _deal(row, calendars, now, day))]
    lines += [_action(row, day) for row in actions]
    own, others = peers_today(user, now)
    lines += own
    escalated += others
    lines += owed_today(user, now)
    lines.sort(key=lambda line: -line.urgency)
    found = Today(
        escalated=_group(sorted(escalated, key=lambda line: -line.urgency)),
        late=_group([line for line in lines if line.tone == "late"]),
        today=_group([line for line in lines if line.tone in ("soon", "wait")]),
        soon=_group([line for line in lines if line.tone == "unknown"]),
        news=_news(user),
        deals=len(deals),
    )
    shown = (found.escalated, found.late, found.today, found.soon)
    _look_ahead([line for group in shown for line in group.lines if line.kind in DEALS], now)
    return found


def _actions(user: User, day: date) -> list[Any]:
    return list(
        visible_actions(user)
        .filter(owner=user, state=Action.State.PLANNED, due_date__lte=day)
        .order_by("due_date", "id")
        .values("id", "text", "due_date", "customer_id", "customer__name", "customer__tier")[
            :MOST_ACTIONS
        ]
    )


def _deals(
    user: User, day: date, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the user leads and may want something, and what of others reaches him; one query."""
    columns = (*_columns(), "has_step", "is_own")
    own = _mine(user, day).annotate(is_own=Value(value=True)).values(*columns)[:MOST_DEALS]
    others = _escalated(user, now)
    if others is None:
        return list(own), []
    raised = others.annotate(has_step=Value(value=True), is_own=Value(value=False))
    rows = list(own.union(raised.values(*columns)[:MOST_ESCALATED], all=True))
    ids = {row["id"] for row in rows if row["is_own"]}
    return (
        [row for row in rows if row["is_own"]],
        [row for row in rows if not row["is_own"] and row["id"] not in ids],
    )


def _mine(user: User, day: date) -> QuerySet[Opportunity]:
    """Live opportunities the user leads that may want something."""
    planned = Action.objects.filter(customer_id=OuterRef("customer_id"), state=Action.State.PLANNED)
    return (
        access.visible_opportunities(user)
        .filter(owner=user, state__in=(Opportunity.State.OPEN, Opportunity.State.ON_HOLD))
        .annotate(has_step=Exists(planned))
        .filter(
            Q(clock__level_moments__0__lte=timezone.now())
            | Q(waiting_until__lte=day)
            | Q(expected_close_date__lt=day, state=Opportunity.State.OPEN)
            | Q(has_step=False, state=Opportunity.State.OPEN)
        )
        .order_by(F("clock__due_at").asc(nulls_last=True), "id")
    )


def _escalated(user: User, now: datetime) -> QuerySet[Opportunity] | None:
    """Running stays of others past the level at which this person is told, if he leads anybody."""
    place = _level_of(user)
    if place is None:
        return None
    teams = reach(user)
    found = access.visible_opportunities(user).filter(
        state=Opportunity.State.OPEN,
        clock__paused_at=None,
        clock__due_at__lte=now + timedelta(days=1),  # the index's share of the next condition
        **{f"clock__level_moments__{place}__lte": now},
    )
    if teams is not EVERYTHING:
        found = found.filter(customer__team_id__in=teams)
    return found.order_by("clock__due_at", "id")


def _columns() -> list[str]:
    """Those of a line, and those the gates look at: they are not asked for again."""
    return list(dict.fromkeys((*COLUMNS, *gates.columns())))


def _level_of(user: User) -> int | None:
    """The place of the lowest level that reaches this person for others' opportunities."""
    teams = reach(user)
    if user.level == Level.CHIEF:
        return 3
    if teams is EVERYTHING:
        return 2
    return 1 if teams else None


def _deal(row: dict[str, Any], calendars: Any, now: datetime, day: date) -> Line | None:
    age = age_of(row, calendars, now)
    reasons = sorted(_reasons(row, age, day), key=lambda reason: -reason.urgency)
    if not reasons:
        return None
    return Line("deal", reasons[0].urgency, reasons[0].tone, row, reasons, age)


def _reasons(row: dict[str, Any], age: Age | None, day: date) -> list[Reason]:
    if row["state"] == Opportunity.State.ON_HOLD:
        until = row["waiting_until"]
        if until is None or until > day:
            return []
        text = _("The wait for the customer ends %(day)s") % {"day": relative_time(until)}
        return [Reason(520 + (day - until).days, "wait", text, "resume")]
    found = []
    over = _limit_reason(age)
    if over:
        found.append(over)
    close = row["expected_close_date"]
    if close and close < day:
        text = _("Was expected to close %(day)s") % {"day": relative_time(close)}
        found.append(Reason(430, "soon", text, "close_date"))
    if not row.get("has_step", True):
        found.append(Reason(100, "unknown", _("No next step is planned"), "plan"))
    return found


def _limit_reason(age: Age | None) -> Reason | None:
    if age is None or age.waiting or age.share < 0.8:
        return None
    said = {"days": age.days, "limit": age.limit, "percent": int(age.share * 100)}
    if age.share < 1:
        left = age.limit - age.days
        text = ngettext(
            "%(n)s working day left of %(limit)s", "%(n)s working days left of %(limit)s", left
        ) % {"n": left, "limit": age.limit}
        return Reason(400 + int(age.share * 50), "soon", text, "advance")
    if age.days == age.limit:
        text = _("The last of %(limit)s working days for this stage") % said
        return Reason(510, "soon", text, "advance")
    text = _("%(percent)s %% of the limit: %(days)s of %(limit)s working days") % said
    return Reason(600 + min(300, int(age.share * 50)), "late", text, "advance")


def _escalation(row: dict[str, Any], calendars: Any, now: datetime) -> Line | None:
    age = age_of(row, calendars, now)
    reason = _limit_reason(age)
    if reason is None:
        return None
    return Line("escalation", reason.urgency, "late", row, [reason], age)


def _action(row: dict[str, Any], day: date) -> Line:
    days = (day - row["due_date"]).days
    if days == 0:
        reason = Reason(500, "soon", _("Planned for today"), "done")
    else:
        text = ngettext("%(n)s day overdue", "%(n)s days overdue", days) % {"n": days}
        reason = Reason(600 + min(days, 200), "late", text, "done")
    return Line("action", reason.urgency, reason.tone, row, [reason])


def _look_ahead(lines: Sequence[Line], now: datetime) -> None:
    """What each line's gate lacks, and the names of its stage and the next."""
    if not lines:
        return
    missing = gates.missing_in((line.row for line in lines), at=now)
    for line in lines:
        line.missing = missing.get(line.row["id"], 0)
        stages = [s for s in stages_of(line.row["version_id"]) if s.kind == "open"]
        place = next((n for n, s in enumerate(stages) if s.key == line.row["stage"]), None)
        if place is not None:
            line.stage_name = str(stages[place])
            line.next_stage = str(stages[place + 1]) if place + 1 < len(stages) else ""


def _news(user: User) -> list[News]:
    """Unread messages, those about a limit apart: their opportunities stand on the page."""
    items = inbox_of(user, unread=True).exclude(kind__startswith="reminder.").exclude(kind__in=OWED)
    return [
        News(render(item.kind, item.params), icon_of(item.kind), item.url, item.created_at)
        for item in items.order_by("-created_at")[:MOST_NEWS]
    ]
