"""The shape of what people fill in about competitors and about what we offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import offer
from pipeline.forms import CurrencyField
from pipeline.models import Rival

AREA = {"rows": 2}


class CompetitorForm(forms.Form):
    """A name for the company's list."""

    name = forms.CharField(label=_("Name"), max_length=120)


class CompetitorEditForm(CompetitorForm):
    """The name, and whether it can still be chosen."""

    is_active = forms.BooleanField(label=_("Can be chosen"), required=False)


class RivalForm(forms.Form):
    """What is known of a competitor in a sale."""

    state = forms.ChoiceField(
        label=_("How they stand"), choices=Rival.State.choices, initial=Rival.State.SUSPECTED
    )
    sponsor = forms.TypedChoiceField(
        label=_("Their sponsor inside"), coerce=int, required=False, empty_value=None, choices=[]
    )
    offer = forms.CharField(
        label=_("What they offer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=AREA),
    )
    price_level = forms.ChoiceField(
        label=_("Their price"),
        choices=Rival.PriceLevel.choices,
        initial=Rival.PriceLevel.UNKNOWN,
    )
    strengths = forms.CharField(
        label=_("What they are good at"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=AREA),
    )
    relationship_owner = forms.CharField(
        label=_("Who keeps their relations"), max_length=120, required=False
    )

    def __init__(self, *args: Any, contacts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "sponsor", [("", _("not known")), *contacts])


class NewRivalForm(RivalForm):
    """The same with which one of the company's list it is."""

    field_order = ("competitor",)
    competitor = forms.TypedChoiceField(label=_("Competitor"), coerce=int, choices=[])

    def __init__(self, *args: Any, names: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "competitor", names)


class ProposalForm(forms.Form):
    """The terms of a version."""

    document = forms.CharField(
        label=_("Name of the document"), max_length=200, help_text=_("As the customer gets it.")
    )
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_digits=14, decimal_places=2)
    currency = CurrencyField(required=False)
    discount_percent = forms.DecimalField(
        label=_("Discount in per cent"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        initial=0,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        money: Any = self.fields["currency"]
        money.keep(currency)
        money.initial = currency
