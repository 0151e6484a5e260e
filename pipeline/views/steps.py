"""The standard actions of one sale: the list, and planning what nobody has planned."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from core.web import done, is_htmx, next_url
from pipeline import access
from pipeline.commands import steps as commands
from pipeline.queries.playbook import adherence, steps_of


@require_GET
@login_required
def steps(request: HttpRequest, pk: int) -> HttpResponse:
    """What the process has people do in each stage so far, and what became of it."""
    found = access.get_opportunity(request.user, pk)
    lines = steps_of(found, timezone.now())
    names = {stage.key: str(stage) for stage in found.stages}
    stages: dict[str, list[object]] = {}
    for line in reversed(lines):
        stages.setdefault(names[line.stage], []).insert(0, line)
    context = {
        "opportunity": found,
        "customer": found.customer,
        "stages": stages,
        "adherence": adherence(lines, here=found.stage),
        "unplanned": [
            line for line in lines if line.state == "unplanned" and line.stage == found.stage
        ],
        "may_write": access.may(request.user, "opportunity.change", found),
    }
    return render(request, "pipeline/steps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_missing(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the standard actions of the stage that nobody has planned."""
    found = access.get_opportunity(request.user, pk)
    back = next_url(request, reverse("opportunity", args=[pk]))
    if request.method == "POST":
        count = commands.plan_missing(found, by=request.user, at=timezone.now())
        said = ngettext("%(n)s step is planned", "%(n)s steps are planned", count) % {"n": count}
        messages.success(request, said if count else _("Everything is planned already"))
        return done(request, back)
    lines = steps_of(found, timezone.now())
    context = {
        "opportunity": found,
        "wanted": [
            line
            for line in lines
            if line.stage == found.stage and line.state in ("unplanned", "let_go")
        ],
        "may": access.may(request.user, "opportunity.change", found),
        "action": request.get_full_path(),
        "next": back,
    }
    template = "pipeline/plan_steps.html#dialog" if is_htmx(request) else "pipeline/plan_steps.html"
    return render(request, template, context)
