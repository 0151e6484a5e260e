"""What shows that something about a sale is so, in the evidence of its customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from crm.commands.evidence import resolve
from crm.commands.fields import refuse
from crm.models import Evidence
from pipeline.models import Opportunity

Given = Evidence | Mapping[str, Any] | None
"""Evidence noted before, the facts of one to be noted now, or nothing."""


def prove(sale: Opportunity, given: Given, *, by: User, at: datetime) -> Evidence:
    """Evidence that convinces others: an activity, a document, or the words of somebody named.

    The sale must be held, and its customer before it (`hold_sale`).
    """
    if not given:
        refuse({"evidence": [_("Say what shows it: an activity, a document, or who said so.")]})
    proof = resolve(sale.customer, given, by=by, at=at)  # type: ignore[arg-type]  # not empty
    if proof.kind == Evidence.Kind.STATEMENT and proof.stated_by_id is None:
        refuse({"stated_by": [_("Say who at the customer said it.")]})
    return proof
