"""Taking back one's own last move. The ledger keeps both: nothing is wiped out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict
from pipeline.commands.opportunities import resume, send_back
from pipeline.models import Opportunity, Transition

WITHIN = timedelta(minutes=10)


@transaction.atomic
def take_back(opportunity: Opportunity, *, seq: int, by: User, at: datetime) -> Opportunity:
    """Send back what one has just advanced, resume what one has just put on hold.

    `seq` is the ledger number of the move. It is refused when somebody has moved on since, when
    the move was another's, or when it is older than ten minutes.
    """
    last = Transition.objects.filter(opportunity=opportunity).select_related("by").latest("seq")
    if last.seq != seq or last.by_id != by.pk:
        raise Conflict(
            _("{person} has moved it since; it stays where it is.").format(person=last.by),
            code="moved_by_somebody_else",
            details={"by": last.by_id, "seq": last.seq},
        )
    if at - last.at > WITHIN:
        raise Conflict(_("That was too long ago to take back."), code="too_late")
    if last.name == Transition.Name.ADVANCE:
        return send_back(opportunity, by=by, at=at, reason=_("Taken back at once"), seq=seq)
    if last.name == Transition.Name.HOLD:
        return resume(opportunity, by=by, at=at, reason=_("Taken back at once"), seq=seq)
    raise Conflict(_("This move cannot be taken back."), code="not_reversible")
