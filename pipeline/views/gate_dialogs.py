"""Each verb on a decision at a gate: a form (GET) and one command (POST)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import explain
from accounts.queries.users import get_user
from core.errors import Conflict, Invalid, Refused
from core.web import done, is_htmx, next_url
from crm.views.typed import with_typed
from crm.web import dialog
from pipeline import access
from pipeline.commands import gate_decisions, gates
from pipeline.commands.gate_decisions import Condition
from pipeline.forms import gates as forms
from pipeline.models import Gate, GateDecision
from pipeline.queries.approval import path_for, terms_of
from pipeline.queries.gate_page import owners_for, suggested
from pipeline.queries.gates import gates_for, people_who_speak

Run = Callable[[Any], Any]
methods = require_http_methods(["GET", "HEAD", "POST"])


@methods
@login_required
def request_gate(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a decision on a sale."""
    user: Any = request.user
    sale = access.get_opportunity(user, pk)
    asked = request.POST.get("gate") or request.GET.get("gate", "")
    gate = asked if asked in Gate.values else (gates_for(sale) or (Gate.ATI,))[0]
    departments = path_for(gate, terms_of(sale)).departments
    initial = {f"of_{name}": pk for name, pk in suggested(sale, user).items()}
    form = forms.RequestForm(
        request.POST or None,
        gate=gate,
        people=people_who_speak(),
        departments=departments,
        initial=initial,
    )

    def run(ready: Any) -> None:
        people = [get_user(each) for each in ready.people()]
        gates.request(
            sale,
            gate=gate,
            pack=ready.pack(),
            people=people,
            payment_days=ready.cleaned_data["payment_days"],
            by=user,
            at=timezone.now(),
        )

    context = {"verb": "request", "sale": sale, "gate": Gate(gate).label, "gate_key": gate}
    address = f"{reverse('gate-request', args=[pk])}?gate={gate}"
    home = partial(reverse, "opportunity", args=[pk])
    return _answer(request, form, run, context, address, home)


@methods
@login_required
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the deciders read anew."""
    decision = access.get_gate(request.user, pk)
    form = forms.PackForm(request.POST or None, gate=decision.gate, initial=decision.pack)
    return _act(request, decision, "pack", form, gates.change_pack, lambda: {"pack": form.pack()})


@methods
@login_required
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one more person."""
    decision = access.get_gate(request.user, pk)
    form = forms.InviteForm(with_typed(request.POST, request.user, people=["person"]) or None)
    return _act(
        request,
        decision,
        "invite",
        form,
        gates.invite,
        lambda: {"people": [get_user(form.cleaned_data["person"])]},
    )


@methods
@login_required
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the time of the decision."""
    decision = access.get_gate(request.user, pk)
    form = forms.ScheduleForm(request.POST or None, initial={"scheduled_at": decision.scheduled_at})
    return _act(request, decision, "schedule", form, gates.schedule)


@methods
@login_required
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Speak for one's department."""
    decision = access.get_gate(request.user, pk)
    return _act(request, decision, "vote", forms.VoteForm(request.POST or None), gates.vote)


@methods
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the request back."""
    decision = access.get_gate(request.user, pk)
    form = forms.WithdrawForm(request.POST or None)
    return _act(request, decision, "withdraw", form, gates.withdraw)


@methods
@login_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was decided."""
    decision = access.get_gate(request.user, pk)
    form = forms.DecideForm(request.POST or None, owners=owners_for(decision))

    def given() -> dict[str, Any]:
        data = form.cleaned_data
        conditions = [
            Condition(text, get_user(owner), due) for text, owner, due in form.conditions()
        ]
        kept = {name: data[name] for name in ("outcome", "reason", "until")}
        return kept | {"conditions": conditions}

    return _act(request, decision, "decide", form, gate_decisions.decide, given)


@methods
@login_required
def fulfil(request: HttpRequest, pk: int) -> HttpResponse:
    """A condition is done."""
    user: Any = request.user
    condition = access.get_gate_condition(user, pk)
    form = forms.FulfilForm(request.POST or None)

    def run(ready: Any) -> None:
        gate_decisions.fulfil(condition, by=user, at=timezone.now(), **ready.cleaned_data)

    decision = condition.decision
    context = {
        "verb": "fulfil",
        "sale": decision.opportunity,
        "gate": decision.get_gate_display(),
        "condition": condition,
    }
    home = partial(_home, request, decision)
    return _answer(request, form, run, context, reverse("gate-fulfil", args=[pk]), home)


def _act(
    request: HttpRequest,
    decision: GateDecision,
    verb: str,
    form: Any,
    command: Callable[..., Any],
    given: Callable[[], dict[str, Any]] | None = None,
) -> HttpResponse:
    """The form of a verb, or its command once the form is filled; neither for who may not."""
    if not access.allowed_on_gate(request.user, decision, verb):
        raise Refused(_("You may see this decision, but not do that."), code="not_allowed")

    def run(ready: Any) -> None:
        values = given() if given else ready.cleaned_data
        command(decision, by=request.user, at=timezone.now(), **values)

    context = {
        "verb": verb,
        "sale": decision.opportunity,
        "gate": decision.get_gate_display(),
        "decision": decision,
    }
    address = reverse(f"gate-{verb}", args=[decision.pk])
    return _answer(request, form, run, context, address, partial(_home, request, decision))


def _home(request: HttpRequest, decision: GateDecision) -> str:
    """The decision, or the list for who was only asked and does not see it any more."""
    seen = access.visible_gates(request.user).filter(pk=decision.pk).exists()
    return reverse("gate", args=[decision.pk]) if seen else reverse("gate-list")


def _answer(
    request: HttpRequest,
    form: Any,
    run: Run,
    context: dict[str, Any],
    address: str,
    home: Callable[[], str],
) -> HttpResponse:
    status = None
    if request.method == "POST" and form.is_valid():
        try:
            run(form)
        except Invalid as error:
            explain(form, error)
        except Conflict as error:
            form.add_error(None, str(error))
            status = None if is_htmx(request) else error.status
        else:
            return done(request, next_url(request, home()))
    context |= {"form": form, "address": address, "next": next_url(request, "")}
    context["customer"] = None
    return dialog(request, "pipeline/gate_dialog.html", context, status)
