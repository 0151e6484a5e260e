"""Taking customers and their people over from another system, many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from uuid import uuid4

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import Role, Team, User
from accounts.queries.references import find_teams, find_users
from core import events
from core.commands.outcome import Outcome
from crm.commands import grants
from crm.commands.locks import hold_parents
from crm.commands.pinyin import pinyin_of
from crm.models import Assignment, Contact, Customer
from crm.queries.references import find_customers

FACTS = (
    "name",
    "other_names",
    "registration_number",
    "tier",
    "industry",
    "region",
    "country",
    "website",
    "address",
)
CONTACT_FACTS = ("name", "title", "department", "level", "email", "phone", "state")
UNSERVED = "unserved"
"""The external id of the team that holds a source's customers nobody serves yet."""

SERVING = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR})


class CustomerRow(TypedDict, total=False):
    """A customer as a file tells of it; what it does not tell is absent."""

    external_id: str
    name: str
    other_names: str
    registration_number: str
    tier: str
    industry: str
    region: str
    country: str
    website: str
    address: str
    state: str
    parent: str
    team: str
    primary: str


class ContactRow(TypedDict, total=False):
    """A person at a customer as a file tells of him."""

    external_id: str
    customer: str
    name: str
    title: str
    department: str
    level: int
    email: str
    phone: str
    state: str


@dataclass(frozen=True)
class Service:
    """Who is to serve a customer: a primary where there is none yet, and deputies."""

    customer_id: int
    primary_id: int | None
    deputy_ids: tuple[int, ...] = ()
    active: bool = False


@transaction.atomic
def import_customers(
    rows: Sequence[CustomerRow], *, source: str, by: User, at: datetime, is_demo: bool = False
) -> Outcome:
    """Create these customers or bring their facts up to date.

    Who serves a customer is taken once; afterwards only reassigning changes it, and a row that
    says otherwise is rejected. A row whose parent is not there yet waits.
    """
    require(by, "data.import")
    batch = _CustomerBatch(rows, source, by, at, is_demo)
    outcome = Outcome()
    new: list[Customer] = []
    changed: list[Customer] = []
    for place, row in enumerate(rows):
        customer = batch.present.get(row["external_id"])
        problem = batch.problem(row, customer)
        if problem:
            outcome.reject(place, problem)
        elif batch.parent_is_missing(row):
            outcome.wait(place, batch.parents[1][row["parent"]])
        elif customer is None:
            new.append(batch.build(row))
            outcome.created += 1
        elif batch.change(customer, row):
            changed.append(customer)
            outcome.updated += 1
        else:
            outcome.unchanged += 1
    batch.write(new, changed)
    return outcome


