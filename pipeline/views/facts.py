"""Writing down what is known about an opportunity: one fact in place, or several in a dialog."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Invalid, NotFound
from core.web import done, fragment, is_htmx, next_url
from pipeline import access
from pipeline.commands.fields import as_seen
from pipeline.commands.opportunities import change_opportunity
from pipeline.forms import FACTS, FactsForm, refuse
from pipeline.models import Opportunity
from pipeline.views import moves


@require_http_methods(["GET", "POST"])
@login_required
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts named by `only`, else all, on one form."""
    opportunity = access.get_opportunity(request.user, pk)
    asked = [name for name in request.GET.get("only", "").split(",") if name in FACTS]
    only = tuple(asked) or FACTS
    form = FactsForm(request.POST or None, instance=opportunity, only=only)
    if request.method == "POST" and form.is_valid() and _save(request, opportunity, form):
        then = request.GET.get("then", "")
        if then in moves.VERBS and is_htmx(request):
            return moves.ask(request, access.get_opportunity(request.user, pk), then)
        messages.success(request, _("Saved"))
        if then in moves.VERBS:
            return done(request, reverse(moves.VERBS[then].url_name, args=[pk]))
        return done(request, next_url(request, reverse("opportunity", args=[pk])))
    context = {
        "opportunity": opportunity,
        "form": form,
        "some": bool(asked),
        "action": request.get_full_path(),
        "seen_at": request.POST.get("seen_at") or opportunity.updated_at.isoformat(),
        "next": next_url(request, reverse("opportunity", args=[pk])),
        "may": access.may(request.user, "opportunity.change", opportunity),
    }
    return fragment(request, "pipeline/facts.html", "dialog", context)


def _save(
    request: HttpRequest,
    opportunity: Opportunity,
    form: FactsForm,
    seen: dict[str, str] | None = None,
) -> bool:
    try:
        change_opportunity(
            opportunity,
            by=request.user,
            at=timezone.now(),
            seen_at=_seen_at(request),
            seen=seen,
            **form.changes(),
        )
    except Invalid as error:
        refuse(form, error)
        return False
    return True


def _seen_at(request: HttpRequest) -> datetime | None:
    """When what stood on the form had been written, if the form says so."""
    try:
        return parse_datetime(request.POST.get("seen_at", "")[:40])
    except ValueError:
        return None


def _seen(request: HttpRequest, name: str) -> dict[str, str]:
    """What stood there when the form was opened; a form sends the ends of lines as two signs."""
    if "was" not in request.POST:
        return {}
    seen = {name: request.POST["was"].replace("\r\n", "\n")}
    if name == "amount" and "currency" in request.POST:  # it goes along, hidden
        seen["currency"] = request.POST["currency"]
    return seen


@require_POST
@login_required
def fact(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One fact, edited where it stands."""
    if name not in FACTS:
        raise NotFound(_("There is no such fact."))
    opportunity = access.get_opportunity(request.user, pk)
    form = FactsForm(request.POST, instance=opportunity, only=(name,))
    seen = _seen(request, name)
    saved = form.is_valid() and _save(request, opportunity, form, seen)
    if not is_htmx(request):
        if not saved:
            messages.error(request, " ".join(str(e) for one in form.errors.values() for e in one))
        return done(request, next_url(request, reverse("opportunity", args=[pk])))
    if saved:
        opportunity = access.get_opportunity(request.user, pk)
        form = FactsForm(instance=opportunity, only=(name,))
    context = {
        "fact": shown(opportunity, name, form, None if saved else seen.get(name)),
        "opportunity": opportunity,
        "saved": saved,
    }
    status = 200 if saved else 422
    return render(request, "pipeline/opportunity.html#fact", context, status=status)


def full_day(day: date | None) -> str:
    """A day with its year, as the reader's language writes it."""
    if day is None:
        return ""
    return dateformat.format(day, pgettext("date format: day, month and year", "j M Y"))


def shown(
    opportunity: Opportunity, name: str, form: FactsForm | None = None, was: str | None = None
) -> dict[str, Any]:
    """What the page needs of one fact: label, value, and the form that changes it.

    `was` is what stood there when the form was opened, where that is not the value.
    """
    form = form or FactsForm(instance=opportunity, only=(name,), auto_id=f"fact_{name}_%s")
    field = form[name]
    return {
        "name": name,
        "label": field.label,
        "value": getattr(opportunity, name),
        "was": as_seen(getattr(opportunity, name)) if was is None else was,
        "field": field,
        "currency": form["currency"] if "currency" in form.fields else None,
        "is_date": name.endswith("_date"),
        "day": full_day(getattr(opportunity, name)) if name.endswith("_date") else "",
        "is_money": name == "amount",
        "is_long": field.field.widget.__class__.__name__ == "Textarea",
        "url": reverse("opportunity-fact", args=[opportunity.pk, name]),
    }
