"""Every URL of the sales pages x every role: the status, and that a refusal changed nothing.

`read` stands for a person who sees the customer; whether he may write follows from the role and
from serving or leading. Ben and Clara belong to another team; nobody is a visitor who has not
signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from crm.commands.actions import create_action
from crm.models import Action, Assignment
from pipeline import urls
from pipeline.commands.pipelines import publish
from pipeline.commands.waivers import ask
from pipeline.models import Opportunity, Transition
from tests.cast import NOW, UserFactory, assign, gather
from tests.doors import deal, gates, waivers
from tests.doors import test_designs_matrix as designs
from tests.kept import admitted, ticket
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale

PEOPLE = (
    "nobody", "anna", "nils", "boris", "ben", "clara", "dora", "otto",
    "integration", "solution", "delivery", "finance", "legal",
)  # fmt: skip
IN = {"ben": 404, "clara": 404}
"""Who does not see the customer; everybody else reads it."""

SELLERS = {"anna": 302, "boris": 302, "dora": 302, "integration": 302}
LEADS = {"boris": 302, "dora": 302}
TEAM = SELLERS | {"solution": 302, "delivery": 302}


def reads(**others: int) -> dict[str, int]:
    """200 for whoever sees the customer."""
    return dict.fromkeys(PEOPLE, 200) | IN | {"nobody": 302} | others


def open_to_all(status: int = 200) -> dict[str, int]:
    return dict.fromkeys(PEOPLE, status) | {"nobody": 302}


def writes(allowed: dict[str, int]) -> dict[str, int]:
    """The given status for who may, 403 for who only sees it, 404 for the others."""
    return dict.fromkeys(PEOPLE, 403) | IN | allowed | {"nobody": 302}


def leads(status: int = 200) -> dict[str, int]:
    """The status for who leads a team; everybody else is refused."""
    led = dict.fromkeys(("boris", "clara", "dora"), status)
    return dict.fromkeys(PEOPLE, 403) | led | {"nobody": 302}


REASON = {"reason": "Because", "outcome": "lost", "until": "2026-01-01"}
MORE_GET = deal.GET | waivers.GET
GET: dict[str, tuple[str, dict[str, int]]] = {
    "today": ("/", open_to_all()),
    "opportunity-list": ("/opportunities/", open_to_all()),
    "opportunity-board": ("/opportunities/board/", open_to_all()),
    "opportunity-board-more": ("/opportunities/board/more/?stage=lead", open_to_all()),
    "opportunity-board-move": ("/opportunities/board/move/", open_to_all(405)),
    "opportunity-new": ("/opportunities/new/", open_to_all()),
    "opportunity": ("/opportunities/{sale}/", reads()),
    "opportunity-chain": ("/opportunities/{sale}/chain/", reads()),
    "opportunity-facts": ("/opportunities/{sale}/facts/", reads()),
    "opportunity-fact": ("/opportunities/{sale}/facts/problem/", open_to_all(405)),
    "opportunity-step": ("/opportunities/{sale}/step/", reads()),
    "opportunity-promises": ("/opportunities/{sale}/promises/", reads()),
    "opportunity-steps": ("/opportunities/{sale}/steps/", reads()),
    "opportunity-plan-steps": ("/opportunities/{sale}/steps/plan/", reads()),
    "opportunity-advance": ("/opportunities/{sale}/advance/", reads()),
    "opportunity-send-back": ("/opportunities/{sale}/send-back/", reads()),
    "opportunity-hold": ("/opportunities/{sale}/hold/", reads()),
    "opportunity-resume": ("/opportunities/{sale}/resume/", reads()),
    "opportunity-win": ("/opportunities/{sale}/win/", reads()),
    "opportunity-lose": ("/opportunities/{sale}/lose/", reads()),
    "opportunity-reopen": ("/opportunities/{sale}/reopen/", reads()),
    "opportunity-undo": ("/opportunities/{sale}/undo/", open_to_all(405)),
    "exposure": ("/exposure/", leads()),
    "exposure-of": ("/exposure/{anna}/", leads(404)),
    "customer-opportunities": ("/customers/{customer}/opportunities/", reads()),
} | MORE_GET
GET_BEFORE_METHOD = {"opportunity-board-move", "opportunity-fact", "opportunity-undo"}
"""A wrong method is refused before anybody asks who it is."""

POST: dict[str, tuple[str, dict[str, Any], dict[str, int]]] = {
    "opportunity-new": (
        "/opportunities/new/",
        {"customer": "{customer}", "name": "Another"},
        writes(SELLERS) | {"ben": 422, "clara": 422},
    ),
    "opportunity-chain": ("/opportunities/{sale}/chain/", {}, writes(TEAM)),
    "opportunity-facts": (
        "/opportunities/{sale}/facts/?only=problem", {"problem": "x"}, writes(SELLERS),
    ),
    "opportunity-fact": (
        "/opportunities/{sale}/facts/problem/", {"problem": "x"}, writes(SELLERS),
    ),
    # A machine may plan a step for a person, but not for itself: nobody would do it.
    "opportunity-step": (
        "/opportunities/{sale}/step/", {"text": "x"}, writes(TEAM | {"integration": 422}),
    ),
    "opportunity-advance": (
        "/opportunities/{sale}/advance/", {}, writes(dict.fromkeys(SELLERS, 409)),
    ),
    "opportunity-board-move": (
        "/opportunities/board/move/",
        {"opportunity": "{sale}", "to": "qualify"},
        writes(dict.fromkeys(SELLERS, 200)),
    ),
    "opportunity-send-back": (
        "/opportunities/{sale}/send-back/", REASON, writes(dict.fromkeys(SELLERS, 409)),
    ),
    "opportunity-hold": (
        "/opportunities/{sale}/hold/",
        REASON | {"until": "{soon}"},
        writes(SELLERS),
    ),
    "opportunity-resume": (
        "/opportunities/{sale}/resume/", {}, writes(dict.fromkeys(SELLERS, 409)),
    ),
    "opportunity-win": ("/opportunities/{sale}/win/", {}, writes(dict.fromkeys(SELLERS, 409))),
    "opportunity-lose": ("/opportunities/{sale}/lose/", REASON, writes(SELLERS)),
    "opportunity-plan-steps": ("/opportunities/{sale}/steps/plan/", {}, writes(SELLERS)),
    "opportunity-reopen": (
        "/opportunities/{sale}/reopen/", REASON, writes(dict.fromkeys(LEADS, 409)),
    ),
    "opportunity-undo": (
        "/opportunities/{sale}/undo/?seq=1", {}, dict.fromkeys(PEOPLE, 409) | IN
        | {"nobody": 302},
    ),
} | deal.POST | waivers.POST  # fmt: skip


@pytest.fixture(scope="module")
def built(kept: Callable[..., Any]) -> SimpleNamespace:
    return kept(build)


@pytest.fixture
def house(db: None, built: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(built)


def build() -> SimpleNamespace:
    """The cast, a person of every other role in North, Anna's sale and a planned action."""
    publish(draft=default_pipeline(), by=UserFactory(role=Role.SYSTEM), at=NOW)
    cast = gather()
    for role in (Role.INTEGRATION, Role.SOLUTION, Role.DELIVERY, Role.FINANCE, Role.LEGAL):
        user = UserFactory(username=str(role), role=role, team=cast.north)
        part = {"solution": "solution", "delivery": "delivery"}.get(str(role), "shadow")
        assign(cast.acme, user, part=Assignment.Part(part))
        setattr(cast, str(role), user)
    now = timezone.now()
    cast.sale = open_sale(cast, at=now)
    cast.action = create_action(
        customer=cast.acme, text="Call", by=cast.anna, at=now, due_date=now.date()
    )
    deal.add_things(cast)
    cast.tickets = {who: ticket(getattr(cast, who)) for who in PEOPLE if who != "nobody"}
    cast.waiver = ask(
        cast.sale,
        criterion="first-conversation",
        reason="Next week",
        compensation="Boris calls",
        until_date=(now + timedelta(days=9)).date(),
        by=cast.anna,
        at=now,
    )
    return cast


