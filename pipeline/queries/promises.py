"""What was promised in one sale, and what a person has promised for today or before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.display import relative_time
from core.workingtime import local_date
from crm.access import visible_commitments
from crm.models import Commitment
from crm.queries.commitments import Line as PromiseLine
from crm.queries.commitments import held_by, in_order, named
from pipeline.models import Opportunity
from pipeline.queries.today_lines import Line, Reason

MOST = 20
MOST_TODAY = 50


def promises_in(opportunity: Opportunity, now: datetime) -> list[PromiseLine]:
    """The promises linked to the sale, what is owed first."""
    rows = Commitment.objects.filter(opportunity_links__opportunity=opportunity)
    return in_order(rows, now, opportunity.customer.country, most=MOST)


def promises_today(user: User, now: datetime) -> list[Line]:
    """What the person owes or waits for by today or tomorrow, or should have had before."""
    until = now.date() + timedelta(days=2)
    rows = held_by(visible_commitments(user), user.pk).filter(
        state__in=(Commitment.State.MADE, Commitment.State.BROKEN), due_date__lte=until
    )
    found: Any = named(rows, "customer__country", "customer__name").order_by("due_date", "id")
    lines = [_line(row, now) for row in found[:MOST_TODAY]]
    return [line for line in lines if line is not None]


def _line(row: dict[str, Any], now: datetime) -> Line | None:
    left = (row["due_date"] - local_date(now, row["customer__country"])).days
    broken = row["state"] == Commitment.State.BROKEN or now >= row["due_at"]
    if left > 1 and not broken:
        return None
    ours = row["direction"] == Commitment.Direction.OURS
    said = {"name": row["contact_name"] or "–", "day": relative_time(row["due_date"], now)}
    if ours:
        text = _("You promised %(name)s this for %(day)s") % said
    else:
        text = _("%(name)s promised this for %(day)s") % said
    do = "keep" if ours else "ask"
    if broken:
        over = max(0, -left)
        return Line("promise", 640 + min(over, 200), "late", row, [Reason(640, "late", text, do)])
    urgency = 530 if left == 0 else 410
    return Line("promise", urgency, "soon", row, [Reason(urgency, "soon", text, do)])
