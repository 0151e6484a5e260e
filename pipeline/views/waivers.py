"""Waivers on pages: asking for one, deciding, and the list of those that wait or hold."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from core import keyset
from core.errors import NotFound
from pipeline import access
from pipeline.commands import waivers as commands
from pipeline.forms.waivers import AskForm, NoteForm, ReasonForm, SureForm
from pipeline.models import Waiver
from pipeline.queries import waivers as queries
from pipeline.views.dialogs import answer

LIMIT = 50
FORMS: dict[str, Any] = {
    "grant": NoteForm,
    "refuse": ReasonForm,
    "withdraw": SureForm,
    "end": ReasonForm,
}
COMMANDS: dict[str, Any] = {
    "grant": commands.grant,
    "refuse": commands.refuse,
    "withdraw": commands.withdraw,
    "end": commands.end,
}
WORDS: dict[str, tuple[Any, Any]] = {
    "grant": (gettext_lazy("Grant the waiver"), gettext_lazy("Grant it")),
    "refuse": (gettext_lazy("Refuse the waiver"), gettext_lazy("Refuse it")),
    "withdraw": (gettext_lazy("Withdraw the request"), gettext_lazy("Withdraw it")),
    "end": (gettext_lazy("Take the waiver back"), gettext_lazy("Take it back")),
}


@require_GET
@login_required
def waiver_list(request: HttpRequest) -> HttpResponse:
    """Waivers that wait for a decision, hold now, or are over."""
    user: Any = request.user
    asked = request.GET.get("state", "")
    state = asked if asked in queries.STATES else queries.STATES[0]
    rows = queries.waivers_for(user, state=state, now=timezone.now())
    page = keyset.page(rows, ("-asked_at",), cursor=request.GET.get("cursor") or None, limit=LIMIT)
    context = {
        "page": page,
        "state": state,
        "states": [
            ("waiting", _("waiting for a decision")),
            ("in_force", _("in force")),
            ("closed", _("over")),
        ],
        "may_decide": role_may(user, "waiver.decide"),
    }
    return render(request, "pipeline/waivers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask(request: HttpRequest, pk: int, criterion: str) -> HttpResponse:
    """Ask that the sale may leave its stage without a criterion."""
    found = access.get_opportunity(request.user, pk)
    row = next((each for each in found.stage_row.criteria.all() if each.key == criterion), None)
    if row is None:
        raise NotFound(_("This stage has no such criterion."))

    def run(data: dict[str, Any]) -> None:
        commands.ask(found, criterion=criterion, by=request.user, at=timezone.now(), **data)

    form = AskForm(request.POST if request.method == "POST" else None)
    return answer(
        request,
        found,
        form,
        run,
        title=_("Ask for a waiver"),
        button=_("Ask for it"),
        says=str(row),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Grant, refuse, withdraw or take back one waiver."""
    waiver = access.get_waiver(request.user, pk)
    form = FORMS[verb](request.POST if request.method == "POST" else None)

    def run(data: dict[str, Any]) -> None:
        COMMANDS[verb](waiver, by=request.user, at=timezone.now(), **data)

    title, button = WORDS[verb]
    return answer(
        request, waiver.opportunity, form, run, title=title, button=button, says=_told(waiver)
    )


def _told(waiver: Waiver) -> str:
    """What it is about, for who decides."""
    return _("{criterion}: {reason} Compensation: {compensation}").format(
        criterion=waiver.criterion, reason=_ended(waiver.reason), compensation=waiver.compensation
    )


def _ended(sentence: str) -> str:
    return sentence if sentence[-1:] in ".!?。！？" else f"{sentence}."
