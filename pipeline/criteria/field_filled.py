"""`field_filled {fields: [...]}`: somebody has written down what the stage is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from pipeline.criteria import Finding, Remedy, Sale, criterion
from pipeline.models import Opportunity

FIELDS = (
    "problem",
    "impact",
    "budget_source",
    "decision_date",
    "amount",
    "expected_close_date",
    "decision_procedure",
    "success_metric",
    "decision_criteria",
    "differentiator",
    "offer_date",
    "signature_plan",
    "selection_statement",
    "signed_date",
    "acceptance_date",
    "paid_date",
)
"""The fields of an opportunity a criterion may ask for."""


def is_filled(value: Any) -> bool:
    """Whether something stands there; an amount of zero is a value, blanks are not."""
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


@criterion("field_filled")
class FieldFilled:
    columns = FIELDS
    source = "field_filled"

    def problems(self, params: Mapping[str, Any]) -> list[str]:
        """It wants a list of known fields and nothing else."""
        found = [f"unknown parameter {name!r}" for name in params if name != "fields"]
        fields = params.get("fields")
        if not isinstance(fields, list) or not fields:
            return [*found, "fields: give a list of at least one field"]
        found += [
            f"fields: unknown field {name!r}; known are {', '.join(FIELDS)}"
            for name in fields
            if name not in FIELDS
        ]
        return found

    def facts(self, sales: Sequence[Sale], at: datetime) -> None:
        """Nothing beside the columns."""

    def check(self, params: Mapping[str, Any], sale: Sale, facts: None) -> Finding:
        """Every field is filled, or the sentence names those that are not."""
        empty = tuple(name for name in params["fields"] if not is_filled(sale.values[name]))
        if not empty:
            filled = {name: str(sale.values[name])[:200] for name in params["fields"]}
            return Finding(met=True, evidence={"fields": filled})
        return Finding(
            met=False, sentence=partial(_sentence, empty), remedy=Remedy("field", fields=empty)
        )


def _sentence(empty: tuple[str, ...]) -> str:
    fields = Opportunity._meta.get_field
    names = [str(getattr(fields(name), "verbose_name", name)) for name in empty]
    return _("Still to be filled in: {fields}.").format(fields=_(", ").join(names))
