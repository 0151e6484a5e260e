"""Quick log, corrections, next steps, and the timeline over everything one sees."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import explain
from core.errors import Invalid
from core.keyset import key_of
from core.web import done, is_htmx, next_url, toast, trigger
from crm import access
from crm.commands import actions, activities
from crm.forms import ActionForm, ActivityForm, Day, QuickLogForm, WordForm
from crm.models import Activity, Customer
from crm.queries import taking_part, timeline
from crm.queries.colleagues import get_people
from crm.queries.contact_rules import standings_at
from crm.queries.contact_words import warnings
from crm.views.typed import with_typed
from crm.web import dialog

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def quick_log(request: HttpRequest) -> HttpResponse:
    """Log an activity from anywhere: three fields, one request."""
    if request.method == "POST":
        return _log(request)
    customer = _asked_customer(request)
    initial = {"customer": customer.pk if customer else None}
    initial |= {name: request.GET[name] for name in ("kind", "opportunity") if name in request.GET}
    choices = _choices(request, customer)
    if "who" in request.GET and len(choices["contacts"]) == 1:
        initial["contacts"] = [choices["contacts"][0][0]]
    form = QuickLogForm(initial=initial, **choices)
    return _log_form(request, form, customer)


def _asked_customer(request: HttpRequest) -> Customer | None:
    asked = key_of(request.GET.get("customer", ""))
    return None if asked is None else access.get_customer(request.user, asked)


def _choices(request: HttpRequest, customer: Customer | None) -> dict[str, Any]:
    if customer is None:
        return {"contacts": [], "colleagues": []}
    return {
        "contacts": taking_part.contacts_of(customer.pk),
        "colleagues": taking_part.colleagues_at(customer.pk, request.user),
    }


def _log_form(request: HttpRequest, form: QuickLogForm, customer: Customer | None) -> HttpResponse:
    context = {"form": form, "customer": customer, "next": next_url(request, "")}
    context["warnings"] = _warnings(customer)
    wrong = set(form.errors) - {"customer", "kind", "text"}
    context["unfolded"] = bool(wrong) or "who" in request.GET
    return dialog(request, "crm/dialogs/log.html", context)


def _warnings(customer: Customer | None) -> list[str]:
    """Whom of the customer one should not contact now, and what to do instead."""
    if customer is None:
        return []
    found = standings_at(customer.pk, timezone.now())
    said = (sentence for standing in found for sentence in warnings(standing))
    return list(dict.fromkeys(said))


def _log(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    customer = _chosen_customer(request)
    form = QuickLogForm(request.POST, **_choices(request, customer))
    if customer is None:
        form.fields["customer"].required = True
    if customer is not None and not request.POST.get("customer"):
        form.data = form.data.copy()
        form.data["customer"] = str(customer.pk)
    if not form.is_valid() or customer is None:
        return _log_form(request, form, customer)
    data = dict(form.cleaned_data)
    del data["customer"]
    opportunity = data.pop("opportunity")
    try:
        made = activities.log_activity(
            customer=customer,
            by=user,
            at=timezone.now(),
            two_way=not data.pop("unanswered"),
            contacts=access.get_contacts(user, data.pop("contacts")),
            colleagues=get_people(data.pop("colleagues")),
            links={"opportunities": [opportunity]} if opportunity else {},
            **data,
        )
    except Invalid as error:
        explain(form, error)
        return _log_form(request, form, customer)
    return _logged(request, made, customer)


def _chosen_customer(request: HttpRequest) -> Customer | None:
    """By number; or, from a page without scripts, by a text that fits exactly one."""
    typed = with_typed(request.POST, request.user, customers=["customer"])
    number = key_of(typed.get("customer", ""))
    return None if number is None else access.get_customer(request.user, number)


def _logged(request: HttpRequest, made: Activity, customer: Customer) -> HttpResponse:
    said = _("Logged at {customer}: {subject}").format(customer=customer.name, subject=made.subject)
    undo = reverse("activity-take-back", args=[made.pk])
    if not is_htmx(request):
        messages.success(request, said)
        return done(request, next_url(request, reverse("customer", args=[customer.pk])))
    response = toast(HttpResponse(status=204), said, undo=undo)
    return trigger(response, **{"dialog:close": {}, "activity:logged": {"customer": customer.pk}})


@login_required
@require_GET
def log_people(request: HttpRequest) -> HttpResponse:
    """Who can have taken part, once the customer is chosen."""
    customer = _asked_customer(request)
    form = QuickLogForm(**_choices(request, customer))
    context = {"form": form, "customer": customer, "warnings": _warnings(customer)}
    return render(request, "crm/parts/log_chosen.html", context)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a log within seconds."""
    activity = access.get_activity(request.user, pk)
    activities.take_back(activity, by=request.user, at=timezone.now())
    return done(request, reverse("customer", args=[activity.customer_id]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what was written."""
    activity = access.get_activity(request.user, pk)
    initial = {name: getattr(activity, name) for name in ActivityForm.Meta.fields}
    form = ActivityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            activities.change_activity(
                activity, by=request.user, at=timezone.now(), changes=form.cleaned_data
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer", args=[activity.customer_id]))
    context = {"form": form, "customer": activity.customer, "activity": activity}
    young = timezone.now() - activity.created_at < activities.TAKE_BACK_WITHIN
    context["may_take_back"] = young and activity.author_id == request.user.pk
    return dialog(request, "crm/dialogs/activity.html", context)


@login_required
@require_GET
def everywhere(request: HttpRequest) -> HttpResponse:
    """What happened at all customers one sees."""
    user: Any = request.user
    kind = request.GET.get("kind", "")
    kind = kind if kind in Activity.Kind.values else ""
    mine = request.GET.get("by") == "me"
    page = timeline.everywhere(
        user,
        kind=kind,
        author_id=user.pk if mine else None,
        cursor=request.GET.get("cursor") or None,
        limit=PAGE,
    )
    kinds = dict(Activity.Kind.choices)
    for row in page.rows:
        row["icon"] = timeline.ICONS[row["kind"]]
        row["kind_label"] = kinds[row["kind"]]
    context = {"page": page, "kind": kind, "kinds": Activity.Kind.choices, "mine": mine}
    return render(request, "crm/timeline.html", context | {"kind_label": kinds.get(kind, "")})


# --- next steps ---------------------------------------------------------------------------


@login_required
@require_POST
def new_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a next step at a customer."""
    customer = access.get_customer(request.user, pk)
    form = ActionForm(request.POST)
    if not form.is_valid():
        raise Invalid(next(iter(form.errors.values()))[0], details=dict(form.errors))
    data = dict(form.cleaned_data)
    contact = data.pop("contact")
    actions.create_action(
        customer=customer,
        contact=access.get_contact(request.user, contact) if contact else None,
        by=request.user,
        at=timezone.now(),
        **data,
    )
    return done(request, next_url(request, reverse("customer", args=[pk])))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_action(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Say what came of a next step, or why it will not be done."""
    action = access.get_action(request.user, pk)
    form = WordForm(request.POST or None)
    form.fields["word"].label = _("What came of it") if verb == "complete" else _("Why")
    home = reverse("customer", args=[action.customer_id])
    if request.method == "POST" and form.is_valid():
        word = form.cleaned_data["word"]
        if verb == "complete":
            actions.complete(action, result=word, by=request.user, at=timezone.now())
        else:
            actions.cancel(action, reason=word, by=request.user, at=timezone.now())
        return done(request, next_url(request, home))
    context = {"form": form, "action": action, "verb": verb, "customer": action.customer}
    context["next"] = next_url(request, "")
    return dialog(request, "crm/dialogs/action.html", context)


@login_required
@require_POST
def move_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a next step another day."""
    action = access.get_action(request.user, pk)
    try:
        due = Day(required=False).clean(request.POST.get("due_date", "")[:20])
    except ValidationError as error:
        raise Invalid(_("Give a date as 2026-02-13.")) from error
    seen = request.POST.get("was")
    actions.change_due(action, due_date=due, by=request.user, at=timezone.now(), seen=seen)
    return done(request, next_url(request, reverse("customer", args=[action.customer_id])))
