"""How a customer decides, step by step: the dialogs that write it down."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import explain
from core.errors import Invalid
from core.web import done
from crm import access
from crm.commands import chain as commands
from crm.forms.procedure import StepForm
from crm.models import Chain, ChainStep
from crm.queries import chain_table
from crm.views.typed import revision_of
from crm.web import dialog

FACTS = commands.STEP_FACTS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """One more step."""
    return _step(request, access.get_chain(request.user, pk), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a step, or its place in the order."""
    step = access.get_chain_step(request.user, pk)
    return _step(request, step.chain, step)


def _step(request: HttpRequest, chain: Chain, step: ChainStep | None) -> HttpResponse:
    form = StepForm(
        request.POST or None, people=chain_table.people_in(chain), initial=_initial(step)
    )
    if request.method == "POST" and form.is_valid():
        facts, position = _facts(request.user, form)
        given: dict[str, Any] = {"position": position, "seen": revision_of(request.POST)}
        given |= {"by": request.user, "at": timezone.now()}
        try:
            if step is None:
                commands.add_step(chain, facts=facts, **given)
            else:
                commands.change_step(step, changes=facts, **given)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, chain_table.address_of(chain))
    context = {"form": form, "chain": chain, "customer": chain.customer, "step": step}
    context["revision"] = request.POST.get("revision") or chain.revision
    return dialog(request, "crm/dialogs/step.html", context)


def _initial(step: ChainStep | None) -> dict[str, Any]:
    if step is None:
        return {}
    initial = {name: getattr(step, name) for name in FACTS}
    return initial | {"stakeholder": step.stakeholder_id or "", "position": step.position}


def _facts(user: Any, form: StepForm) -> tuple[dict[str, Any], int | None]:
    data = dict(form.cleaned_data)
    position = data.pop("position")
    who = data["stakeholder"]
    data["stakeholder"] = access.get_stakeholder(user, who) if who else None
    return data, position


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer no longer takes this step."""
    step = access.get_chain_step(request.user, pk)
    seen = revision_of(request.POST)
    commands.remove_step(step, by=request.user, at=timezone.now(), seen=seen)
    return done(request, chain_table.address_of(step.chain))
