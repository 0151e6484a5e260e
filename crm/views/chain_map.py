"""The map of a decision chain: part of its page, at a moment, and who reports to whom on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core.errors import Invalid
from core.web import is_htmx, next_url, toast
from crm import access
from crm.commands.fields import FIRST_YEAR, LAST_YEAR
from crm.commands.stakeholders import change_stakeholder
from crm.metrics.layout import LADDER
from crm.metrics.picture import Picture
from crm.models import Chain
from crm.queries.chain_map import chain_map, moment_label
from crm.queries.chain_table import address_of, missing_roles, rows_of


def map_of(
    request: HttpRequest, chain: Chain, *, may_change: bool, today: Picture | None = None
) -> dict[str, Any]:
    """What `crm/chain/_map.html` shows as `map`; `?at=` asks for an earlier moment."""
    now = today.at if today else timezone.now()
    found = chain_map(chain, now=now, at=moment_of(request.GET.get("at", "")), today=today)
    last = len(found.moments) - 1
    people = len(found.drawing.cards)
    return {
        **vars(found),
        "rows": rows_of(found.picture),
        "missing": missing_roles(found.picture),
        "url": reverse("chain-map", args=[chain.pk]),
        "may_change": may_change,
        "ladder": LADDER,
        "label": ngettext(
            "Map of the decision chain, {n} place", "Map of the decision chain, {n} places", people
        ).format(n=people),
        "moments": [[at.isoformat(), moment_label(at)] for at in found.moments[:-1]]
        + [["", _("Today")]],
        "last": last,
        "earlier": found.moments[found.step - 1].isoformat() if found.step else "",
        "later": found.moments[found.step + 1].isoformat() if found.step + 1 < last else "",
        "moment_label": moment_label(found.at) if found.is_past else _("Today"),
        "empty_title": _("Who decides here?"),
        "empty_text": _("Add the first person, or a role that nobody fills yet."),
        "words": {
            "choose": _(
                "Whom does {name} report to? Arrows and Enter choose, Backspace says nobody, "
                "Esc leaves it."
            ),
            "may_not": _("That would be a circle, or is so already."),
            "will": _("{name} will report to {above}"),
        },
        "file": f"{chain.customer.name} {timezone.localdate(found.at)}",
    }


def moment_of(text: str) -> datetime | None:
    """The moment of an address; None when it says none that can be."""
    try:
        at = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    if at is None:
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    return at if timezone.is_aware(at) else timezone.make_aware(at)


@login_required
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The map on a page of its own; for the slider the drawing and its table."""
    chain = access.get_chain(request.user, pk)
    may_change = access.may(request.user, "chain.change", chain.customer)
    context = {
        "map": map_of(request, chain, may_change=may_change),
        "customer": chain.customer,
        "chain_name": chain.name,
    }
    name = "crm/chain/_moment.html" if is_htmx(request) else "crm/chain/map.html"
    return render(request, name, context)


@login_required
@require_POST
def reports_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Say on the map whom somebody reports to; `?to=` takes it back.

    `seen` is whom the map showed above him: another by now is not written over.
    """
    user: Any = request.user
    place = access.get_stakeholder(user, pk)
    wanted = request.POST.get("reports_to", request.GET.get("to", ""))
    above = access.get_stakeholder(user, int(wanted)) if _is_number(wanted) else None
    if wanted and above is None:
        raise Invalid(_("Choose somebody of the same chain."))
    shown = request.POST.get("seen", request.GET.get("seen"))
    before = place.reports_to_id if shown is None else _number_in(shown)
    change_stakeholder(
        place,
        by=user,
        at=timezone.now(),
        changes={"reports_to": above},
        seen={"reports_to_id": before},
    )
    if not is_htmx(request):
        messages.success(request, _said(place, above))
        return HttpResponseRedirect(next_url(request, address_of(place.chain)))
    chain = access.get_chain(user, place.chain_id)
    response = render(
        request, "crm/chain/_moment.html", {"map": map_of(request, chain, may_change=True)}
    )
    back = f"{reverse('stakeholder-reports-to', args=[pk])}?to={before or ''}&seen={wanted}"
    return toast(response, _said(place, above), undo=back)


def _number_in(text: str) -> int | None:
    """The number of a place, none where it is nobody's; 0, which no place has, for what is none."""
    if not text:
        return None
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _said(place: Any, above: Any) -> str:
    name = place.contact.name if place.contact else _("The place")
    if above is None:
        return _("{name} reports to nobody here.").format(name=name)
    other = above.contact.name if above.contact else _("somebody unknown")
    return _("{name} reports to {above}.").format(name=name, above=other)
