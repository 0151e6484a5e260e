"""How offers of value are told on timelines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_noop

from crm.models import ValueOffer
from crm.queries.stories import tell


def _offers(ids: set[int]) -> dict[int, dict[str, Any]]:
    rows = ValueOffer.objects.filter(pk__in=ids).values_list(
        "pk", "item__name", "contact__name", "result"
    )
    return {
        pk: {"what": item, "whom": name or gettext("the customer"), "result": result}
        for pk, item, name, result in rows
    }


def _tell(name: str, sentence: str, icon: str, tone: str = "") -> None:
    tell(f"value.{name}", sentence, icon, tone, topic="goals", subjects=_offers)


_tell("offered", gettext_noop("offered {whom} “{what}”"), "gift", "info")
_tell("accepted", gettext_noop("noted that {whom} accepted “{what}”"), "check")
_tell("used", gettext_noop("noted that {whom} used “{what}”: {result}"), "circle-check", "good")
_tell("declined", gettext_noop("noted that {whom} declined “{what}”: {result}"), "circle-x")
