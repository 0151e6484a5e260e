"""Recording facts, and listening to them.

A command records inside its transaction; the relay tells subscribers after the commit, at least
once. Subscribers register in `<app>/subscribers.py` and must be idempotent by a unique key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from kombu.exceptions import OperationalError

from core.models import Event, OutboxEntry

logger = logging.getLogger(__name__)

Handler = Callable[[Event], None]


@dataclass(frozen=True)
class Subscription:
    """A consumer: a stable key, what it hears (`opportunity.advanced` or `opportunity.*`)."""

    key: str
    pattern: str
    handler: Handler

    def hears(self, name: str) -> bool:
        if self.pattern.endswith("*"):
            return name.startswith(self.pattern[:-1])
        return name == self.pattern


@dataclass(frozen=True)
class Fact:
    """One event to be recorded by `record_many`."""

    name: str
    subject: models.Model
    scope: models.Model | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


_subscriptions: dict[str, Subscription] = {}


def subscribe(pattern: str, *, key: str) -> Callable[[Handler], Handler]:
    """Register a consumer under a key that must never change, as waiting entries carry it."""

    def register(handler: Handler) -> Handler:
        if key in _subscriptions:
            raise ValueError(f"two consumers are called {key}")
        _subscriptions[key] = Subscription(key, pattern, handler)
        return handler

    return register


def handler_of(key: str) -> Handler | None:
    """The consumer's function, or None when this release no longer has it."""
    subscription = _subscriptions.get(key)
    return subscription.handler if subscription else None


def record(
    name: str,
    subject: models.Model,
    *,
    by: Any,
    at: datetime,
    scope: models.Model | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write one fact into the log and the outbox; must run inside the command's transaction."""
    return record_many([Fact(name, subject, scope, data or {})], by=by, at=at)[0]


def record_many(facts: Iterable[Fact], *, by: Any, at: datetime) -> list[Event]:
    """Write many facts of one act in two statements."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction that makes it true")
    events = Event.objects.bulk_create([_event(fact, by, at) for fact in facts], batch_size=2000)
    entries = [
        OutboxEntry(event=event, consumer=subscription.key, available_at=at)
        for event in events
        for subscription in _subscriptions.values()
        if subscription.hears(event.name)
    ]
    if entries:
        OutboxEntry.objects.bulk_create(entries, batch_size=2000)
        _nudge_after_commit()
    return events


def _event(fact: Fact, by: Any, at: datetime) -> Event:
    owner = next((o for o in (fact.scope, fact.subject) if hasattr(o, "is_demo")), by)
    return Event(
        name=fact.name,
        subject_label=fact.subject._meta.label_lower,
        subject_id=fact.subject.pk,
        scope_id=fact.scope.pk if fact.scope is not None else None,
        actor_id=by.pk,
        actor_name=str(by),
        at=at,
        data=dict(fact.data),
        is_demo=bool(getattr(owner, "is_demo", False)),
    )


def _nudge_after_commit() -> None:
    """Ask for one relay run per transaction, however many facts it records."""
    waiting = transaction.get_connection().run_on_commit
    if not any(callback is nudge for _, callback, *_ in waiting):
        transaction.on_commit(nudge)


def nudge() -> None:
    """Tell a worker to look now; without a broker the periodic sweep looks a little later."""
    from core.tasks import relay  # noqa: PLC0415 - tasks are a door above this module

    try:
        relay.apply_async(retry=False)
    except OperationalError:
        logger.warning("no broker: events wait for the next sweep")
