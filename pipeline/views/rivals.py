"""Who competes in a sale, and the company's list of competitors."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from accounts.forms import explain
from core.errors import Invalid
from core.web import done, is_htmx
from crm.access import get_contact
from crm.queries.chain_table import contacts_at
from crm.views.customers import dialog
from pipeline import access
from pipeline.commands import rivals
from pipeline.forms.offers import CompetitorEditForm, CompetitorForm, NewRivalForm, RivalForm
from pipeline.queries import rivals as queries
from pipeline.views.dialogs import answer, posted

CHANGES = ["GET", "HEAD", "POST"]


@require_GET
@login_required
def of_sale(request: HttpRequest, pk: int) -> HttpResponse:
    """Who competes, who is for them inside, and how they stand."""
    found = access.get_opportunity(request.user, pk)
    context = {
        "opportunity": found,
        "customer": found.customer,
        "rivals": queries.rivals_of(found),
        "may_note": access.may(request.user, "rival.note", found),
    }
    template = "pipeline/rivals.html#panel" if is_htmx(request) else "pipeline/rivals.html"
    return render(request, template, context)


@require_http_methods(CHANGES)
@login_required
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a competitor in a sale."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    names = queries.choosable(found)
    people = contacts_at(found.customer_id)
    form = NewRivalForm(posted(request), names=names, contacts=people)

    def run(data: dict[str, Any]) -> None:
        competitor = access.get_competitor(data.pop("competitor"))
        rivals.note_rival(
            found, competitor=competitor, facts=_named(user, data), by=user, at=timezone.now()
        )

    says = "" if names else _("The company's list has no other name; add it there first.")
    return answer(
        request,
        found,
        form,
        run,
        title=_("A competitor in this sale"),
        button=_("Note the competitor"),
        says=says,
    )


@require_http_methods(CHANGES)
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of him has changed."""
    user: Any = request.user
    rival = access.get_rival(user, pk)
    sale = rival.opportunity
    people = contacts_at(sale.customer_id)
    if rival.sponsor is not None and rival.sponsor_id not in dict(people):
        people = [(rival.sponsor.pk, rival.sponsor.name), *people]
    initial = {name: getattr(rival, name) for name in rivals.FACTS if name != "sponsor"}
    form = RivalForm(
        posted(request), initial=initial | {"sponsor": rival.sponsor_id}, contacts=people
    )

    def run(data: dict[str, Any]) -> None:
        rivals.change_rival(rival, changes=_named(user, data), by=user, at=timezone.now())

    return answer(request, sale, form, run, title=rival.competitor.name, button=_("Save"))


def _named(user: Any, data: dict[str, Any]) -> dict[str, Any]:
    sponsor = data["sponsor"]
    return data | {"sponsor": get_contact(user, sponsor) if sponsor else None}


@require_GET
@login_required
def competitors(request: HttpRequest) -> HttpResponse:
    """The company's list, with how often each was met."""
    context = {
        "competitors": queries.competitors(),
        "may_add": role_may(request.user, "competitor.add"),
        "may_change": role_may(request.user, "catalogue.change"),
    }
    return render(request, "pipeline/competitors.html", context)


@require_http_methods(CHANGES)
@login_required
def new_competitor(request: HttpRequest) -> HttpResponse:
    """Put a name on the list."""
    user: Any = request.user
    form = CompetitorForm(posted(request))
    return _listed(
        request,
        form,
        lambda: rivals.add_competitor(by=user, at=timezone.now(), **form.cleaned_data),
    )


@require_http_methods(CHANGES)
@login_required
def edit_competitor(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a name better, or retire it."""
    user: Any = request.user
    found = access.get_competitor(pk)
    initial = {"name": found.name, "is_active": found.is_active}
    form = CompetitorEditForm(posted(request), initial=initial)
    return _listed(
        request,
        form,
        lambda: rivals.change_competitor(
            found, changes=form.cleaned_data, by=user, at=timezone.now()
        ),
    )


def _listed(request: HttpRequest, form: Any, run: Any) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            run()
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("competitors"))
    context = {"form": form, "title": _("A competitor"), "button": _("Save")}
    context |= {"address": request.path}
    status = 422 if form.errors else 200
    shown: HttpResponse = dialog(request, "pipeline/dialogs/deal.html", context, status)
    return shown
