"""The shape of a step of the customer's own procedure of deciding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import offer
from crm.models import ChainStep


class StepForm(forms.ModelForm):
    """What happens, who decides it, from which amount, how long it takes, what comes out of it."""

    position = forms.IntegerField(
        label=_("Place in the order"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("Left empty: at the end, or where it is."),
    )
    stakeholder = forms.TypedChoiceField(
        label=_("Who decides it"), coerce=int, required=False, empty_value=None, choices=[]
    )

    class Meta:
        model = ChainStep
        fields = [
            "name",
            "role",
            "threshold_amount",
            "threshold_currency",
            "typical_days",
            "document",
        ]

    field_order = (
        "name",
        "stakeholder",
        "role",
        "threshold_amount",
        "threshold_currency",
        "typical_days",
        "document",
        "position",
    )

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "stakeholder", [("", _("nobody named")), *people])

    def _post_clean(self) -> None:
        """The command checks the values; the instance stays as it is."""
