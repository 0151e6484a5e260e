"""Today: what is due now, why, and the one thing to do about it."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from core.errors import Invalid
from core.web import done, is_htmx, next_url
from crm.access import get_action, get_customer
from crm.commands import actions as commands
from pipeline import access
from pipeline.forms import DoneForm, PostponeForm, StepForm, refuse
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
def done_action(request: HttpRequest, pk: int) -> HttpResponse:
    """A planned action is done: what came of it."""
    action = get_action(request.user, pk)
    form = DoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.complete(
                action, result=form.cleaned_data["result"], by=request.user, at=timezone.now()
            )
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("Done: %(text)s") % {"text": action.text})
            return done(request, next_url(request, reverse("today")))
    title = _("Done: %(text)s") % {"text": action.text}
    return _form(request, form, title, _("It is done"), action.customer.name)


@require_http_methods(["GET", "POST"])
@login_required
def postpone_action(request: HttpRequest, pk: int) -> HttpResponse:
    """A planned action gets a later day."""
    action = get_action(request.user, pk)
    form = PostponeForm(request.POST or None, initial={"due_date": action.due_date})
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_due(
                action, due_date=form.cleaned_data["due_date"], by=request.user, at=timezone.now()
            )
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("Put off: %(text)s") % {"text": action.text})
            return done(request, next_url(request, reverse("today")))
    title = _("Put off: %(text)s") % {"text": action.text}
    return _form(request, form, title, _("Put off"), action.customer.name)


@require_http_methods(["GET", "POST"])
@login_required
def plan_step(request: HttpRequest, pk: int) -> HttpResponse:
    """A next step for the customer of an opportunity."""
    opportunity = access.get_opportunity(request.user, pk)
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.create_action(
                customer=get_customer(request.user, opportunity.customer_id),
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Invalid as error:
            refuse(form, error)
        else:
            messages.success(request, _("Planned: %(text)s") % form.cleaned_data)
            return done(request, next_url(request, reverse("opportunity", args=[pk])))
    title = _("Next step with %(customer)s") % {"customer": opportunity.customer.name}
    return _form(request, form, title, _("Plan it"), opportunity.name)


def _form(request: HttpRequest, form: Form, title: str, button: str, about: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "button": button,
        "about": about,
        "action": request.get_full_path(),
        "next": next_url(request, reverse("today")),
    }
    template = "pipeline/ask.html#dialog" if is_htmx(request) else "pipeline/ask.html"
    return render(request, template, context, status=422 if form.errors else 200)
