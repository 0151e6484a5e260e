"""What a person still holds at customers, before the account can be closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.utils.translation import ngettext

from accounts.callbacks import Held
from accounts.models import User
from crm.models import Action, Assignment, Commitment, Concern, HelpRequest, JointGoal, PeerPair


def still_holds(user: User) -> Iterable[Held]:
    """Customers, steps, meetings, promises, concerns, goals and requests that wait for him."""
    counts = _counts(_held(user))
    for name, (sentence, address) in _said(counts).items():
        count = counts[name]
        if count:
            yield Held(sentence.format(name=user, count=count), address.format(user.pk), count)


def _held(user: User) -> dict[str, QuerySet[Any]]:
    promises = Commitment.objects.filter(Q(deliverer=user) | Q(to_user=user))
    return {
        "primary": Assignment.objects.filter(
            user=user, part=Assignment.Part.PRIMARY, ends_at__isnull=True
        ),
        "steps": Action.objects.filter(owner=user, state=Action.State.PLANNED),
        "peers": PeerPair.objects.filter(user=user, ends_at__isnull=True),
        "promises": promises.filter(state__in=Commitment.OPEN),
        "concerns": Concern.objects.filter(owner=user, state__in=Concern.LIVE),
        "goals": JointGoal.objects.filter(owner=user, state=JointGoal.State.OPEN),
        "help": HelpRequest.objects.filter(asked=user, state__in=HelpRequest.OPEN),
    }


def _counts(held: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each has, in one query."""
    first, *rest = (
        rows.order_by().annotate(held=Value(name)).values_list("held").annotate(n=Count("pk"))
        for name, rows in held.items()
    )
    found: dict[str, int] = dict(first.union(*rest, all=True))
    return {name: found.get(name, 0) for name in held}


def _said(counts: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """The sentence for each, and where its rows are listed."""
    return {
        "primary": (
            ngettext(
                "{name} is the primary of {count} customer.",
                "{name} is the primary of {count} customers.",
                counts["primary"],
            ),
            "/customers/?primary={}",
        ),
        "steps": (
            ngettext(
                "{count} planned next step is {name}'s.",
                "{count} planned next steps are {name}'s.",
                counts["steps"],
            ),
            "",
        ),
        "peers": (
            ngettext(
                "{name} is the peer of {count} person at a customer.",
                "{name} is the peer of {count} people at customers.",
                counts["peers"],
            ),
            "",
        ),
        "promises": (
            ngettext(
                "{name} still has {count} open promise to see to.",
                "{name} still has {count} open promises to see to.",
                counts["promises"],
            ),
            "/promises/?holder={}",
        ),
        "concerns": (
            ngettext(
                "{name} still has {count} open concern to see to.",
                "{name} still has {count} open concerns to see to.",
                counts["concerns"],
            ),
            "/concerns/?owner={}",
        ),
        "goals": (
            ngettext(
                "{name} still sees to {count} goal agreed with a customer.",
                "{name} still sees to {count} goals agreed with customers.",
                counts["goals"],
            ),
            "",
        ),
        "help": (
            ngettext(
                "{name} is still asked for help with {count} thing.",
                "{name} is still asked for help with {count} things.",
                counts["help"],
            ),
            "",
        ),
    }
