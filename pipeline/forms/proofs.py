"""What shows that something about a sale is so: an activity, a document, or who said it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import offer

PROOF = ("activity", "document", "stated_by", "text")
"""The fields of a form that are about the evidence."""


class ProofForm(forms.Form):
    """One of the three is enough; the command says when none is given."""

    activity = forms.TypedChoiceField(
        label=_("Shown by an activity"), coerce=int, required=False, empty_value=None, choices=[]
    )
    document = forms.CharField(
        label=_("or by a document"),
        required=False,
        max_length=300,
        help_text=_("Its name, and where it lies."),
    )
    stated_by = forms.TypedChoiceField(
        label=_("or said by"), coerce=int, required=False, empty_value=None, choices=[]
    )
    text = forms.CharField(
        label=_("In which words"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only what matters for work; nothing of private life."),
    )

    def __init__(
        self,
        *args: Any,
        activities: Sequence[tuple[int, str]],
        contacts: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "activity", [("", _("no activity")), *activities])
        offer(self, "stated_by", [("", _("nobody in particular")), *contacts])
        self.order_fields([name for name in self.fields if name not in PROOF])
