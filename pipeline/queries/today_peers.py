"""Overdue peer meetings on Today: one's own, and for the general manager everybody's."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.models.user import Level
from crm.queries.peers import Overdue, overdue_pairs
from pipeline.queries.today_lines import Line, Reason

MOST_OWN, MOST_OTHERS = 25, 10


def peers_today(user: User, now: datetime) -> tuple[list[Line], list[Line]]:
    """Lines for the user's own pairs, and for those of others where he stands at the top."""
    is_chief = user.level == Level.CHIEF
    rows = overdue_pairs(user, at=now, everybody=is_chief)
    own = [_line("peer", row) for row in rows if row.user_id == user.pk]
    others = [_line("peers", row) for row in rows if row.user_id != user.pk]
    return own[:MOST_OWN], others[:MOST_OTHERS]


def _line(kind: str, row: Overdue) -> Line:
    days = row.days_over
    text = ngettext(
        "The peer meeting is %(n)s day overdue", "The peer meeting is %(n)s days overdue", days
    ) % {"n": days}
    reason = Reason(600 + min(days, 200), "late", text, "meet")
    who = row.contact_name
    if kind == "peer":
        title = _("Meet %(name)s") % {"name": who}
    else:
        title = _("%(user)s meets %(name)s") % {"user": row.user_name, "name": who}
    shown = {
        "id": row.id,
        "text": title,
        "customer_id": row.customer_id,
        "customer__name": row.customer_name,
    }
    return Line(kind, reason.urgency, reason.tone, shown, [reason])
