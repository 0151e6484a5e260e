"""Playing the demo company: the same commands people use, run in the order of a year.

Nothing is drawn by lot: the same files on the same day give the same company. The company is
founded first; what happens at its customers is gathered as steps, sorted by time, and played.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.commands.inbox import mark_all_read
from accounts.commands.teams import change_team, create_team
from accounts.commands.users import change_user, create_user
from accounts.models import Team, User
from core.errors import Conflict
from core.relay import drain
from crm.commands import commitment_clock, concern_clock, help_clock
from crm.commands.actions import complete, create_action
from crm.commands.assignments import assign
from crm.commands.contacts import create_contact
from crm.commands.customers import change_state, create_customer
from crm.commands.import_activities import ActivityRow, import_activities
from crm.commands.reassign import reassign_from
from crm.models import Contact, Customer
from integrations.commands.demo_chains import ChainStory
from integrations.commands.demo_help import tell_help
from integrations.commands.demo_peers import pair_up
from integrations.commands.demo_promises import PromiseStory, expect
from integrations.commands.demo_relations import tell_relations
from integrations.commands.demo_sales import SaleStory
from integrations.commands.imports import import_products
from integrations.queries.demo import Script, is_loaded, read_script
from pipeline.models import Product
from pipeline.queries.references import find_products

FOUNDED = 420
"""Days ago on which the company and its customers begin."""


@dataclass
class Scene:
    """The company while its year is played."""

    script: Script
    today: date
    by: User
    people: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    contacts: dict[str, list[Contact]] = field(default_factory=dict)
    serving: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    visits: list[ActivityRow] = field(default_factory=list)
    steps: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)

    def texts(self, customer: str) -> Any:
        """What people write down in the language of this customer."""
        told = next(each for each in self.script.customers if each["name"] == customer)
        return self.script.texts[told["language"]]

    def server(self, customer: str, at: datetime) -> User:
        """Who serves the customer at that moment."""
        held = [who for since, who in self.serving[customer] if since <= at]
        return self.people[held[-1]]

    def when(self, days_ago: float, minute: int = 0) -> datetime:
        """A working hour of a weekday, about so many days ago."""
        day = self.today - timedelta(days=int(days_ago))
        day -= timedelta(days=max(0, day.weekday() - 4))
        return datetime.combine(day, time(1), UTC) + timedelta(minutes=minute % 500)

    def at(self, moment: datetime, step: Callable[[datetime], None]) -> None:
        """Put a step into the play."""
        self.steps.append((moment, len(self.steps), step))

    def play(self) -> None:
        """Run every step in the order of time."""
        for moment, _number, step in sorted(self.steps, key=lambda each: each[:2]):
            step(moment)


def load_demo(*, by: User, at: datetime) -> dict[str, int]:
    """Found the demo company and play its year; refused where it is here already."""
    require(by, "data.import")
    if is_loaded():
        raise Conflict(_("The demo company is here already."), code="demo_here")
    scene = Scene(read_script(), at.date(), by)
    with transaction.atomic():
        _found(scene, by)
        for number, told in enumerate(scene.script.customers):
            _meet(scene, number, told)
        pair_up(scene)
        for rotation in scene.script.company["rotations"]:
            _rotate(scene, rotation)
        for move in scene.script.company["moves"]:
            _move(scene, move)
        for number, told in enumerate(scene.script.chains):
            ChainStory(scene, told, number).write()
        for number, promise in enumerate(scene.script.promises["promises"]):
            PromiseStory(scene, promise, number).write()
        for number, told in enumerate(scene.script.promises["expectations"]):
            expect(scene, told, number)
        tell_relations(scene)
        tell_help(scene)
        scene.play()
        import_activities(scene.visits, by=by, at=at)
    commitment_clock.run(at=at)
    concern_clock.run(at=at)
    help_clock.run(at=at)
    drain(at=at)
    for user in scene.people.values():
        mark_all_read(by=user, at=at)
    return {
        "people": len(scene.people),
        "customers": len(scene.customers),
        "contacts": sum(map(len, scene.contacts.values())),
        "opportunities": sum(len(told["sales"]) for told in scene.script.customers),
    }


def _found(scene: Scene, by: User) -> None:
    company, begin = scene.script.company, scene.when(FOUNDED)
    for told in company["teams"]:
        scene.teams[told["key"]] = create_team(
            name=told["name"],
            region=told["region"],
            parent=scene.teams.get(told.get("parent", "")),
            is_demo=True,
            by=by,
            at=begin,
        )
    for told in company["people"]:
        scene.people[told["username"]] = create_user(
            username=told["username"],
            name=told["name"],
            title=told["title"],
            department=told.get("department", ""),
            role=told["role"],
            level=told["level"],
            team=scene.teams[told["team"]],
            language=told["language"],
            time_zone=told["zone"],
            is_demo=True,
            by=by,
            at=begin,
        )
    User.objects.filter(pk__in=[user.pk for user in scene.people.values()]).update(
        password=make_password(company["password"])
    )
    for told in company["teams"]:
        team = scene.teams[told["key"]]
        lead = scene.people[told["lead"]]
        change_team(team, parent=team.parent, lead=lead, by=by, at=begin)
    import_products(
        [
            {
                "external_id": told["key"],
                "name": told["name"],
                "series": told["series"],
                "list_price": told["price"],
                "currency": "CNY",
            }
            for told in company["products"]
        ],
        source="demo",
        is_demo=True,
        by=by,
        at=begin,
    )
    scene.products = find_products((p["key"] for p in company["products"]), source="demo")[0]
    for username in scene.people:
        scene.people[username] = User.objects.get(username=username)


def _meet(scene: Scene, number: int, told: Any) -> None:
    """A customer, its people, its sales, and the visits of a year."""
    name = told["name"]
    scene.serving[name] = [(scene.when(FOUNDED), told["primary"])]
    boss = next(user for user in scene.people.values() if user.role == "director")

    def create(at: datetime) -> None:
        customer = create_customer(
            name=name,
            team=scene.teams[told["team"]],
            primary=scene.people[told["primary"]],
            state="prospect" if told.get("state") == "prospect" else "active",
            facts={
                "other_names": "\n".join(told.get("names", [])),
                "tier": told["tier"],
                "industry": told["industry"],
                "region": told["region"],
                "country": told["country"],
            },
            is_demo=True,
            by=boss,
            at=at,
        )
        scene.customers[name] = customer
        for part, username in (("sponsor", told.get("sponsor")), ("solution", _solution(told))):
            if username:
                user = scene.people[username]
                assign(customer, user=user, part=part, outside="grant", by=boss, at=at)
        facts = ("name", "title", "department", "level")
        scene.contacts[name] = [
            create_contact(
                customer=customer,
                facts=dict(zip(facts, person, strict=True)),
                by=scene.server(name, at),
                at=at,
            )
            for person in told["contacts"]
        ]

    scene.at(scene.when(FOUNDED - 1, number * 11), create)
    if told.get("state") == "dormant":
        reason = scene.texts(name)["undecided"][0]
        scene.at(
            scene.when(190, number * 7),
            lambda at: _fall_asleep(scene, name, reason, at),
        )
    _visits(scene, number, told)
    for place, sale in enumerate(told["sales"]):
        SaleStory(scene, told, sale, number * 5 + place * 3).write()


def _solution(told: Any) -> str:
    """Who works out solutions with the most important customers."""
    return "wu.gang" if told["tier"] == "S" else ""


def _fall_asleep(scene: Scene, name: str, reason: str, at: datetime) -> None:
    change_state(
        scene.customers[name], state="dormant", reason=reason, by=scene.server(name, at), at=at
    )


def _visits(scene: Scene, number: int, told: Any) -> None:
    """Regular contact through the year; some of it leaves something to do, which gets done."""
    name, texts = told["name"], scene.texts(told["name"])
    last = 200 if told.get("state") == "dormant" else 3
    first = 90 if told.get("state") == "prospect" else 362
    rhythm = {"S": 17, "A": 23, "B": 29, "C": 37}[told["tier"]]
    for turn, days in enumerate(range(first - number % 13, last, -rhythm)):
        kind, subject, outcome = texts["routine"][(number + turn) % len(texts["routine"])]
        scene.at(
            scene.when(days, number * 37 + turn * 61),
            lambda at, k=kind, s=subject, o=outcome, t=turn: _visit(scene, name, k, s, o, t, at),
        )
        if turn % 4 == 1:
            done = texts["done"][(number + turn) % len(texts["done"])]
            scene.at(
                scene.when(days, number * 37 + turn * 61 + 5),
                lambda at, s=outcome, r=done: _task(scene, name, s, r, at),
            )


def _visit(
    scene: Scene, name: str, kind: str, subject: str, outcome: str, turn: int, at: datetime
) -> None:
    """Remember who visited whom; all visits are written down together at the end."""
    people = scene.contacts[name]
    minutes = {"meeting": 75, "visit": 120, "call": 20}.get(kind, 0)
    scene.visits.append(
        ActivityRow(
            customer=scene.customers[name],
            author=scene.server(name, at),
            kind=kind,
            subject=subject,
            outcome=outcome,
            contacts=[people[turn % len(people)]],
            starts_at=at,
            ends_at=at + timedelta(minutes=minutes) if minutes else None,
        )
    )


def _task(scene: Scene, name: str, text: str, result: str, at: datetime) -> None:
    action = create_action(
        customer=scene.customers[name],
        text=text,
        due_date=at.date() + timedelta(days=7),
        by=scene.server(name, at),
        at=at,
    )
    complete(action, result=result, by=scene.server(name, at), at=at + timedelta(days=2))


def _rotate(scene: Scene, told: Any) -> None:
    moment = scene.when(told["day"], 480)

    def step(at: datetime) -> None:
        reassign_from(
            scene.people[told["from"]],
            receivers=[scene.people[told["to"]]],
            customer_ids=[scene.customers[name].pk for name in told["customers"]],
            reason=told["reason"],
            by=scene.people[told["by"]],
            at=at,
        )

    for name in told["customers"]:
        scene.serving[name].append((moment, told["to"]))
    scene.at(moment, step)


def _move(scene: Scene, told: Any) -> None:
    def step(at: datetime) -> None:
        keeper = next(user for user in scene.people.values() if user.role == "administrator")
        person = scene.people[told["user"]]
        change_user(person, team=scene.teams[told["team"]], by=keeper, at=at)
        scene.people[told["user"]] = User.objects.get(pk=person.pk)

    scene.at(scene.when(told["day"], 490), step)
