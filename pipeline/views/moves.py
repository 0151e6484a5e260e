"""Moving one opportunity: each verb has a form (GET) and one command (POST)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, DomainError, Invalid
from core.keyset import key_of
from core.web import done, fragment, is_htmx, next_url
from pipeline import access, forms
from pipeline.commands import opportunities as commands
from pipeline.commands.undo import take_back
from pipeline.gates import verdict
from pipeline.models import Opportunity
from pipeline.queries.deal import last_move
from pipeline.views.remedies import remedies


@dataclass(frozen=True)
class Verb:
    """One move: its form, its words, and the command behind it."""

    name: str
    form: type[forms.MoveForm]
    title: Any
    button: Any
    said: Any
    command: Callable[..., Opportunity]
    gated: bool = False
    tone: str = ""

    @property
    def url_name(self) -> str:
        return f"opportunity-{self.name.replace('_', '-')}"


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "advance",
            forms.AdvanceForm,
            gettext_lazy("Advance to %(stage)s"),
            gettext_lazy("Advance to %(stage)s"),
            gettext_lazy("%(name)s is now in %(stage)s"),
            commands.advance,
            gated=True,
        ),
        Verb(
            "send_back",
            forms.SendBackForm,
            gettext_lazy("Send back to %(stage)s"),
            gettext_lazy("Send back"),
            gettext_lazy("%(name)s is back in %(stage)s"),
            commands.send_back,
        ),
        Verb(
            "hold",
            forms.HoldForm,
            gettext_lazy("Hold until the customer is ready"),
            gettext_lazy("Hold"),
            gettext_lazy("%(name)s waits for the customer; its clock stands still"),
            commands.hold,
        ),
        Verb(
            "resume",
            forms.ResumeForm,
            pgettext_lazy("opportunity", "Resume"),
            pgettext_lazy("opportunity", "Resume"),
            gettext_lazy("%(name)s goes on"),
            commands.resume,
        ),
        Verb(
            "win",
            forms.WinForm,
            gettext_lazy("Mark as won"),
            gettext_lazy("Mark as won"),
            gettext_lazy("%(name)s is won"),
            commands.win,
            gated=True,
        ),
        Verb(
            "lose",
            forms.LoseForm,
            gettext_lazy("Close without a win"),
            gettext_lazy("Close it"),
            gettext_lazy("%(name)s is closed"),
            commands.lose,
            tone="danger",
        ),
        Verb(
            "reopen",
            forms.ReopenForm,
            gettext_lazy("Reopen"),
            gettext_lazy("Reopen"),
            gettext_lazy("%(name)s is open again"),
            commands.reopen,
        ),
    )
}


@require_http_methods(["GET", "POST"])
@login_required
def advance(request: HttpRequest, pk: int) -> HttpResponse:
    """Onward to the next stage, through the gate."""
    return _move(request, pk, "advance")


@require_http_methods(["GET", "POST"])
@login_required
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back by one stage."""
    return _move(request, pk, "send_back")


@require_http_methods(["GET", "POST"])
@login_required
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Wait for the customer until a day."""
    return _move(request, pk, "hold")


@require_http_methods(["GET", "POST"])
@login_required
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on where it was."""
    return _move(request, pk, "resume")


@require_http_methods(["GET", "POST"])
@login_required
def win(request: HttpRequest, pk: int) -> HttpResponse:
    """The contract is in force."""
    return _move(request, pk, "win")


@require_http_methods(["GET", "POST"])
@login_required
def lose(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it without a win."""
    return _move(request, pk, "lose")


@require_http_methods(["GET", "POST"])
@login_required
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open it again."""
    return _move(request, pk, "reopen")


def _move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    opportunity = access.get_opportunity(request.user, pk)
    verb = VERBS[name]
    if request.method == "GET":
        return ask(request, opportunity, name)
    form = verb.form(request.POST)
    if not form.is_valid():
        return ask(request, opportunity, name, form=form, status=422)
    try:
        moved = verb.command(opportunity, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Conflict as conflict:
        return ask(request, opportunity, name, form=form, refusal=conflict, status=conflict.status)
    except Invalid as invalid:
        forms.refuse(form, invalid)
        return ask(request, opportunity, name, form=form, status=422)
    messages.success(request, verb.said % {"name": moved.name, "stage": moved.stage_row})
    return done(request, next_url(request, reverse("opportunity", args=[pk])))


def ask(
    request: HttpRequest,
    opportunity: Opportunity,
    name: str,
    *,
    form: Any = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form of a move, with what is missing for it; in the dialog, or as a page."""
    verb = VERBS[name]
    if refusal is not None:
        opportunity = access.get_opportunity(request.user, opportunity.pk)
    gated = verb.gated and opportunity.state in ("open", "won")
    gate = verdict(opportunity, at=timezone.now()) if gated else None
    target = opportunity.previous_stage if name == "send_back" else opportunity.next_stage
    words = {"stage": target or opportunity.stage_row, "name": opportunity.name}
    back = next_url(request, reverse("opportunity", args=[opportunity.pk]))
    here = reverse(verb.url_name, args=[opportunity.pk])
    context = {
        "opportunity": opportunity,
        "verb": verb,
        "title": verb.title % words,
        "button": verb.button % words,
        "form": form or verb.form(initial={"seq": opportunity.ledger_seq}),
        "gate": gate,
        "missing": remedies(opportunity, gate.blocking if gate else (), back=back, then=name),
        "impossible": _impossible(opportunity, name),
        "refusal": refusal,
        "last": last_move(opportunity) if refusal is not None else None,
        "next": back,
        "action": here,
        "may": access.may(request.user, f"opportunity.{name}", opportunity),
    }
    response = fragment(request, "pipeline/move.html", "dialog", context, status)
    if is_htmx(request):
        if status == Conflict.status:
            response.status_code = 422  # htmx draws a 422 and drops a 409 (config/templates)
        response["HX-Retarget"] = "#dialog"
        response["HX-Reswap"] = "innerHTML"
    return response


def _impossible(opportunity: Opportunity, name: str) -> str:
    """Why the machine has no such move from here; empty when it has."""
    state = opportunity.state
    if name in ("advance", "send_back") and state not in ("open", "won"):
        return _("It is %(state)s; resume or reopen it first.") % {
            "state": opportunity.get_state_display()
        }
    if name == "advance" and opportunity.next_stage is None:
        return _("This is the last stage.")
    if name == "send_back" and opportunity.previous_stage is None:
        return _("This is the first stage.")
    if name == "win" and (state != "open" or opportunity.next_stage is not None):
        return _("It can be won from the last stage only; it is in %(stage)s.") % {
            "stage": opportunity.stage_row
        }
    allowed = {
        "hold": ("open",),
        "resume": ("on_hold", "nurture"),
        "lose": Opportunity.LIVE,
        "reopen": ("lost", "no_decision", "withdrawn"),
    }.get(name)
    if allowed and state not in allowed:
        return _("It is %(state)s.") % {"state": opportunity.get_state_display()}
    return ""


@require_POST
@login_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own last move, while nobody has moved it since."""
    opportunity = access.get_opportunity(request.user, pk)
    seq = key_of(request.GET.get("seq", "")) or 0
    take_back(opportunity, seq=seq, by=request.user, at=timezone.now())
    return done(request, next_url(request, reverse("opportunity", args=[pk])))