class _CustomerBatch:
    """What the rows of one batch refer to, looked up once."""

    def __init__(
        self, rows: Sequence[CustomerRow], source: str, by: User, at: datetime, is_demo: bool
    ) -> None:
        self.source, self.by, self.at, self.is_demo = source, by, at, is_demo
        self.rows = {row["external_id"]: row for row in rows}
        found = (
            Customer.objects.select_for_update(no_key=True)
            .filter(source=source, external_id__in=[row["external_id"] for row in rows])
            .prefetch_related("team")
        )
        self.present = {c.external_id: c for c in found.order_by("pk")}
        if any(row.get("parent") for row in rows):
            hold_parents()
        self.teams = find_teams((row.get("team", "") for row in rows), source=source)
        self.users = find_users((row.get("primary", "") for row in rows), source=source)
        self.parents = find_customers((row.get("parent", "") for row in rows), source=source)
        self.primaries = dict(
            Assignment.objects.filter(
                customer__in=[c.pk for c in self.present.values()],
                part=Assignment.Part.PRIMARY,
                ends_at__isnull=True,
            ).values_list("customer_id", "user_id")
        )

    def problem(self, row: CustomerRow, customer: Customer | None) -> str:
        """Why the row cannot be taken; empty when it can."""
        for references, name in ((self.teams, "team"), (self.users, "primary")):
            text = row.get(name, "")
            if text in references[1]:
                return references[1][text]
        primary = self.users[0].get(row.get("primary", ""))
        if primary is not None and (primary.role not in SERVING or not primary.is_active):
            return _("{name} cannot serve a customer.").format(name=primary)
        held = self.primaries.get(customer.pk) if customer else None
        if row.get("state") == Customer.State.ACTIVE and not (primary or held):
            return _("An active customer needs a primary. Say who, in the column for it.")
        if customer is None:
            return ""
        if primary is not None and held not in (None, primary.pk):
            return _("Somebody else is the primary here now. Reassign the customer in Baton.")
        return self._moves(row, customer) or self._cycle(row, customer)

    def _moves(self, row: CustomerRow, customer: Customer) -> str:
        team = self.teams[0].get(row.get("team", ""))
        if team is None or team.pk == customer.team_id or self._is_unserved(customer):
            return ""
        return _("It is served by the team {team} now. Move it in Baton.").format(
            team=customer.team.name
        )

    def _is_unserved(self, customer: Customer) -> bool:
        return (customer.team.source, customer.team.external_id) == (self.source, UNSERVED)

    def _cycle(self, row: CustomerRow, customer: Customer) -> str:
        above: Customer | None = self.parents[0].get(row.get("parent", ""))
        for _step in range(50):
            if above is None:
                return ""
            if above.pk == customer.pk:
                break
            above = above.parent
        return _("{name} cannot be above itself.").format(name=customer.name)

    def parent_is_missing(self, row: CustomerRow) -> bool:
        return row.get("parent", "") in self.parents[1]

    def build(self, row: CustomerRow) -> Customer:
        facts: dict[str, Any] = {name: row[name] for name in FACTS if name in row}
        primary = self.users[0].get(row.get("primary", ""))
        team = self.teams[0].get(row.get("team", "")) or (primary.team if primary else None)
        return Customer(
            **facts,
            team=team or self._unserved_team(),
            parent=self.parents[0].get(row.get("parent", "")),
            pinyin=pinyin_of(row["name"], row.get("other_names", "")),
            state=row.get("state", Customer.State.PROSPECT),
            source=self.source,
            external_id=row["external_id"],
            created_at=self.at,
            updated_at=self.at,
            is_demo=self.is_demo,
        )

    def change(self, customer: Customer, row: CustomerRow) -> bool:
        """Set what differs; whether anything did."""
        facts: dict[str, Any] = {name: row[name] for name in (*FACTS, "state") if name in row}
        if "parent" in row:
            facts["parent_id"] = self.parents[0][row["parent"]].pk
        primary = self.users[0].get(row.get("primary", ""))
        if "team" in row:
            facts["team_id"] = self.teams[0][row["team"]].pk
        elif primary is not None and primary.team_id and self._is_unserved(customer):
            facts["team_id"] = primary.team_id
        different = [name for name, value in facts.items() if getattr(customer, name) != value]
        for name in different:
            setattr(customer, name, facts[name])
        if different:
            customer.pinyin = pinyin_of(customer.name, customer.other_names)
            customer.updated_at = self.at
        return bool(different) or (primary is not None and customer.pk not in self.primaries)

    def write(self, new: Sequence[Customer], changed: Sequence[Customer]) -> None:
        """Everything of the batch in a handful of statements."""
        created = Customer.objects.bulk_create(new)
        Customer.objects.bulk_update(
            changed,
            [*FACTS, "state", "parent", "team", "pinyin", "updated_at"],
            batch_size=500,
        )
        events.record_many(
            [
                events.Fact("customer.imported", c, c, {"source": self.source, "name": c.name})
                for c in [*created, *changed]
            ],
            by=self.by,
            at=self.at,
        )
        services = []
        for customer in [*created, *changed]:
            primary = self.users[0].get(self.rows[customer.external_id].get("primary", ""))
            if primary is not None and customer.pk not in self.primaries:
                services.append(Service(customer.pk, primary.pk))
        _open(services, by=self.by, at=self.at)

    def _unserved_team(self) -> Team:
        return unserved_team(source=self.source, is_demo=self.is_demo, by=self.by, at=self.at)


def unserved_team(*, source: str, by: User, at: datetime, is_demo: bool = False) -> Team:
    """The team holding what nobody serves yet: it has no members, so only directors see it."""
    team = Team.objects.filter(source=source, external_id=UNSERVED).first()
    if team is None:
        team = Team.objects.create(
            name=_("To be distributed"),
            group=Group.objects.create(name=f"team:{uuid4()}"),
            source=source,
            external_id=UNSERVED,
            is_demo=is_demo,
        )
        events.record("team.created", team, by=by, at=at, data={"name": team.name})
    return team


