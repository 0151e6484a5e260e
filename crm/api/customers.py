"""`/customers/` and `/contacts/`."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import filters
from core.api.pagination import CURSOR, LIMIT
from core.api.views import ChangesOne, Endpoint, ReadRows, RunsCommand
from crm import access
from crm.api.links import page_link
from crm.commands import assignments, contacts, customers, moving_on
from crm.commands.locks import lock_below, lock_customer
from crm.models import Contact, Customer
from crm.queries import customers as queries
from crm.queries import timeline
from crm.queries.colleagues import get_person, get_team
from crm.queries.stories import TOPICS
from crm.serializers import activities as activity_shapes
from crm.serializers import assignments as assignment_shapes
from crm.serializers import customers as shapes
from crm.serializers.chain import ContactMergeInput, ContactMoveInput


class Customers(ReadRows, RunsCommand):
    """Customers you may see."""

    serializer_class = shapes.CustomerRow
    input_class = shapes.CustomerInput
    output_class = shapes.CustomerShape
    orders = queries.ORDERS
    filters = {
        "q": filters.Text(queries.search, description="Any part of a name, pinyin too."),
        "tier": filters.Choice("tier", Customer.Tier, many=True),
        "state": filters.Choice("state", Customer.State, many=True),
        "industry": filters.Text("industry"),
        "region": filters.Text("region"),
        "country": filters.Text("country"),
        "team": filters.Id("team_id", many=True),
        "primary": filters.Id(queries.served_by, description="Who serves it now."),
        "parent": filters.Id("parent_id"),
        "source": filters.Text("source"),
        "external_id": filters.Text("external_id"),
        "changed_since": filters.Moment("updated_at__gte"),
        "mine": filters.Flag(lambda rows, value: rows, description="Those you serve."),
    }

    def queryset(self) -> Any:
        """With who serves each."""
        user = self.request.user
        rows = queries.with_primary(access.visible_customers(user))
        if self.query.get("parent"):
            rows = rows.filter(parent__in=access.visible_customers(user))
        return queries.mine(rows, user) if self.query.get("mine") else rows

    def run(self, data: dict[str, Any]) -> Customer:
        """Found a customer."""
        user = self.request.user
        team, primary = data.pop("team", None), data.pop("primary", None)
        facts = access.resolve_parent(user, data)
        return customers.create_customer(
            by=user,
            at=self.now,
            name=facts.pop("name"),
            team=get_team(team) if team else None,
            primary=get_person(primary) if primary else None,
            state=facts.pop("state"),
            source=facts.pop("source", ""),
            external_id=facts.pop("external_id", ""),
            facts=facts,
        )

    def location(self, thing: Customer) -> str:
        """Its address."""
        return reverse("api-customer", args=[thing.pk])


class OneCustomer(ChangesOne):
    """A customer you may see."""

    serializer_class = shapes.CustomerShape
    input_class = shapes.CustomerFacts

    def thing(self, pk: int) -> Customer:
        """It, or 404."""
        return access.get_customer(self.request.user, pk)

    def hold(self, thing: Customer) -> None:
        """As every change does."""
        lock_customer(thing.pk)

    def change(self, thing: Customer, data: dict[str, Any]) -> Customer:
        """Change facts."""
        changes = access.resolve_parent(self.request.user, data, thing)
        return customers.change_customer(thing, by=self.request.user, at=self.now, changes=changes)


class CustomerState(RunsCommand):
    """Say how the customer stands to us."""

    input_class = shapes.StateInput
    output_class = shapes.CustomerShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Customer:
        """Change the state."""
        user = self.request.user
        customer = access.get_customer(user, pk)
        customers.change_state(customer, by=user, at=self.now, **data)
        return access.get_customer(user, pk)


class CustomerMove(RunsCommand):
    """Let another team serve the customer."""

    input_class = shapes.MoveInput
    success_status = 204

    def run(self, data: dict[str, Any], pk: int) -> None:
        """Move it; the caller may not see it any more."""
        customer = access.get_customer(self.request.user, pk)
        customers.move_to_team(
            customer,
            team=get_team(data["team"]),
            reason=data["reason"],
            by=self.request.user,
            at=self.now,
        )


class CustomerAssign(RunsCommand):
    """Give one of us a part at the customer. A new primary is a reassignment."""

    input_class = assignment_shapes.AssignInput
    output_class = assignment_shapes.AssignmentShape

    def run(self, data: dict[str, Any], pk: int) -> Any:
        """Assign."""
        customer = access.get_customer(self.request.user, pk)
        return assignments.assign(
            customer,
            user=get_person(data.pop("user")),
            by=self.request.user,
            at=self.now,
            **data,
        )

    def location(self, thing: Any) -> str:
        """Its address."""
        return reverse("api-assignment", args=[thing.pk])


class CustomerTimeline(Endpoint):
    """What happened with a customer: activities, and what the log says, newest first."""

    serializer_class = activity_shapes.EntrySlice
    filters = {
        "cursor": CURSOR,
        "limit": LIMIT,
        "topic": filters.Choice("topic", TOPICS),
    }

    def get(self, request: Request, pk: int) -> Response:
        """One piece of it."""
        customer = access.get_customer(request.user, pk)
        piece = timeline.of_customer(
            customer.pk,
            topic=self.query.get("topic", ""),
            cursor=self.query.get("cursor"),
            limit=self.query.get("limit", timeline.PAGE),
        )
        results = activity_shapes.EntryShape(piece.entries, many=True).data
        return Response({"results": results, "next": page_link(request, piece.next)})


class Contacts(ReadRows, RunsCommand):
    """People at customers you may see."""

    serializer_class = shapes.ContactShape
    input_class = shapes.ContactInput
    orders = {"name": ("name",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "state": filters.Choice("state", Contact.State),
        "level": filters.Choice("level", Contact.Band, many=True),
        "q": filters.Text(
            lambda rows, text: queries.search_lower(rows, text, "name"),
            description="Any part of the name.",
        ),
        "changed_since": filters.Moment("updated_at__gte"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_contacts(self.request.user)

    def run(self, data: dict[str, Any]) -> Contact:
        """Note a person."""
        return contacts.create_contact(
            customer=access.get_customer(self.request.user, data.pop("customer")),
            by=self.request.user,
            at=self.now,
            source=data.pop("source", ""),
            external_id=data.pop("external_id", ""),
            facts=data,
        )

    def location(self, thing: Contact) -> str:
        """Its address."""
        return reverse("api-contact", args=[thing.pk])


class OneContact(ChangesOne):
    """A person at a customer you may see."""

    serializer_class = shapes.ContactShape
    input_class = shapes.ContactFacts

    def thing(self, pk: int) -> Contact:
        """It, or 404."""
        return access.get_contact(self.request.user, pk)

    def hold(self, thing: Contact) -> None:
        """Its customer first, as every change does."""
        lock_below(thing)

    def change(self, thing: Contact, data: dict[str, Any]) -> Contact:
        """Change facts."""
        return contacts.change_contact(thing, by=self.request.user, at=self.now, changes=data)


class ContactLeft(RunsCommand):
    """Say that a person has left the customer, or is back."""

    input_class = shapes.LeftInput
    output_class = shapes.ContactShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Contact:
        """Mark it."""
        contact = access.get_contact(self.request.user, pk)
        contacts.mark_left(contact, by=self.request.user, at=self.now, left=data["left"])
        return access.get_contact(self.request.user, pk)


class ContactMove(RunsCommand):
    """Say that a person works for another customer from now on."""

    input_class = ContactMoveInput
    output_class = shapes.ContactShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Contact:
        """Move it."""
        user = self.request.user
        contact = access.get_contact(user, pk)
        to = access.get_customer(user, data.pop("customer"))
        return moving_on.move_contact(contact, to=to, by=user, at=self.now, facts=data)


class ContactMerge(RunsCommand):
    """Say that a person was noted twice: this one goes into the other."""

    input_class = ContactMergeInput
    output_class = shapes.ContactShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Contact:
        """Merge them; the answer is the one that stays."""
        user = self.request.user
        contact = access.get_contact(user, pk)
        into = access.get_contact(user, data["into"])
        return moving_on.merge_contacts(contact, into=into, by=user, at=self.now)
