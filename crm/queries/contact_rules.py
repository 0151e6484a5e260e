"""How people at customers may be contacted now: bans, quiet hours, and how often we came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from core.workingtime import zone_for
from crm.metrics import touches
from crm.models import Action, Activity, ActivityContact, Contact, ContactBan, ContactLimits

APPOINTED = (Activity.Kind.MEETING, Activity.Kind.VISIT)
WAITING = Activity.Kind.EMAIL
"""Meetings are agreed on and mail waits: neither disturbs in quiet hours."""
LOOK_BACK = timedelta(days=91)


@dataclass(frozen=True)
class Standing:
    """What holds for contacting one person at a moment, whoever of us does it."""

    contact: Contact
    at: datetime
    zone: ZoneInfo
    bans: list[ContactBan] = field(default_factory=list)
    quiet: tuple[time, time] | None = None
    most: int = touches.DEFAULT_MOST
    days: int = touches.DEFAULT_DAYS
    held: list[date] = field(default_factory=list)
    planned: list[tuple[int, date | None]] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day it is where the person is."""
        return self.at.astimezone(self.zone).date()

    @property
    def local_time(self) -> time:
        """The time it is there."""
        return self.at.astimezone(self.zone).time()

    @property
    def quiet_from(self) -> time | None:
        """When quiet begins there."""
        return self.quiet[0] if self.quiet else None

    @property
    def quiet_until(self) -> time | None:
        """When it ends."""
        return self.quiet[1] if self.quiet else None

    @property
    def count(self) -> int:
        """How many contacts fall into the days of the cap, today included."""
        return touches.within(self.held, self.today, self.days)

    @property
    def is_full(self) -> bool:
        """Whether one more contact today would be one too many."""
        return self.count >= self.most

    @property
    def is_quiet(self) -> bool:
        """Whether it is within the quiet hours, which may go over midnight."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        if start < end:
            return start <= self.local_time < end
        return self.local_time >= start or self.local_time < end

    @property
    def is_restricted(self) -> bool:
        """Whether there is anything to say before one contacts them now."""
        return bool(self.bans) or self.is_quiet or self.is_full

    def ban_by(self, channel: str) -> ContactBan | None:
        """What forbids this channel; without a channel, what forbids them all."""
        fitting = (ban for ban in self.bans if not ban.channels or channel in ban.channels)
        return next(fitting, None)

    def disturbs(self, kind: str) -> bool:
        """Whether something of this kind, now, falls into the quiet hours."""
        return self.is_quiet and kind not in (*APPOINTED, WAITING)

    def days_but(self, action_id: int | None) -> list[date]:
        """Days of contact, held and planned; what is late is to come, so it counts today."""
        planned = [
            max(day or self.today, self.today) for pk, day in self.planned if pk != action_id
        ]
        return [*self.held, *planned]


def standings(
    contacts: Iterable[int], *, at: datetime, but_activity: int | None = None
) -> list[Standing]:
    """Of each of these people at a moment; two queries for any number."""
    held = (
        ActivityContact.objects.filter(
            contact=OuterRef("pk"),
            activity__incoming=False,
            activity__starts_at__gt=at - LOOK_BACK,
            activity__starts_at__lte=at,
        )
        .exclude(activity__kind=Activity.Kind.NOTE)
        .exclude(activity=but_activity)
        .values("activity__starts_at")
    )
    planned = Action.objects.filter(contact=OuterRef("pk"), state=Action.State.PLANNED).values(
        pair=JSONObject(id="id", day="due_date")
    )
    rows = (
        Contact.objects.filter(pk__in=list(contacts))
        .select_related("customer", "limits")
        .annotate(held_at=ArraySubquery(held), planned_on=ArraySubquery(planned))
        .order_by("name", "pk")
    )
    people: list[Any] = list(rows)
    found = bans_at(people, at)
    return [_standing(person, found, at) for person in people]


OF_CONTACT = Q(contact=OuterRef("pk")) | Q(contact__isnull=True, customer=OuterRef("customer_id"))
"""Of a person, or of everybody at his customer, in a subquery of people."""


def bans_holding(at: datetime) -> QuerySet[ContactBan]:
    """What holds at a moment."""
    return ContactBan.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


def bans_at(people: Iterable[Contact], at: datetime) -> list[ContactBan]:
    """What holds at a moment for these people or for everybody at their customers."""
    known = list(people)
    return list(
        bans_holding(at)
        .filter(
            Q(contact__in=known)
            | Q(contact__isnull=True, customer__in={person.customer_id for person in known})
        )
        .select_related("by")
        .order_by("-starts_at", "-pk")
    )


def _standing(person: Any, bans: list[ContactBan], at: datetime) -> Standing:
    limits: ContactLimits | None = getattr(person, "limits", None)
    name = limits.time_zone if limits else ""
    zone = ZoneInfo(name) if name else zone_for(person.customer.country)
    quiet = None
    if limits and limits.quiet_from is not None and limits.quiet_until is not None:
        quiet = (limits.quiet_from, limits.quiet_until)
    own = limits is not None and limits.most is not None
    return Standing(
        contact=person,
        at=at,
        zone=zone,
        bans=[
            ban
            for ban in bans
            if ban.contact_id == person.pk
            or (ban.contact_id is None and ban.customer_id == person.customer_id)
        ],
        quiet=quiet,
        most=limits.most if own and limits and limits.most else touches.DEFAULT_MOST,
        days=limits.days if own and limits and limits.days else touches.DEFAULT_DAYS,
        held=[moment.astimezone(zone).date() for moment in person.held_at],
        planned=[(each["id"], _day(each["day"])) for each in person.planned_on],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def standings_at(customer_id: int, at: datetime) -> list[Standing]:
    """Of the people at a customer who cannot be contacted freely now."""
    people = Contact.objects.filter(customer=customer_id, state=Contact.State.ACTIVE)
    ids = people.order_by("name", "pk").values_list("pk", flat=True)[:60]
    return [one for one in standings(ids, at=at) if one.is_restricted]


def standing_of(contact: Contact, at: datetime) -> Standing:
    """Of one person."""
    return standings([contact.pk], at=at)[0]


def limits_of(contact: Contact) -> ContactLimits | None:
    """What was agreed with the person."""
    return ContactLimits.objects.filter(contact=contact).first()
