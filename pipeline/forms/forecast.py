"""The shape of what rep and manager say they expect of a sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.models import ForecastOverride


class ForecastForm(forms.Form):
    """Category and probability in percent, each empty for what the stage says, and why."""

    category = forms.ChoiceField(
        label=_("Forecast category"),
        required=False,
        choices=[("", _("As the stage says")), *ForecastOverride.CATEGORIES],
    )
    probability = forms.DecimalField(
        label=_("Probability in percent"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        widget=forms.NumberInput(
            attrs={"inputmode": "decimal", "min": "0", "max": "100", "step": "any"}
        ),
        help_text=_("Empty: as the stage says. 0 is a probability too."),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def clean_probability(self) -> Decimal | None:
        """The fraction the command takes."""
        percent: Any = self.cleaned_data["probability"]
        return None if percent is None else percent / 100
