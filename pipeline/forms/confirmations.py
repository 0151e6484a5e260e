"""The shape of what people fill in to confirm a criterion."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pipeline.forms.proofs import ProofForm


class ConfirmationForm(ProofForm):
    """What shows that it holds."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class TakeBackForm(forms.Form):
    """Why it does not hold after all."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
