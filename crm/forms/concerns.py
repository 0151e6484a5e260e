"""The shape of what people fill in about concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import Number, offer
from crm.models import Concern, Contact


class ConcernForm(forms.Form):
    """Whose concern, what it is, how severe."""

    text = forms.CharField(
        label=_("What worries them"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only what matters for work; nothing of private life."),
    )
    contact = forms.TypedChoiceField(label=_("Whose concern"), coerce=int)
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=[
            (Concern.Severity.HIGH, _("High: resolved within 3 working days")),
            (Concern.Severity.NORMAL, _("Normal: within 5 working days")),
            (Concern.Severity.LOW, _("Low: within 10 working days")),
        ],
        initial=Concern.Severity.NORMAL,
        widget=forms.RadioSelect,
    )
    origin = forms.ChoiceField(
        label=_("How we know"),
        choices=Concern.Origin.choices,
        initial=Concern.Origin.SAID,
        widget=forms.RadioSelect,
    )
    owner = Number(label=_("Seen to by"), required=False, help_text=_("Left empty: you."))

    def __init__(self, *args: Any, contacts: Sequence[Contact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact", [(one.pk, one.name) for one in contacts])


class AnswerForm(forms.Form):
    """What they were told."""

    answer = forms.CharField(
        label=_("What they were told"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("That it was heard, and what happens next."),
    )


class ResolveForm(forms.Form):
    """What resolved it."""

    resolution = forms.CharField(
        label=_("What resolved it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawForm(forms.Form):
    """Why it is no concern any more."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
