"""The MEDDPICC card of a sale, and the dialog that scores a letter of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.keyset import key_of
from core.web import is_htmx
from pipeline import access
from pipeline.commands.meddpicc import score_letter
from pipeline.forms.meddpicc import ScoreForm, asked_letters
from pipeline.queries.meddpicc import Card, card_of
from pipeline.views.dialogs import answer, posted, proof_choices, take_proof

PERIODS = (7, 14, 30, 90)
USUAL = 14
"""Days between two reviews of a deal."""


@require_GET
@login_required
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Eight letters, their total, and what changed in the last days."""
    found = access.get_opportunity(request.user, pk)
    asked = key_of(request.GET.get("days", ""))
    days = asked if asked in PERIODS else USUAL
    context = {
        "opportunity": found,
        "customer": found.customer,
        "card": card_of(found, since=timezone.now() - timedelta(days=days)),
        "days": days,
        "periods": PERIODS,
        "may_score": access.may(request.user, "meddpicc.score", found),
    }
    template = "pipeline/meddpicc.html#panel" if is_htmx(request) else "pipeline/meddpicc.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far a letter is known, and what shows it; the letters asked for come first."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    now = card_of(found)
    form = ScoreForm(
        posted(request),
        card=now,
        initial=_initial(now, asked_letters(request.GET.get("letters", ""))),
        **proof_choices(found),
    )

    def run(data: dict[str, Any]) -> None:
        evidence = take_proof(user, data)
        score_letter(found, evidence=evidence, by=user, at=timezone.now(), **data)

    return answer(
        request, found, form, run, title=_("Score a letter of MEDDPICC"), button=_("Score it")
    )


def _initial(card: Card, asked: list[str]) -> dict[str, Any]:
    """The letter asked for, else the lowest, with what is known of it."""
    wanted = [line for line in card.lines if line.letter in asked] or list(card.lines)
    line = min(wanted, key=lambda one: one.score)
    return {
        "letter": line.letter,
        "score": min(line.score + 1, 3),
        "note": line.row.note if line.row else "",
    }
