"""The shape of what people fill in about promises and expectations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import Day, Number, offer
from crm.models import Commitment, Contact, Expectation


class PromiseForm(forms.Form):
    """A promise in one line: what, with whom, by when; the day may stand in the words."""

    text = forms.CharField(label=_("What was promised"), max_length=300)
    contact = forms.TypedChoiceField(label=_("Whom"), coerce=int, required=False, empty_value=None)
    due_date = Day(label=_("Due"), required=False)
    direction = forms.ChoiceField(
        choices=Commitment.Direction.choices, widget=forms.HiddenInput, required=False
    )
    expectation = Number(required=False, widget=forms.HiddenInput)
    opportunity = Number(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, contacts: Sequence[Contact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact", [("", "—"), *((one.pk, one.name) for one in contacts)])


class DraftForm(PromiseForm):
    """What is missing of a draft."""

    direction = forms.ChoiceField(
        label=_("Who promised"), choices=Commitment.Direction.choices, widget=forms.RadioSelect
    )


class KeepForm(forms.Form):
    """What shows that a promise was kept: an activity, words, or both."""

    activity = forms.TypedChoiceField(
        label=_("Shown by"), coerce=int, required=False, empty_value=None, choices=[]
    )
    evidence = forms.CharField(
        label=_("What shows that it was kept"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A mail, a signed paper, who at the customer confirmed it."),
    )

    def __init__(self, *args: Any, activities: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "activity", [("", _("no activity: in words")), *activities])


class RenegotiateForm(forms.Form):
    """Another day, with the word of the other side."""

    due_date = Day(label=_("New day"))
    agreed_by = forms.TypedChoiceField(label=_("Who agreed"), coerce=int)
    consent = forms.CharField(
        label=_("How they agreed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, contacts: Sequence[Contact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "agreed_by", [(one.pk, one.name) for one in contacts])


class CallOffForm(forms.Form):
    """Why it falls away, and who of the customer agreed."""

    agreed_by = forms.TypedChoiceField(
        label=_("Who agreed"), coerce=int, required=False, empty_value=None
    )
    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, contacts: Sequence[Contact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "agreed_by", [("", "—"), *((one.pk, one.name) for one in contacts)])


class BreakForm(forms.Form):
    """Why it will not be kept."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class HandOnForm(forms.Form):
    """Who sees to it from now on."""

    to = Number(label=_("Person"))


class ExpectationForm(forms.Form):
    """What is expected, by whom, how badly."""

    about = forms.CharField(label=_("What is expected"), max_length=300)
    contact = forms.TypedChoiceField(
        label=_("By whom"), coerce=int, required=False, empty_value=None
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=Expectation.Priority.choices,
        initial=Expectation.Priority.SHOULD,
    )

    def __init__(self, *args: Any, contacts: Sequence[Contact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = ("", _("Me, of the customer"))
        offer(self, "contact", [*((one.pk, one.name) for one in contacts), ours])
