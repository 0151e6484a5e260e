"""The shape of what people fill in about pains and what answers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import offer
from pipeline.forms import CurrencyField
from pipeline.forms.proofs import ProofForm
from pipeline.models import PainPoint, SolutionLine


class PainForm(forms.Form):
    """Whose pain, in which words, what it costs them, how urgent it is."""

    text = forms.CharField(
        label=_("The pain, in their words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    contact = forms.TypedChoiceField(label=_("Whose pain"), coerce=int, choices=[])
    impact_amount = forms.DecimalField(
        label=_("What it costs them"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("In a year, by their own count."),
    )
    currency = CurrencyField(required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=PainPoint.Urgency.choices,
        initial=PainPoint.Urgency.NORMAL,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, contacts: Sequence[tuple[int, str]], currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact", contacts)
        money: Any = self.fields["currency"]
        money.keep(currency)
        money.initial = currency


class UrgencyForm(forms.Form):
    """What may still change of a pain the customer has confirmed."""

    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=PainPoint.Urgency.choices, widget=forms.RadioSelect
    )


class LineForm(forms.Form):
    """What of ours answers which pain, and whether it sets us apart."""

    pain = forms.TypedChoiceField(label=_("Answers"), coerce=int, choices=[])
    kind = forms.ChoiceField(
        label=_("Kind"), choices=SolutionLine.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("What we offer"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_differentiator = forms.BooleanField(
        label=_("Sets us apart: nobody else has it, and they want it"), required=False
    )

    def __init__(self, *args: Any, pains: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "pain", pains)


class ConfirmForm(ProofForm):
    """What shows that the customer has confirmed it."""


class ConfirmLineForm(ProofForm):
    """Who has confirmed it, and what shows that."""

    contact = forms.TypedChoiceField(label=_("Confirmed by"), coerce=int, choices=[])

    def __init__(self, *args: Any, contacts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, contacts=contacts, **kwargs)
        offer(self, "contact", contacts)


class DropForm(forms.Form):
    """Why it counts no more."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
