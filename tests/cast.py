"""The small cast every test plays with.

North (lead Boris; Anna and Nils are reps) and South (lead Clara; Ben is a rep) lie below the
company, which Dora directs. Otto administers. Acme belongs to North and Anna serves it; Zenith
belongs to South and Ben serves it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import factory
from django.contrib.auth.models import Group, Permission

from accounts.commands.teams import sync_readers
from accounts.models import Role, Team, User
from crm.models import Activity, Assignment, Contact, Customer, CustomerUserPermission

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in Shanghai."""


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    group = factory.LazyAttribute(lambda team: Group.objects.create(name=f"team:{team.name}"))


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.LazyAttribute(lambda user: user.username.title())
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    role = Role.REP
    time_zone = "Asia/Shanghai"
    password = "!"


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"Customer {n}")
    tier = Customer.Tier.A
    created_at = NOW - timedelta(days=400)
    updated_at = NOW - timedelta(days=400)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    name = factory.Sequence(lambda n: f"Contact {n}")
    created_at = NOW - timedelta(days=400)
    updated_at = NOW - timedelta(days=400)


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    kind = Activity.Kind.CALL
    subject = factory.Sequence(lambda n: f"Activity {n}")
    starts_at = NOW - timedelta(days=1)
    created_at = NOW - timedelta(days=1)


def assign(
    customer: Customer,
    user: User,
    part: str = Assignment.Part.PRIMARY,
    since: datetime = NOW - timedelta(days=300),
) -> Assignment:
    """An open assignment with the rows of access that belong to it."""
    row = Assignment.objects.create(customer=customer, user=user, part=part, starts_at=since)
    codenames = ["view_customer"]
    if part in (Assignment.Part.PRIMARY, Assignment.Part.DEPUTY):
        codenames.append("change_customer")
    CustomerUserPermission.objects.bulk_create(
        [
            CustomerUserPermission(
                content_object=customer, user=user, permission=permission, origin="assignment"
            )
            for permission in Permission.objects.filter(
                content_type__app_label="crm", codename__in=codenames
            )
        ],
        ignore_conflicts=True,
    )
    return row


def gather() -> SimpleNamespace:
    """Create the cast described above."""
    cast: dict[str, Any] = {"now": NOW}
    company, north, south = _teams()
    people = {
        "anna": (Role.REP, north, 1),
        "nils": (Role.REP, north, 1),
        "boris": (Role.MANAGER, north, 3),
        "ben": (Role.REP, south, 1),
        "clara": (Role.MANAGER, south, 3),
        "dora": (Role.DIRECTOR, company, 4),
        "otto": (Role.ADMINISTRATOR, company, 2),
    }
    cast |= {
        username: UserFactory.build(username=username, role=role, team=team, level=level)
        for username, (role, team, level) in people.items()
    }
    User.objects.bulk_create([cast[username] for username in people])
    north.lead, south.lead, company.lead = cast["boris"], cast["clara"], cast["dora"]
    Team.objects.bulk_update([north, south, company], ["lead"])
    sync_readers()
    cast |= {"company": company, "north": north, "south": south}
    cast["acme"] = CustomerFactory.build(name="Acme", team=north)
    cast["zenith"] = CustomerFactory.build(name="Zenith 天顶", team=south)
    both = Customer.objects.bulk_create([cast["acme"], cast["zenith"]])
    assign(cast["acme"], cast["anna"])
    assign(cast["zenith"], cast["ben"])
    Customer.objects.filter(pk__in=[each.pk for each in both]).update(state="active")
    cast["acme"].refresh_from_db()
    cast["zenith"].refresh_from_db()
    return SimpleNamespace(**cast)


def _teams() -> list[Team]:
    names = ("Company", "North", "South")
    groups = Group.objects.bulk_create([Group(name=f"team:{name}") for name in names])
    company, north, south = (
        TeamFactory.build(name=name, group=group) for name, group in zip(names, groups, strict=True)
    )
    company.save()
    for team in (north, south):
        team.parent, team.region = company, team.name
    Team.objects.bulk_create([north, south])
    return [company, north, south]
