"""Promises on pages: both columns of a customer, the list, and a dialog for each verb."""

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
from accounts.access import reach
from accounts.forms import explain
from core import keyset
from core.errors import Invalid
from core.web import done, fragment, is_htmx, next_url
from crm import access
from crm.commands import commitments, expectations
from crm.forms import WordForm
from crm.forms.promises import (
    BreakForm,
    CallOffForm,
    DraftForm,
    ExpectationForm,
    HandOnForm,
    KeepForm,
    PromiseForm,
    RenegotiateForm,
)
from crm.models import Commitment, Customer
from crm.queries import commitments as queries
from crm.queries.chain_page import recent_activities
from crm.queries.colleagues import get_person
from crm.views.typed import with_typed
from crm.web import dialog

LIMIT = 50
FORMS: dict[str, Any] = {
    "keep": KeepForm,
    "renegotiate": RenegotiateForm,
    "cancel": CallOffForm,
    "break": BreakForm,
    "hand-on": HandOnForm,
    "complete": DraftForm,
}


@login_required
@require_GET
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """What we promised and what they promised, the overdue first."""
    return _columns(request, access.get_customer(request.user, pk))


def _columns(
    request: HttpRequest, customer: Customer, form: PromiseForm | None = None
) -> HttpResponse:
    register = queries.register_of(customer, timezone.now())
    typed = form.data.get("direction", "") if form is not None else ""
    shared = {"contacts": register.contacts}
    given = queries.reciprocity(customer, at=timezone.now())
    sides = [
        {
            "direction": direction,
            "title": title,
            "lines": lines,
            "form": form if form is not None and typed == direction else PromiseForm(**shared),
            "keeping": given.sides[direction],
        }
        for direction, title, lines in (
            ("ours", _("We promised"), register.ours),
            ("theirs", _("They promised"), register.theirs),
        )
    ]
    allowed = access.allowed(request.user, customer, "commitment.make", "commitment.change")
    context = {
        "customer": customer,
        "sides": sides,
        "register": register,
        "balance": given.balance,
        "may_make": "commitment.make" in allowed,
        "may_change": "commitment.change" in allowed,
    }
    status = 422 if form is not None else 200
    return fragment(request, "crm/promises.html", "panel", context, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a promise in one line; without a day in the field, the day of the words counts."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    contacts = queries.contacts_of(customer)
    if request.method != "POST":
        return _new_dialog(request, customer, DraftForm(initial=_asked(request), contacts=contacts))
    form = PromiseForm(request.POST, contacts=contacts)
    in_dialog = request.POST.get("dialog") == "1"
    if form.is_valid():
        try:
            _enter(request, customer, dict(form.cleaned_data))
        except Invalid as error:
            explain(form, error)
        else:
            if is_htmx(request) and not in_dialog:
                return _columns(request, customer)
            home = reverse("customer", args=[pk])
            return done(request, next_url(request, home))
    if in_dialog:
        again = DraftForm(request.POST, contacts=contacts)
        again.errors.update(form.errors)
        return _new_dialog(request, customer, again)
    return _columns(request, customer, form)


def _new_dialog(request: HttpRequest, customer: Customer, form: DraftForm) -> HttpResponse:
    context = {"form": form, "customer": customer, "verb": "new", "next": next_url(request, "")}
    context["address"] = reverse("promise-new", args=[customer.pk])
    return dialog(request, "crm/dialogs/promise.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What a link fills in: the words and the person of an expectation, an opportunity."""
    names = ("text", "contact", "direction", "expectation", "opportunity")
    return {"direction": "ours"} | {
        name: request.GET[name][:300] for name in names if name in request.GET
    }


def _enter(request: HttpRequest, customer: Customer, data: dict[str, Any]) -> Commitment:
    user: Any = request.user
    number, opportunity = data.pop("expectation"), data.pop("opportunity")
    contact = data.pop("contact")
    shared: dict[str, Any] = {
        "customer": customer,
        "contact": access.get_contact(user, contact) if contact else None,
        "links": {"opportunities": [opportunity]} if opportunity else None,
        "by": user,
        "at": timezone.now(),
    }
    direction = data["direction"] or "ours"
    expected = access.get_expectation(user, number) if number else None
    if data["due_date"] is None and expected is None:
        return commitments.capture(line=data["text"], direction=direction, **shared)
    return commitments.make(
        text=data["text"],
        due_date=data["due_date"],
        direction=direction,
        expectation=expected,
        **shared,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Keep, move, let go, break, hand on or complete one promise."""
    user: Any = request.user
    promise = access.get_commitment(user, pk)
    contacts = queries.contacts_of(promise.customer)
    form = _form(request, promise, verb, contacts)
    home = reverse("customer", args=[promise.customer_id])
    if request.method == "POST" and form.is_valid():
        try:
            _do(promise, verb, dict(form.cleaned_data), user)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, next_url(request, home))
    context = {
        "form": form,
        "promise": promise,
        "customer": promise.customer,
        "verb": verb,
        "address": reverse(f"promise-{verb}", args=[pk]),
        "next": next_url(request, ""),
        "terms": queries.terms_of(promise) if verb == "renegotiate" else [],
    }
    return dialog(request, "crm/dialogs/promise.html", context)


def _form(request: HttpRequest, promise: Commitment, verb: str, contacts: Any) -> Any:
    more: dict[str, Any] = {}
    if verb in ("renegotiate", "cancel", "complete"):
        more["contacts"] = contacts
    contact = promise.contact
    if verb in ("renegotiate", "cancel"):
        more["initial"] = {"agreed_by": contact.pk if contact else None}
    if verb == "complete":
        more["initial"] = {
            "text": promise.text,
            "contact": contact.pk if contact else None,
            "due_date": promise.due_date,
            "direction": promise.direction,
        }
    if verb == "keep":
        more["activities"] = recent_activities(promise.customer_id)
    posted = request.POST
    if verb == "hand-on":
        posted = with_typed(posted, request.user, people=["to"])
    return FORMS[verb](posted or None, **more)


def _do(promise: Commitment, verb: str, data: dict[str, Any], user: Any) -> None:
    """The one command of the verb."""
    who = {"by": user, "at": timezone.now()}
    if data.get("agreed_by"):
        data["agreed_by"] = access.get_contact(user, data["agreed_by"])
    if data.get("activity"):
        data["activity"] = access.get_activity(user, data["activity"])
    if verb == "keep":
        commitments.keep(promise, **data, **who)
    elif verb == "renegotiate":
        commitments.renegotiate(promise, **data, **who)
    elif verb == "cancel":
        commitments.cancel(promise, **data, **who)
    elif verb == "break":
        commitments.break_(promise, **data, **who)
    elif verb == "hand-on":
        commitments.hand_on(promise, to=get_person(data["to"]), **who)
    else:
        contact = data["contact"]
        facts = {name: data[name] for name in ("text", "due_date", "direction")}
        facts["contact"] = access.get_contact(user, contact) if contact else None
        commitments.complete(promise, changes=facts, **who)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def expect(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what one side expects of the other."""
    user: Any = request.user
    customer = access.get_customer(user, pk)
    form = ExpectationForm(request.POST or None, contacts=queries.contacts_of(customer))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        contact = data.pop("contact")
        try:
            expectations.expect(
                customer=customer,
                contact=access.get_contact(user, contact) if contact else None,
                user=None if contact else user,
                by=user,
                at=timezone.now(),
                **data,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer", args=[pk]))
    context = {"form": form, "customer": customer, "verb": "expect"}
    context["address"] = reverse("expectation-new", args=[pk])
    return dialog(request, "crm/dialogs/promise.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """It will not be promised, for a reason."""
    expectation = access.get_expectation(request.user, pk)
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        expectations.decline(
            expectation, reason=form.cleaned_data["word"], by=request.user, at=timezone.now()
        )
        return done(request, reverse("customer", args=[expectation.customer_id]))
    context = {"form": form, "customer": expectation.customer, "verb": "decline"}
    context |= {"expectation": expectation, "address": request.path}
    return dialog(request, "crm/dialogs/promise.html", context)


# --- the list -----------------------------------------------------------------------------


@login_required
@require_GET
def promise_list(request: HttpRequest) -> HttpResponse:
    """One's own promises, those of one's teams, or all one sees."""
    user: Any = request.user
    leads = bool(reach(user))
    asked = {name: request.GET.get(name, "") for name in ("whose", "state", "side", "holder")}
    whose = asked["whose"] if asked["whose"] in ("mine", "team", "all") else "mine"
    state = asked["state"] if asked["state"] in ("owed", "late", "closed") else "owed"
    side = asked["side"] if asked["side"] in Commitment.Direction.values else ""
    number = asked["holder"]
    known = number.isascii() and number.isdigit() and len(number) < 19
    holder = get_person(int(number)) if known else None
    found = queries.promises_of(
        user, whose=whose, state=state, direction=side, holder=holder.pk if holder else None
    )
    page = keyset.page(
        queries.named(found, "customer__country"),
        ("-due_date",) if state == "closed" else ("due_date",),
        cursor=request.GET.get("cursor") or None,
        limit=LIMIT,
    )
    now = timezone.now()
    lines = [queries.line_of(row, now, row["customer__country"]) for row in page.rows]
    context = {
        "page": page,
        "lines": lines,
        "whose": whose,
        "state": state,
        "side": side,
        "holder": holder,
        "kept": queries.kept_of(user, whose=whose, at=now) if holder is None else [],
        "choices": {
            "whose": [
                ("mine", _("mine")),
                *([("team", _("my teams'"))] if leads else []),
                ("all", _("all I see")),
            ],
            "state": [
                ("owed", _("still owed")),
                ("late", _("broken")),
                ("closed", _("settled")),
            ],
            "side": [("", _("both sides")), ("ours", _("ours")), ("theirs", _("theirs"))],
        },
        "may_change": role_may(user, "commitment.change"),
    }
    return render(request, "crm/promise_list.html", context)
