"""Passing customers on: choose, see what would move, say why, do it, keep the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require as require_role
from accounts.forms import explain
from core.errors import Conflict, Invalid
from core.keyset import LARGEST_KEY, key_of
from core.web import done, is_htmx
from crm import access
from crm.commands import reassign as commands
from crm.commands.reassign import Distribution
from crm.forms import GiverForm, ReassignForm
from crm.queries import passing_on
from crm.queries.colleagues import get_people, get_person
from crm.views.customers import wanted_of
from crm.views.typed import with_typed

KIND_ORDER = (
    "customers",
    "opportunities",
    "actions",
    "commitments",
    "concerns",
    "goals",
    "peer_pairs",
    "peer_pairs_ended",
    "reminders",
)


def kind_labels() -> dict[str, str]:
    """What is counted, in words; a kind nobody named stays as it is called."""
    return {
        "customers": _("Customers"),
        "actions": _("Next steps"),
        "opportunities": _("Open opportunities"),
        "peer_pairs": _("Peer pairs"),
        "peer_pairs_ended": _("Peer pairs that end"),
        "commitments": _("Open promises"),
        "concerns": _("Open concerns"),
        "goals": _("Open goals"),
        "reminders": _("Unread reminders"),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HttpRequest) -> HttpResponse:
    """The screen; posted, the act."""
    require_role(request.user, "customer.reassign")
    return _run(request) if request.method == "POST" else _screen(request, None)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What would move, beside the form."""
    require_role(request.user, "customer.reassign")
    form = _form(request, reason_needed=False)
    distribution = _distribution(request, form)
    shown = None
    if distribution is not None:
        try:
            shown = commands.preview(distribution, by=request.user)
        except Invalid as error:
            explain(form, error)
    context = {"form": form, "preview": _table(shown) if shown else None}
    if is_htmx(request):
        return render(
            request, "crm/parts/reassign_preview.html", context, status=200 if shown else 422
        )
    return _screen(request, form, context["preview"])


def _run(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    distribution = _distribution(request, form)
    if distribution is None:
        return _screen(request, form)
    try:
        act = commands.reassign(
            distribution,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            outside=form.cleaned_data["outside"] or None,
        )
    except (Invalid, Conflict) as error:
        if isinstance(error, Conflict):
            form.add_error(None, str(error))
        else:
            explain(form, error)
        return _screen(request, form, status=error.status if error.status != 400 else 422)
    return done(request, reverse("reassignment", args=[act.pk]))


def _form(request: HttpRequest, *, reason_needed: bool = True) -> ReassignForm:
    shares = [share for share in request.POST.getlist("share") if _is_share(share)]
    numbers = [(key_of(text), text) for text in request.POST.getlist("receivers")]
    posted = with_typed(request.POST, request.user, people=["other"])
    form = ReassignForm(
        posted, shares=shares, receivers=[(pk, text) for pk, text in numbers if pk is not None]
    )
    form.fields["reason"].required = reason_needed
    return form


def _is_share(text: str) -> bool:
    customer, _colon, giver = text.partition(":")
    return key_of(customer) is not None and key_of(giver) is not None


def _distribution(request: HttpRequest, form: ReassignForm) -> Distribution | None:
    """Who gives what to whom, of customers the user sees; None when the form says why not."""
    if not form.is_valid():
        return None
    pairs = [share.split(":") for share in form.cleaned_data["share"]]
    giver_of = {key_of(customer) or 0: key_of(giver) or 0 for customer, giver in pairs}
    if not giver_of:
        form.add_error("share", _("Choose at least one customer."))
        return None
    access.require_visible(request.user, giver_of)
    chosen = list(form.cleaned_data["receivers"])
    if form.cleaned_data["other"]:
        chosen.append(form.cleaned_data["other"])
    if not chosen:
        form.add_error("receivers", _("Choose who receives the customers."))
        return None
    return commands.spread_evenly(giver_of, get_people(chosen))


def _screen(
    request: HttpRequest, form: ReassignForm | None, shown: Any = None, status: int = 0
) -> HttpResponse:
    user: Any = request.user
    query = request.GET if request.method != "POST" else request.POST
    query = with_typed(query, user, people=["primary"])
    wanted = wanted_of(query)
    giver = get_person(int(wanted["primary"])) if wanted["primary"] else None
    ids = _ids(request)
    asked = ids is not None or any(wanted.values()) or query.get("all") == "1"
    rows: list[dict[str, Any]] = []
    if asked:
        rows = passing_on.candidates(user, wanted, ids)
    more = len(rows) > passing_on.MOST_SHOWN
    rows = rows[: passing_on.MOST_SHOWN]
    receivers = passing_on.receivers_for(
        [row["id"] for row in rows], {giver.pk} if giver else set()
    )
    chosen = set(form.data.getlist("share")) if form is not None else None
    for row in rows:
        row["share"] = f"{row['id']}:{row['primary_id']}"
        row["chosen"] = chosen is None or row["share"] in chosen
    picked = set(form.data.getlist("receivers")) if form is not None else set()
    context = {
        "form": form or ReassignForm(shares=[], receivers=[]),
        "wanted": wanted,
        "giver": giver,
        "giver_form": GiverForm(initial={"primary": giver.pk if giver else None}),
        "rows": rows,
        "more": more,
        "receivers": [one | {"picked": str(one["id"]) in picked} for one in receivers],
        "preview": shown,
        "ids": ids,
        "asked": asked,
        "everything": query.get("all") == "1",
    }
    errors = form is not None and bool(form.errors)
    return render(request, "crm/reassign.html", context, status=status or (422 if errors else 200))


def _ids(request: HttpRequest) -> list[int] | None:
    """Customers chosen one by one; None when filters choose."""
    if request.method == "POST":
        return _numbers(request.POST.getlist("listed")) or None
    if request.GET.get("all") or "id" not in request.GET:
        return None
    return _numbers(request.GET.getlist("id"))


def _numbers(texts: list[str]) -> list[int]:
    return [number for number in map(key_of, texts) if number is not None and number < LARGEST_KEY]


def _table(shown: dict[str, Any]) -> dict[str, Any]:
    """Counts by kind and receiver, ready for a table."""
    kinds = [kind for kind in KIND_ORDER if kind in shown["total"]]
    kinds += [kind for kind in shown["total"] if kind not in kinds]
    labels = kind_labels()
    return {
        "kinds": [labels.get(kind, kind) for kind in kinds],
        "lines": [
            {"name": line["name"], "counts": [line["counts"].get(kind, 0) for kind in kinds]}
            for line in shown["receivers"]
        ],
        "total": [shown["total"][kind] for kind in kinds],
        "customers": shown["total"]["customers"],
        "givers": shown["givers"],
        "outsiders": shown.get("outsiders", []),
    }


@login_required
@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What an act moved, to keep and to print."""
    act = access.get_reassignment(request.user, pk)
    table = _table(act.receipt)
    moved = passing_on.moved_by(act, request.user)
    context = {
        "act": act,
        "table": table,
        "moved": moved,
        "hidden": table["customers"] - len(moved),
    }
    return render(request, "crm/reassignment.html", context)
