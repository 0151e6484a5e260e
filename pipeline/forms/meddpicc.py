"""The shape of what people fill in on the MEDDPICC card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import offer
from pipeline.forms.proofs import ProofForm
from pipeline.models import MeddpiccScore
from pipeline.queries.meddpicc import Card

SCORES = [
    (0, _("0 · unknown")),
    (1, _("1 · identified")),
    (2, _("2 · validated with the customer")),
    (3, _("3 · leveraged: it works for us")),
]


class ScoreForm(ProofForm):
    """How far a letter is known, and from 2 on what shows it."""

    letter = forms.ChoiceField(label=_("Letter"), choices=[])
    score = forms.TypedChoiceField(
        label=_("Score"),
        coerce=int,
        choices=SCORES,
        widget=forms.RadioSelect,
        help_text=_("From 2 on it needs evidence."),
    )
    note = forms.CharField(
        label=_("What we know"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, card: Card, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(line.letter, f"{line.label} · {line.score}") for line in card.lines]
        offer(self, "letter", choices)


def asked_letters(text: str) -> list[str]:
    """The letters of an address, those that are none left out."""
    known = MeddpiccScore.Letter.values
    return [letter for letter in text.split(",")[: len(known)] if letter in known]
