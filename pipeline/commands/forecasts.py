"""What rep and manager expect of a sale, each for himself."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict, Invalid
from core.events import record
from crm.commands.private_life import refuse_private
from pipeline.access import forecast_side
from pipeline.commands.holding import hold_sale
from pipeline.commands.moves import need_reason
from pipeline.models import ForecastOverride, Opportunity

LONGEST_REASON = 500
STEP = Decimal("0.001")


@transaction.atomic
def set_forecast(
    opportunity: Opportunity,
    *,
    category: str,
    probability: Decimal | None,
    reason: str,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> ForecastOverride:
    """Say for one's own side what is to be expected of an open sale, and why.

    An empty category and a probability of None mean what the stage says; 0 means 0. `seen` is the
    number of the override the actor saw on his side, 0 for none: if somebody has said otherwise
    meanwhile, it is a Conflict that says who.
    """
    sale = hold_sale(opportunity, by, "forecast.set")
    _check(category, probability, reason)
    side = forecast_side(by, sale)
    last = (
        ForecastOverride.objects.filter(opportunity=sale, side=side, ended_at__isnull=True)
        .select_related("by")
        .first()
    )
    _check_seen(last, seen)
    if last is None and not category and probability is None:
        sentence = _("Choose a category or a probability that differs from the stage's.")
        raise Invalid(sentence, code="nothing_said", details={"probability": [sentence]})
    if last is not None:
        at = max(at, last.at)
        last.ended_at = at
        last.save(update_fields=["ended_at"])
    made = ForecastOverride.objects.create(
        opportunity=sale,
        side=side,
        category=category,
        probability=probability,
        reason=reason.strip(),
        stage=sale.stage,
        by=by,
        at=at,
    )
    record(
        "opportunity.forecast_set",
        sale,
        by=by,
        at=at,
        scope=sale.customer,
        data={
            "side": str(side),
            "category": [last.category if last else "", category],
            "probability": [_plain(last.probability if last else None), _plain(probability)],
            "reason": made.reason,
        },
    )
    return made


def _plain(probability: Decimal | None) -> str | None:
    return None if probability is None else str(probability.quantize(STEP))


def _check(category: str, probability: Decimal | None, reason: str) -> None:
    wrong: dict[str, Any] = {}
    if category and category not in dict(ForecastOverride.CATEGORIES):
        wrong["category"] = [_("There is no such category.")]
    if probability is not None and (
        not 0 <= probability <= 1 or probability != probability.quantize(STEP)
    ):
        wrong["probability"] = [
            _("A probability lies between 0 and 100 %, to a tenth of a percent.")
        ]
    if len(reason.strip()) > LONGEST_REASON:
        wrong["reason"] = [_("At most {most} characters.").format(most=LONGEST_REASON)]
    elif "\x00" in reason:
        wrong["reason"] = [_("A text cannot contain a NUL character.")]
    if wrong:
        raise Invalid(_("Some values cannot be taken."), code="invalid", details=wrong)
    need_reason(reason)
    refuse_private({"reason": reason})


def _check_seen(last: ForecastOverride | None, seen: int | None) -> None:
    if seen is None or seen == (last.pk if last else 0):
        return
    sentence = _("{name} changed this meanwhile. Look at it again before you do.")
    raise Conflict(
        sentence.format(name=last.by if last else _("Somebody")),
        code="stale",
        details={"by": str(last.by) if last else None, "override": last.pk if last else None},
    )
