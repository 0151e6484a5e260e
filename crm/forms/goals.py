"""The shape of what people fill in about goals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import Day, Number, offer
from crm.models import Contact, JointGoal

VALUE: Any = {"max_digits": 18, "decimal_places": 4}


class GoalForm(forms.Form):
    """Whose goal, from where to where, by when."""

    side = forms.ChoiceField(
        label=_("Whose goal"),
        choices=JointGoal.Side.choices,
        initial=JointGoal.Side.THEIRS,
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=_("Goal"), max_length=200)
    measure = forms.CharField(
        label=_("Measured by"),
        max_length=120,
        help_text=_("What is counted, such as “kWh per tonne”."),
    )
    baseline = forms.DecimalField(label=_("From"), **VALUE)
    target = forms.DecimalField(label=_("To"), **VALUE)
    start_date = Day(label=_("Begins"), required=False, help_text=_("Left empty: today."))
    due_date = Day(label=_("Due"))
    contact = forms.TypedChoiceField(
        label=_("Who stands for it there"), coerce=int, required=False, empty_value=None
    )
    owner = Number(label=_("Seen to by"), required=False, help_text=_("Left empty: you."))

    def __init__(self, *args: Any, contacts: Sequence[Contact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact", [("", "—"), *((one.pk, one.name) for one in contacts)])


class ValueForm(forms.Form):
    """What was measured, and when."""

    value = forms.DecimalField(label=_("Value"), **VALUE)
    as_of_date = Day(label=_("Measured on"), required=False, help_text=_("Left empty: today."))
    note = forms.CharField(label=_("Where it is from"), max_length=300, required=False)


class SettleForm(forms.Form):
    """What is to be said of a goal that was missed."""

    note = forms.CharField(
        label=_("Why it was missed"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DropForm(forms.Form):
    """Why it is not followed any more."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
