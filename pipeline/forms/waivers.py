"""The shape of what people fill in about waivers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )


class AskForm(forms.Form):
    """Why the sale may go on without it, what is done instead, until when."""

    reason = _text(_("Why it may go on without this"))
    compensation = _text(
        _("What compensates for it"), _("What is done instead, and by whom, so that nothing slips.")
    )
    until_date = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class NoteForm(forms.Form):
    """A word with a decision; it may be left out."""

    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(forms.Form):
    """A decision that has to say why."""

    reason = _text(_("Why"))


class SureForm(forms.Form):
    """Nothing to fill in: only whether to do it."""
