"""Confirming a criterion by hand, and taking that back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import NotFound
from pipeline import access
from pipeline.commands import confirmations
from pipeline.forms.confirmations import ConfirmationForm, TakeBackForm
from pipeline.queries.confirmations import asked_for
from pipeline.views.dialogs import answer, posted, proof_choices, take_proof


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def confirm(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Say that a criterion of the stage holds, and what shows it."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    criterion = asked_for(found, key)
    if criterion is None:
        raise NotFound(_("The stage the sale is in asks for no such confirmation."))
    form = ConfirmationForm(posted(request), **proof_choices(found))

    def run(data: dict[str, Any]) -> None:
        evidence = take_proof(user, data)
        confirmations.confirm(found, key=key, evidence=evidence, by=user, at=timezone.now(), **data)

    return answer(
        request,
        found,
        form,
        run,
        title=_("Confirm with evidence"),
        button=_("Confirm it"),
        says=str(criterion),
        home=reverse("opportunity", args=[pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not hold after all."""
    user: Any = request.user
    row = access.get_confirmation(user, pk)

    def run(data: dict[str, Any]) -> None:
        confirmations.take_back(row, by=user, at=timezone.now(), **data)

    return answer(
        request,
        row.opportunity,
        TakeBackForm(posted(request)),
        run,
        title=_("Take the confirmation back"),
        button=_("Take it back"),
        says=str(row.criterion),
        home=reverse("opportunity", args=[row.opportunity_id]),
    )
