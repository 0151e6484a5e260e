"""Asking for help: the list, one request with its brief, a dialog for each verb."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from accounts.forms import explain
from core import keyset
from core.errors import Invalid
from core.keyset import key_of
from core.web import done, fragment, next_url
from crm import access
from crm.commands import help as commands
from crm.forms import WordForm
from crm.forms.help import ExecutiveForm, HelpForm
from crm.metrics.answers import IN_TIME_FORMULA, LATENCY_FORMULA
from crm.models import Customer, HelpRequest
from crm.queries import help as queries
from crm.queries.chain_table import contacts_at
from crm.queries.colleagues import get_person
from crm.views.typed import with_typed
from crm.web import dialog

LIMIT = 50
HINTS = ("text", "topic", "contact", "purpose")


@login_required
@require_GET
def help_list(request: HttpRequest) -> HttpResponse:
    """What is asked of one, what one asked, or all one sees; and how soon answers came."""
    user: Any = request.user
    asked = request.GET.get("whose", "")
    whose = asked if asked in ("asked", "mine", "all") else "asked"
    is_open = request.GET.get("state") != "closed"
    page = keyset.page(
        queries.named(queries.requests_of(user, whose=whose, is_open=is_open)),
        ("due_at",) if is_open else ("-asked_at",),
        cursor=request.GET.get("cursor") or None,
        limit=LIMIT,
    )
    now = timezone.now()
    context = {
        "page": page,
        "lines": [queries.line_of(row, now) for row in page.rows],
        "whose": whose,
        "is_open": is_open,
        "choices": [
            ("asked", _("asked of me")),
            ("mine", _("asked by me")),
            ("all", _("all I see")),
        ],
        "answers": queries.answers_of(user, whose=whose, now=now),
        "formulas": (LATENCY_FORMULA, IN_TIME_FORMULA),
        "may_ask": role_may(user, "help.ask"),
    }
    return render(request, "crm/help_list.html", context)


@login_required
@require_GET
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked about a customer: the panel of its page."""
    customer = access.get_customer(request.user, pk)
    context = {
        "customer": customer,
        "lines": queries.requests_about(customer, timezone.now()),
        "may_ask": access.may(request.user, "help.ask", customer),
    }
    return fragment(request, "crm/help_of_customer.html", "panel", context)


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, its brief, and how it went."""
    user: Any = request.user
    found = access.get_help(user, pk)
    is_asked = found.asked_id == user.pk
    may_ask = found.customer is None or access.may(user, "help.ask", found.customer)
    context = {
        "request_for_help": found,
        "customer": found.customer,
        "brief": [
            (found._meta.get_field(name).verbose_name, getattr(found, name))
            for name in commands.BRIEF
        ]
        if found.is_executive
        else [],
        "waited": queries.waited(found.asked_at, found.answered_at),
        "may_answer": is_asked and found.state == HelpRequest.State.ASKED,
        "may_finish": (is_asked or found.asker_id == user.pk)
        and found.state == HelpRequest.State.ACCEPTED,
        "may_withdraw": found.is_open and (found.asker_id == user.pk or (may_ask and not is_asked)),
    }
    return render(request, "crm/help.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask a colleague, or with a brief an executive; about a customer, a contact or a topic."""
    user: Any = request.user
    given = request.POST or request.GET
    customer = _customer(user, given)
    is_executive = given.get("executive") == "1" and customer is not None
    form = _form(request, customer, is_executive)
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(user, customer, is_executive, dict(form.cleaned_data))
        except Invalid as error:
            explain(form, error)
        else:
            messages.success(request, _("{name} is asked.").format(name=made.asked))
            return done(request, next_url(request, reverse("help", args=[made.pk])))
    chosen = key_of(given.get("asked", ""))
    context = {
        "form": form,
        "customer": customer,
        "is_executive": is_executive,
        "chosen": get_person(chosen).name if chosen else given.get("asked_text", ""),
        "next": next_url(request, ""),
    }
    return dialog(request, "crm/dialogs/help.html", context)


def _customer(user: Any, given: Any) -> Customer | None:
    """The one named, or that of the person named."""
    number = key_of(given.get("customer", ""))
    if number is not None:
        return access.get_customer(user, number)
    contact = key_of(given.get("contact", ""))
    return access.get_contact(user, contact).customer if contact is not None else None


def _form(request: HttpRequest, customer: Customer | None, is_executive: bool) -> HelpForm:
    posted = with_typed(request.POST, request.user, people=["asked"]) if request.POST else None
    kind = HelpRequest.Kind.EXECUTIVE if is_executive else HelpRequest.Kind.COLLEAGUE
    initial: dict[str, Any] = {"days": commands.USUAL_DAYS[kind]}
    initial |= {name: request.GET[name][:300] for name in HINTS if name in request.GET}
    initial["asked"] = key_of(request.GET.get("asked", ""))
    initial["customer"] = customer.pk if customer else None
    people = contacts_at(customer.pk) if customer else None
    if is_executive:
        return ExecutiveForm(posted, contacts=people or [], initial=initial)
    return HelpForm(posted, contacts=people, initial=initial)


def _ask(user: Any, customer: Customer | None, is_executive: bool, data: dict[str, Any]) -> Any:
    data.pop("customer")
    contact = data.pop("contact", None)
    shared = {
        "asked": get_person(data.pop("asked")),
        "contact": access.get_contact(user, contact) if contact else None,
        "text": data.pop("text"),
        "days": data.pop("days"),
        "by": user,
        "at": timezone.now(),
    }
    if is_executive:
        return commands.ask_executive(brief=data, **shared)
    return commands.ask(customer=customer, topic=data["topic"], **shared)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Say yes, no, done, or take it back."""
    user: Any = request.user
    found = access.get_help(user, pk)
    form = WordForm(request.POST if request.method == "POST" else None)
    if verb == "accept":
        del form.fields["word"]
    if verb == "done":
        form.fields["word"].label = _("What came of it")
    if request.method == "POST" and (verb == "accept" or form.is_valid()):
        try:
            _do(found, verb, form, user)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, next_url(request, reverse("help", args=[pk])))
    context = {
        "form": form,
        "request_for_help": found,
        "customer": found.customer,
        "verb": verb,
        "address": reverse(f"help-{verb}", args=[pk]),
        "next": next_url(request, ""),
    }
    return dialog(request, "crm/dialogs/help_answer.html", context)


def _do(found: HelpRequest, verb: str, form: WordForm, user: Any) -> None:
    who = {"by": user, "at": timezone.now()}
    if verb == "accept":
        commands.accept(found, **who)
    elif verb == "decline":
        commands.decline(found, reason=form.cleaned_data["word"], **who)
    elif verb == "done":
        commands.finish(found, result=form.cleaned_data["word"], **who)
    else:
        commands.withdraw(found, reason=form.cleaned_data["word"], **who)
