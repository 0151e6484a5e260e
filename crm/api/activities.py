"""`/activities/`, `/actions/` and the timeline over all one's customers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import filters
from core.api.pagination import CURSOR, LIMIT
from core.api.views import ChangesOne, Endpoint, ReadRows, RunsCommand
from core.keyset import DEFAULT_LIMIT
from crm import access
from crm.api.links import page_link
from crm.api.people import put_people
from crm.commands import actions, activities
from crm.commands.locks import lock_below
from crm.models import Action, Activity
from crm.queries import timeline
from crm.queries.colleagues import get_people, get_person
from crm.serializers import activities as shapes


class Activities(ReadRows, RunsCommand):
    """What happened at customers you may see."""

    serializer_class = shapes.ActivityRow
    input_class = shapes.ActivityInput
    output_class = shapes.ActivityShape
    orders = {"-starts_at": ("-starts_at",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "kind": filters.Choice("kind", Activity.Kind, many=True),
        "author": filters.Id("author_id"),
        "contact": filters.Id("contact_links__contact_id"),
        "since": filters.Moment("starts_at__gte"),
        "until": filters.Moment("starts_at__lt"),
        "source": filters.Text("source"),
        "external_id": filters.Text("external_id"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_activities(self.request.user)

    def run(self, data: dict[str, Any]) -> Activity:
        """Log it."""
        user = self.request.user
        customer = access.get_customer(user, data.pop("customer"))
        return activities.log_activity(
            customer=customer,
            by=user,
            at=self.now,
            contacts=access.get_contacts(user, data.pop("contacts", [])),
            colleagues=get_people(data.pop("colleagues", [])),
            **data,
        )

    def location(self, thing: Activity) -> str:
        """Its address."""
        return reverse("api-activity", args=[thing.pk])


class OneActivity(ChangesOne):
    """Something that happened at a customer you may see."""

    serializer_class = shapes.ActivityShape
    input_class = shapes.ActivityFacts

    def thing(self, pk: int) -> Activity:
        """It, or 404."""
        return access.get_activity(self.request.user, pk)

    def hold(self, thing: Activity) -> None:
        """Its customer first, as every change does."""
        lock_below(thing)

    def change(self, thing: Activity, data: dict[str, Any]) -> Activity:
        """Correct it."""
        user = self.request.user
        theirs, ours = data.pop("contacts", None), data.pop("colleagues", None)
        return activities.change_activity(
            thing,
            by=user,
            at=self.now,
            changes=data,
            contacts=None if theirs is None else access.get_contacts(user, theirs),
            colleagues=None if ours is None else get_people(ours),
        )


class ActivityTakeBack(RunsCommand):
    """Undo a log within a minute."""

    success_status = 204

    def run(self, data: dict[str, Any], pk: int) -> None:
        """Take it back."""
        activity = access.get_activity(self.request.user, pk)
        activities.take_back(activity, by=self.request.user, at=self.now)


class Actions(ReadRows, RunsCommand):
    """What is to be done at customers you may see."""

    serializer_class = shapes.ActionShape
    input_class = shapes.ActionInput
    orders = {"due_date": ("due_date",), "-id": ("-id",)}
    filters = {
        "customer": filters.Id("customer_id"),
        "owner": filters.Id("owner_id"),
        "state": filters.Choice("state", Action.State, many=True),
        "due_before": filters.Day("due_date__lt"),
    }

    def queryset(self) -> Any:
        """Of the customers this user sees."""
        return access.visible_actions(self.request.user)

    def run(self, data: dict[str, Any]) -> Action:
        """Plan it."""
        owner = data.pop("owner", None)
        put_people(self.request.user, data, "contact")
        return actions.create_action(
            customer=access.get_customer(self.request.user, data.pop("customer")),
            owner=get_person(owner) if owner else None,
            by=self.request.user,
            at=self.now,
            **data,
        )

    def location(self, thing: Action) -> str:
        """Its address."""
        return reverse("api-action", args=[thing.pk])


class OneAction(ChangesOne):
    """Something to be done at a customer you may see."""

    serializer_class = shapes.ActionShape
    input_class = shapes.ActionChange

    def thing(self, pk: int) -> Action:
        """It, or 404."""
        return access.get_action(self.request.user, pk)

    def hold(self, thing: Action) -> None:
        """Its customer first, as every change does."""
        lock_below(thing)

    def change(self, thing: Action, data: dict[str, Any]) -> Action:
        """Move its day."""
        if "due_date" not in data:
            return thing
        return actions.change_due(
            thing, due_date=data["due_date"], by=self.request.user, at=self.now
        )


class ActionComplete(RunsCommand):
    """It is done."""

    input_class = shapes.ResultInput
    output_class = shapes.ActionShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Action:
        """Close it with a result."""
        action = access.get_action(self.request.user, pk)
        actions.complete(action, result=data["result"], by=self.request.user, at=self.now)
        return access.get_action(self.request.user, pk)


class ActionCancel(RunsCommand):
    """It will not be done."""

    input_class = shapes.ReasonInput
    output_class = shapes.ActionShape
    success_status = 200

    def run(self, data: dict[str, Any], pk: int) -> Action:
        """Close it with a reason."""
        action = access.get_action(self.request.user, pk)
        actions.cancel(action, reason=data["reason"], by=self.request.user, at=self.now)
        return access.get_action(self.request.user, pk)


class Timeline(Endpoint):
    """Activities at all customers you may see, newest first."""

    serializer_class = shapes.TimelineSlice
    filters = {
        "cursor": CURSOR,
        "limit": LIMIT,
        "kind": filters.Choice("kind", Activity.Kind),
        "author": filters.Id("author_id"),
    }

    def get(self, request: Request) -> Response:
        """One piece of it."""
        page = timeline.everywhere(
            request.user,
            kind=self.query.get("kind", ""),
            author_id=self.query.get("author"),
            cursor=self.query.get("cursor"),
            limit=self.query.get("limit", DEFAULT_LIMIT),
        )
        return Response(
            {
                "results": page.rows,
                "next": page_link(request, page.next),
                "previous": page_link(request, page.previous),
            }
        )
