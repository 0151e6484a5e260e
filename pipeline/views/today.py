"""Today: what is due now, why, and the one thing to do about it."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from core.errors import Invalid
from core.web import done, fragment, next_url
from pipeline import access
from pipeline.commands import steps
from pipeline.forms import StepForm, refuse
from pipeline.queries.today import today as todays


@require_GET
@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Everything due for this person, the most urgent first."""
    now = timezone.now()
    day = timezone.localdate(now)
    context = {
        "today": todays(request.user, now),
        "day": dateformat.format(day, pgettext("date format: the day of Today", "l, j F")),
        "later": _later(day),
        "may_log": role_may(request.user, "activity.log"),
        "may_create": role_may(request.user, "opportunity.create"),
    }
    return render(request, "pipeline/today.html", context)


def _later(day: date) -> list[tuple[str, str]]:
    """Days an action is often put off to."""
    monday = day + timedelta(days=7 - day.weekday())
    return [
        (_("Tomorrow"), (day + timedelta(days=1)).isoformat()),
        (_("In three days"), (day + timedelta(days=3)).isoformat()),
        (_("Next Monday"), monday.isoformat()),
        (_("In two weeks"), (day + timedelta(days=14)).isoformat()),
    ]


@require_http_methods(["GET", "POST"])
@login_required
def plan_step(request: HttpRequest, pk: int) -> HttpResponse:
    """A next step for the customer of an opportunity."""
    opportunity = access.get_opportunity(request.user, pk)
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            steps.plan(opportunity, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("Planned: %(text)s") % form.cleaned_data)
            return done(request, next_url(request, reverse("opportunity", args=[pk])))
    context = {
        "form": form,
        "opportunity": opportunity,
        "action": request.get_full_path(),
        "next": next_url(request, reverse("opportunity", args=[pk])),
    }
    return fragment(request, "pipeline/step.html", "dialog", context)
