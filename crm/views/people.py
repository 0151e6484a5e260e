"""People at customers, and ours as far as customers are left to them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import explain
from core.errors import Invalid
from core.web import done
from crm import access
from crm.commands import assignments, contacts, moving_on
from crm.forms import AssignForm, ContactForm, FillForm, MoveContactForm, WordForm
from crm.models import Assignment
from crm.queries import colleagues
from crm.queries.chain_table import contacts_at
from crm.views.typed import seen_at_of, with_typed
from crm.web import dialog


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a person at a customer."""
    customer = access.get_customer(request.user, pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.create_contact(
                customer=customer, by=request.user, at=timezone.now(), facts=form.cleaned_data
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, f"{reverse('customer', args=[pk])}#people")
    context = {"form": form, "customer": customer, "contact": None}
    return dialog(request, "crm/dialogs/contact.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what we know of a person."""
    contact = access.get_contact(request.user, pk)
    initial = {name: getattr(contact, name) for name in contacts.FACTS}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.change_contact(
                contact,
                by=request.user,
                at=timezone.now(),
                changes=form.cleaned_data,
                seen_at=seen_at_of(request.POST),
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, f"{reverse('customer', args=[contact.customer_id])}#people")
    context = {"form": form, "customer": contact.customer, "contact": contact}
    context["seen_at"] = request.POST.get("seen_at") or contact.updated_at.isoformat()
    return dialog(request, "crm/dialogs/contact.html", context)


@login_required
@require_POST
def contact_left(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has left the customer, or is back."""
    contact = access.get_contact(request.user, pk)
    left = request.POST.get("left") == "1"
    contacts.mark_left(contact, by=request.user, at=timezone.now(), left=left)
    return done(request, f"{reverse('customer', args=[contact.customer_id])}?tab=people")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """A person works for another customer from now on."""
    user: Any = request.user
    contact = access.get_contact(user, pk)
    posted = with_typed(request.POST, user, customers=["customer"])
    form = MoveContactForm(posted or None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            to = access.get_customer(user, facts.pop("customer"))
            moving_on.move_contact(contact, to=to, by=user, at=timezone.now(), facts=facts)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, f"{reverse('customer', args=[to.pk])}?tab=people")
    context = {"form": form, "customer": contact.customer, "contact": contact}
    return dialog(request, "crm/dialogs/contact_move.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """A person was noted twice: everything goes to the other one."""
    user: Any = request.user
    contact = access.get_contact(user, pk)
    others = [row for row in contacts_at(contact.customer_id) if row[0] != contact.pk]
    form = FillForm(request.POST or None, contacts=others)
    if request.method == "POST" and form.is_valid():
        into = access.get_contact(user, form.cleaned_data["contact"])
        moving_on.merge_contacts(contact, into=into, by=user, at=timezone.now())
        return done(request, f"{reverse('customer', args=[into.customer_id])}?tab=people")
    context = {"form": form, "customer": contact.customer, "contact": contact}
    return dialog(request, "crm/dialogs/contact_merge.html", context)


@login_required
@require_GET
def options(request: HttpRequest) -> JsonResponse:
    """What a combobox of our people asks for."""
    selling = request.GET.get("selling") == "1"
    found = colleagues.options(request.GET.get("q", "")[:100], selling=selling)
    return JsonResponse({"results": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one of us a part at the customer."""
    customer = access.get_customer(request.user, pk)
    posted = with_typed(request.POST, request.user, people=["user"])
    form = AssignForm(posted or None, initial={"part": Assignment.Part.DEPUTY})
    chosen = ""
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        person = colleagues.get_person(data.pop("user"))
        chosen = person.name
        try:
            assignments.assign(
                customer,
                user=person,
                by=request.user,
                at=timezone.now(),
                part=data["part"],
                reason=data["reason"],
                outside=data["outside"] or None,
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, f"{reverse('customer', args=[pk])}?tab=serving")
    context: dict[str, Any] = {"form": form, "customer": customer, "chosen": chosen}
    return dialog(request, "crm/dialogs/assign.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """End a part, with a reason."""
    assignment = access.get_assignment(request.user, pk)
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assignments.end(
            assignment, reason=form.cleaned_data["word"], by=request.user, at=timezone.now()
        )
        return done(request, f"{reverse('customer', args=[assignment.customer_id])}?tab=serving")
    context = {"form": form, "customer": assignment.customer, "assignment": assignment}
    return dialog(request, "crm/dialogs/end.html", context)