@pytest.fixture
def client_of(house: SimpleNamespace) -> Callable[[str], Client]:
    return lambda who: admitted(house.tickets.get(who))


def fill(text: str, house: SimpleNamespace) -> str:
    soon = (timezone.now() + timedelta(days=9)).date()
    return text.format(
        sale=house.sale.pk,
        customer=house.acme.pk,
        action=house.action.pk,
        anna=house.anna.pk,
        waiver=house.waiver.pk,
        soon=soon,
        **deal.numbers(house),
    )


def test_every_url_stands_in_the_matrix():
    elsewhere = set(gates.PAGES) | set(designs.PAGES)
    assert {pattern.name for pattern in urls.urlpatterns} == set(GET) | elsewhere


@pytest.mark.parametrize("name", GET)
def test_get(house, client_of, name):
    path, expected = GET[name]
    if name in GET_BEFORE_METHOD:
        expected = expected | {"nobody": 405}
    path = fill(path, house)
    moves = Transition.objects.count()
    assert {who: client_of(who).get(path).status_code for who in PEOPLE} == expected
    assert Transition.objects.count() == moves


@pytest.mark.parametrize("name", POST)
def test_post(house, client_of, name):
    path, data, expected = POST[name]
    path = fill(path, house)
    data = {key: fill(str(value), house) for key, value in data.items()}
    before = facts()
    found = {}
    for who in PEOPLE:
        client = client_of(who)
        with transaction.atomic():
            found[who] = client.post(path, data).status_code
            changed = facts() != before
            transaction.set_rollback(True)
        assert not (changed and (found[who] >= 400 or who == "nobody")), who
    assert found == expected


def facts() -> list[Any]:
    """All that is known about opportunities, their moves and the planned actions."""
    return [
        *Opportunity.objects.order_by("pk").values_list(),
        *Transition.objects.order_by("pk").values_list(),
        *Action.objects.order_by("pk").values_list(),
        *deal.facts(),
        *waivers.facts(),
    ]
