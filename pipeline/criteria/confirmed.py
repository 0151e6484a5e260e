"""`confirmed {key, roles}`: somebody of us has confirmed it in this stay, with evidence.

`key` is the criterion's own; `roles` says who may, by default everybody who serves the customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role
from pipeline.criteria import Finding, FromRows, Remedy, Sale, criterion, params
from pipeline.models import Confirmation

KEY = re.compile(r"[a-z0-9-]{1,40}")


@criterion("confirmed")
class Confirmed(FromRows):
    source = "confirmations"

    def problems(self, given: Mapping[str, Any]) -> list[str]:
        """It wants a key, and perhaps the roles that may confirm."""
        found = params.unknown(given, {"key", "roles"})
        key = given.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            found.append("key: give the criterion's own key")
        people = [role for role in Role.values if role not in (Role.SYSTEM, Role.INTEGRATION)]
        return found + (params.words(given, "roles", people) if "roles" in given else [])

    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """What has been confirmed by now in the current stay of every sale."""
        return Confirmation.objects.filter(
            opportunity_id__in=[sale.pk for sale in sales],
            visit__left_at__isnull=True,
            taken_back_at__isnull=True,
            at__lte=at,
        ).values_list("opportunity_id", "criterion__params__key", "pk", "by__name", "at")

    def read(
        self, rows: Iterable[tuple[Any, ...]], at: datetime
    ) -> dict[tuple[int, str], tuple[int, str, datetime]]:
        """By sale and key: number, by whom, when."""
        return {(sale, key): (pk, name, moment) for sale, key, pk, name, moment in rows}

    def check(
        self,
        given: Mapping[str, Any],
        sale: Sale,
        facts: Mapping[tuple[int, str], tuple[int, str, datetime]],
    ) -> Finding:
        """It has been, or the sentence says by whom it is to be."""
        found = facts.get((sale.pk, given["key"]))
        if found is not None:
            pk, name, moment = found
            evidence = {"confirmation": pk, "by": name, "at": moment.isoformat()}
            return Finding(met=True, evidence=evidence)
        remedy = Remedy("confirm", sale=sale.pk, key=given["key"])
        return Finding(False, sentence=partial(_sentence, given.get("roles")), remedy=remedy)


def _sentence(roles: Sequence[str] | None) -> str:
    if not roles:
        return _("Still to be confirmed by one of us, with what shows it.")
    return _("Still to be confirmed, with what shows it, by: {roles}.").format(
        roles=_(" or ").join(str(Role(role).label) for role in roles)
    )