@transaction.atomic
def serve(services: Sequence[Service], *, by: User, at: datetime) -> dict[str, int]:
    """Give imported customers the people who do business there; counts what was opened.

    A customer that has a primary keeps it; the serving team changes only for one nobody served.
    """
    require(by, "data.import")
    customers = {
        c.pk: c
        for c in Customer.objects.select_for_update(no_key=True)
        .filter(pk__in=[service.customer_id for service in services])
        .prefetch_related("team")
        .order_by("pk")
    }
    users = User.objects.in_bulk([s.primary_id for s in services if s.primary_id])
    moved = []
    for service in services:
        customer = customers[service.customer_id]
        primary = users.get(service.primary_id or 0)
        if primary is not None and primary.team_id and customer.team.external_id == UNSERVED:
            customer.team_id = primary.team_id
            moved.append(customer)
        if service.active and customer.state == Customer.State.PROSPECT and primary is not None:
            customer.state = Customer.State.ACTIVE
            moved.append(customer)
    for customer in moved:
        customer.updated_at = at
    opened = _open(services, by=by, at=at)
    Customer.objects.bulk_update(
        dict.fromkeys(moved), ["team", "state", "updated_at"], batch_size=500
    )
    return opened


def _open(services: Sequence[Service], *, by: User, at: datetime) -> dict[str, int]:
    """Open assignments in bulk, with their rows of access and their events."""
    rows = []
    for service in services:
        if service.primary_id:
            rows.append((service.customer_id, service.primary_id, Assignment.Part.PRIMARY))
        rows += [(service.customer_id, user, Assignment.Part.DEPUTY) for user in service.deputy_ids]
    if not rows:
        return {"primary": 0, "deputy": 0}
    reason = _("By the business found at import.")
    Assignment.objects.bulk_create(
        [
            Assignment(customer_id=c, user_id=u, part=part, starts_at=at, reason=reason)
            for c, u, part in rows
        ],
        batch_size=2000,
    )
    customer_ids = sorted({c for c, _u, _p in rows})
    grants.open_rows(customer_ids, sorted({u for _c, u, _p in rows}))
    customers = Customer.objects.in_bulk(customer_ids)
    names = dict(User.objects.filter(pk__in={u for _c, u, _p in rows}).values_list("pk", "name"))
    events.record_many(
        [
            events.Fact(
                "assignment.imported",
                customers[c],
                customers[c],
                {"user": u, "user_name": names[u], "part": part, "reason": reason},
            )
            for c, u, part in rows
        ],
        by=by,
        at=at,
    )
    parts = [str(part) for _c, _u, part in rows]
    return {"primary": parts.count("primary"), "deputy": parts.count("deputy")}


@transaction.atomic
def import_contacts(
    rows: Sequence[ContactRow], *, source: str, by: User, at: datetime, is_demo: bool = False
) -> Outcome:
    """Create these contacts or bring their facts up to date; a contact never changes customer."""
    require(by, "data.import")
    outcome = Outcome()
    customers, problems = find_customers((row["customer"] for row in rows), source=source)
    present = {
        contact.external_id: contact
        for contact in Contact.objects.select_for_update(of=("self",))
        .filter(source=source, external_id__in=[row["external_id"] for row in rows])
        .order_by("pk")
    }
    new: list[Contact] = []
    changed: list[Contact] = []
    for place, row in enumerate(rows):
        if row["customer"] in problems:
            outcome.reject(place, problems[row["customer"]])
            continue
        customer, contact = customers[row["customer"]], present.get(row["external_id"])
        facts: dict[str, Any] = {name: row[name] for name in CONTACT_FACTS if name in row}
        if contact is None:
            new.append(
                Contact(
                    **facts,
                    customer=customer,
                    source=source,
                    external_id=row["external_id"],
                    created_at=at,
                    updated_at=at,
                )
            )
            outcome.created += 1
        elif contact.customer_id != customer.pk:
            outcome.reject(place, _("This contact belongs to another customer in Baton."))
        elif _set(contact, facts):
            contact.updated_at = at
            changed.append(contact)
            outcome.updated += 1
        else:
            outcome.unchanged += 1
    _write_contacts(new, changed, customers, source=source, by=by, at=at)
    return outcome


def _set(contact: Contact, facts: Mapping[str, Any]) -> bool:
    different = [name for name, value in facts.items() if getattr(contact, name) != value]
    for name in different:
        setattr(contact, name, facts[name])
    return bool(different)


def _write_contacts(
    new: Sequence[Contact],
    changed: Sequence[Contact],
    customers: Mapping[str, Customer],
    *,
    source: str,
    by: User,
    at: datetime,
) -> None:
    created = Contact.objects.bulk_create(new)
    Contact.objects.bulk_update(changed, [*CONTACT_FACTS, "updated_at"], batch_size=500)
    by_id = {customer.pk: customer for customer in customers.values()}
    events.record_many(
        [
            events.Fact(
                "contact.imported", c, by_id[c.customer_id], {"source": source, "name": c.name}
            )
            for c in [*created, *changed]
        ],
        by=by,
        at=at,
    )
