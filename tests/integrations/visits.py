"""Going through the pages of the demo company as one person: which addresses, what they answer.

Every link to a page somebody is shown is followed once per kind; every address with a number is
opened at a row the person sees and at one he does not. Nothing is drawn by lot.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import count
from typing import Any

from django.db.models import Model
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts import urls as accounts_urls
from accounts.models import ApiToken, InboxItem, Team, User
from core import urls as core_urls
from crm import models as crm
from crm import urls as crm_urls
from crm.access import visible_customers
from pipeline import models as sales
from pipeline import urls as pipeline_urls
from tests.kept import admitted, ticket

ROUTES = [
    (each.name, str(each.pattern))
    for module in (pipeline_urls, crm_urls, accounts_urls, core_urls)
    for each in module.urlpatterns
]
ROWS: dict[str, type[Model]] = {
    "actions": crm.Action,
    "activities": crm.Activity,
    "assessments": crm.Assessment,
    "assignments": crm.Assignment,
    "catalogue": crm.ValueItem,
    "chain-lines": crm.ChainLine,
    "chain-steps": crm.ChainStep,
    "chains": crm.Chain,
    "competitors": sales.Competitor,
    "concerns": crm.Concern,
    "confirmations": sales.Confirmation,
    "contact-bans": crm.ContactBan,
    "contacts": crm.Contact,
    "customers": crm.Customer,
    "expectations": crm.Expectation,
    "exposure": User,
    "gates": sales.GateDecision,
    "gates/conditions": sales.GateCondition,
    "goals": crm.JointGoal,
    "help": crm.HelpRequest,
    "inbox": InboxItem,
    "opportunities": sales.Opportunity,
    "pains": sales.PainPoint,
    "peer-pairs": crm.PeerPair,
    "pipelines": sales.Pipeline,
    "promises": crm.Commitment,
    "proposals": sales.Proposal,
    "reassignments": crm.Reassignment,
    "rivals": sales.Rival,
    "settings/absence": User,
    "settings/approvals": sales.ApprovalRule,
    "settings/people": User,
    "settings/teams": Team,
    "settings/tokens": ApiToken,
    "solution-lines": sales.SolutionLine,
    "stakeholders": crm.Stakeholder,
    "value-offers": crm.ValueOffer,
    "waivers": sales.Waiver,
}
"""Whose number stands in an address, by what stands before it."""

LINK = re.compile(r'\s(?:href|hx-get|src)="(/[^"#]*)')
NEEDS = {"opportunity-board-more": "?stage=lead"}
"""What has to be said beside the address."""

OF_A_STAGE = {"opportunity-confirm", "opportunity-waive"}
"""What is there only where the sale is in the stage that has the criterion."""

HOLDERS = {"chain", "contact", "decision", "opportunity", "pain"}
"""What leads from a row to its customer."""

NAMED = {
    "<int:absence>": "1",
    "<slug:criterion>": "problem-named",
    "<slug:key>": "b2b-8",
    "<slug:name>": "region",
    "<slug:stage>": "lead",
}
"""What stands in an address beside the number of a row."""

ANSWERS = {200, 204, 302, 403, 405}
"""Of a row one sees. It may still be somebody else's turn (403), or a form alone (405)."""


class Tour:
    """One person's way; `wrong` holds what no page may answer, `names` which pages were asked."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = admitted(ticket(user))
        self.customers = set(visible_customers(user).values_list("pk", flat=True))
        self.links: dict[tuple[Any, ...], str] = {}
        self.names: set[str] = set()
        self.rows: dict[str, list[Any]] = {}
        self.wrong: list[str] = []

    def walk(self) -> None:
        """Every list, every kind of row, then every kind of link found on the way."""
        turn = count()
        for name, route in ROUTES:
            if "<" not in route:
                self.ask(name, f"/{route}{NEEDS.get(name, '')}", ANSWERS)
                continue
            rows = self._rows(route)
            seen = [row for row in rows if self._sees(row)]
            hidden = [row for row in rows if self._sees(row) is False]
            if seen:
                allowed = ANSWERS | {404} if name in OF_A_STAGE else ANSWERS
                self.ask(name, _address(route, seen[next(turn) % len(seen)].pk), allowed)
            if hidden:
                self.ask(name, _address(route, hidden[0].pk), {404, 405})
            if not (seen or hidden):
                self.ask(name, _address(route, rows[0].pk if rows else 1), ANSWERS | {404})
            if name in ("customer", "opportunity"):
                for row in {row.state: row for row in seen}.values():
                    self.ask(name, _address(route, row.pk), {200})
        for path in list(self.links.values()):
            self.ask(resolve(path.partition("?")[0]).url_name, path, {200, 204, 302})

    def ask(self, name: str, path: str, allowed: set[int]) -> None:
        """Open an address and note the links of its page."""
        try:
            answer = self.client.get(path)
        except Exception as error:
            error.add_note(f"{self.user.username} at {path}")
            raise
        self.names.add(name)
        if answer.status_code not in allowed:
            self.wrong.append(f"{answer.status_code} {path}")
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            self._note_links(answer.content.decode())

    def _note_links(self, text: str) -> None:
        for found in LINK.findall(text):
            path = unescape(found)
            place, _mark, query = path.partition("?")
            try:
                name = resolve(place).url_name
            except Resolver404:
                continue  # a file
            if name in dict(ROUTES):
                keys = tuple(sorted(part.partition("=")[0] for part in query.split("&")))
                self.links.setdefault((name, keys), path)

    def _rows(self, route: str) -> list[Any]:
        place = route.partition("/<")[0]
        if place not in self.rows:
            self.rows[place] = _rows_of(ROWS[place])
        return self.rows[place]

    def _sees(self, row: Any) -> bool | None:
        """Whether he sees the customer it is about; None where it is about none."""
        if isinstance(row, crm.Customer):
            return row.pk in self.customers
        for holder in (row, *(getattr(row, name, None) for name in HOLDERS)):
            if customer := getattr(holder, "customer_id", None):
                return customer in self.customers
            if sale := getattr(holder, "opportunity", None):
                return sale.customer_id in self.customers
        return None


def _rows_of(model: type[Model]) -> list[Any]:
    there = {field.name for field in model._meta.get_fields()}
    rows = model._default_manager.order_by("pk")
    return list(rows.select_related(*sorted(there & HOLDERS)))


def _address(route: str, pk: int) -> str:
    for place, word in (NAMED | {"<int:pk>": str(pk)}).items():
        route = route.replace(place, word)
    return f"/{route}"


def tour(username: str) -> Tour:
    """The way of the person with this name, walked to its end."""
    timezone.deactivate()
    way = Tour(User.objects.get(username=username))
    way.walk()
    return way
