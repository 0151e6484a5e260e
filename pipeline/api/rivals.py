"""`/competitors/`, the company's list, and `/rivals/`, what each of them does in a sale."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.api import filters
from core.api.views import ChangesOne, ReadRows, RunsCommand
from crm.api.people import put_people
from crm.commands.locks import lock, lock_customer
from pipeline import access
from pipeline.commands import rivals
from pipeline.models import Competitor, Rival
from pipeline.queries.rivals import competitors
from pipeline.serializers import offers as shapes


class Competitors(ReadRows, RunsCommand):
    """The company's list; POST puts a name on it."""

    serializer_class = shapes.CompetitorShape
    input_class = shapes.CompetitorInput
    orders = {"name": ("name", "id"), "id": ("id",)}
    filters = {"is_active": filters.Flag("is_active")}

    def queryset(self) -> Any:
        """All of it."""
        return competitors()

    def run(self, data: dict[str, Any]) -> Competitor:
        """Add it."""
        return rivals.add_competitor(by=self.request.user, at=self.now, **data)

    def location(self, thing: Competitor) -> str:
        """Its address."""
        return reverse("api-competitor", args=[thing.pk])


class OneCompetitor(ChangesOne):
    """One of the list."""

    serializer_class = shapes.CompetitorShape
    input_class = shapes.CompetitorChange

    def thing(self, pk: int) -> Competitor:
        """It, or 404."""
        return access.get_competitor(pk)

    def hold(self, thing: Competitor) -> None:
        """As every change does."""
        rivals.hold_list()
        lock(thing)

    def change(self, thing: Competitor, data: dict[str, Any]) -> Competitor:
        """Write the name better, or retire it."""
        return rivals.change_competitor(thing, changes=data, by=self.request.user, at=self.now)


class Rivals(ReadRows, RunsCommand):
    """Competitors in the sales you see; POST notes one."""

    serializer_class = shapes.RivalShape
    input_class = shapes.RivalInput
    orders = {"id": ("id",), "-id": ("-id",)}
    filters = {
        "opportunity": filters.Id("opportunity_id", many=True),
        "competitor": filters.Id("competitor_id", many=True),
        "state": filters.Choice("state", Rival.State, many=True),
    }

    def queryset(self) -> Any:
        """In the sales this user sees."""
        return access.visible_of(self.request.user, Rival)

    def run(self, data: dict[str, Any]) -> Rival:
        """Note it."""
        user = self.request.user
        sale = access.get_opportunity(user, data.pop("opportunity"))
        competitor = access.get_competitor(data.pop("competitor"))
        put_people(user, data, "sponsor")
        return rivals.note_rival(sale, competitor=competitor, facts=data, by=user, at=self.now)

    def location(self, thing: Rival) -> str:
        """Its address."""
        return reverse("api-rival", args=[thing.pk])


class OneRival(ChangesOne):
    """A competitor in a sale you see."""

    serializer_class = shapes.RivalShape
    input_class = shapes.RivalChange

    def thing(self, pk: int) -> Rival:
        """It, or 404."""
        return access.get_rival(self.request.user, pk)

    def hold(self, thing: Rival) -> None:
        """Customer, sale, competitor: as every command does."""
        lock_customer(thing.opportunity.customer_id)
        lock(thing.opportunity)
        lock(thing)

    def change(self, thing: Rival, data: dict[str, Any]) -> Rival:
        """What is known of him has changed."""
        user = self.request.user
        put_people(user, data, "sponsor")
        return rivals.change_rival(thing, changes=data, by=user, at=self.now)
