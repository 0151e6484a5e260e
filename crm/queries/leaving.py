"""What a person still holds at customers, before the account can be closed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import ngettext

from accounts.callbacks import Held
from accounts.models import User
from crm.models import Action, Assignment, Commitment, Concern, HelpRequest, JointGoal, PeerPair


def still_serves(user: User) -> Iterable[Held]:
    """Customers whose primary he is, next steps that wait for him, and whom he is to meet."""
    primary = Assignment.objects.filter(
        user=user, part=Assignment.Part.PRIMARY, ends_at__isnull=True
    ).count()
    if primary:
        sentence = ngettext(
            "{name} is the primary of {count} customer.",
            "{name} is the primary of {count} customers.",
            primary,
        )
        yield Held(
            sentence.format(name=user, count=primary), f"/customers/?primary={user.pk}", primary
        )
    planned = Action.objects.filter(owner=user, state=Action.State.PLANNED).count()
    if planned:
        sentence = ngettext(
            "{count} planned next step is {name}'s.",
            "{count} planned next steps are {name}'s.",
            planned,
        )
        yield Held(sentence.format(name=user, count=planned), "", planned)
    paired = PeerPair.objects.filter(user=user, ends_at__isnull=True).count()
    if paired:
        sentence = ngettext(
            "{name} is the peer of {count} person at a customer.",
            "{name} is the peer of {count} people at customers.",
            paired,
        )
        yield Held(sentence.format(name=user, count=paired), "", paired)


def still_delivers(user: User) -> Iterable[Held]:
    """Open promises he is to keep, or waits for."""
    open_ones = Commitment.objects.filter(state__in=Commitment.OPEN)
    count = open_ones.filter(Q(deliverer=user) | Q(to_user=user)).count()
    if count:
        sentence = ngettext(
            "{name} still has {count} open promise to see to.",
            "{name} still has {count} open promises to see to.",
            count,
        )
        yield Held(sentence.format(name=user, count=count), f"/promises/?holder={user.pk}", count)


def still_sees_to(user: User) -> Iterable[Held]:
    """Live concerns and open goals he is to see to."""
    count = Concern.objects.filter(owner=user, state__in=Concern.LIVE).count()
    if count:
        sentence = ngettext(
            "{name} still has {count} open concern to see to.",
            "{name} still has {count} open concerns to see to.",
            count,
        )
        yield Held(sentence.format(name=user, count=count), f"/concerns/?owner={user.pk}", count)
    goals = JointGoal.objects.filter(owner=user, state=JointGoal.State.OPEN).count()
    if goals:
        sentence = ngettext(
            "{name} still sees to {count} goal agreed with a customer.",
            "{name} still sees to {count} goals agreed with customers.",
            goals,
        )
        yield Held(sentence.format(name=user, count=goals), "", goals)


def still_asked(user: User) -> Iterable[Held]:
    """Open requests for help of others that wait for him."""
    count = HelpRequest.objects.filter(asked=user, state__in=HelpRequest.OPEN).count()
    if count:
        sentence = ngettext(
            "{name} is still asked for help with {count} thing.",
            "{name} is still asked for help with {count} things.",
            count,
        )
        yield Held(sentence.format(name=user, count=count), "", count)
