"""The shape of what people fill in about what is known of a customer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import ANY, Day
from crm.models import Confidence, IntelItem


class IntelForm(forms.Form):
    """What is known under a key, from where, and until when."""

    key = forms.ChoiceField(choices=IntelItem.Key.choices, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("How well it is known"),
        choices=IntelItem.State.choices,
        initial=IntelItem.State.CONFIRMED,
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=_("What is known"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only what matters for work; nothing of private life."),
    )
    source_kind = forms.ChoiceField(
        label=_("Kind of source"), choices=[ANY, *IntelItem.SourceKind.choices], required=False
    )
    source = forms.CharField(label=_("Where it is from"), max_length=300, required=False)
    confidence = forms.ChoiceField(
        label=_("How sure"), choices=Confidence.choices, initial=Confidence.MEDIUM, required=False
    )
    as_of_date = Day(label=_("As of"), required=False, help_text=_("Left empty: today."))
    expires_date = Day(label=_("Holds until"), required=False, help_text=_("Its last day."))
    seen = forms.IntegerField(
        min_value=0, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )
