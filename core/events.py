"""Recording facts, and listening to them.

A command records inside its transaction; the relay tells subscribers after the commit, at least
once. Subscribers register in `<app>/subscribers.py` and must be idempotent by a unique key.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction
from kombu.exceptions import OperationalError

from core.models import Event

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


class FactRow(NamedTuple):
    """One event to be recorded by `record_rows`."""

    subject_id: int
    scope_id: int | None
    data: Mapping[str, Any]
    is_demo: bool = False


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
    row = _row(Fact(name, subject, scope, data or {}), by)
    [pk] = _write([row], by, at)
    return Event(
        pk=pk,
        name=name,
        subject_label=row[1],
        subject_id=row[2],
        scope_id=row[3],
        actor_id=by.pk,
        actor_name=str(by),
        at=at,
        data=dict(data or {}),
        is_demo=row[5],
    )


def record_many(facts: Iterable[Fact], *, by: Any, at: datetime) -> None:
    """Write many facts of one act in one statement."""
    _write([_row(fact, by) for fact in facts], by, at)


def record_rows(
    name: str, subject: type[models.Model], rows: Iterable[FactRow], *, by: Any, at: datetime
) -> None:
    """Write one kind of fact about many things of which only the ids are at hand."""
    label = subject._meta.label_lower
    _write([(name, label, *row[:2], _packed(row.data), row.is_demo) for row in rows], by, at)


_TELL = """
WITH told AS (
    INSERT INTO core_event
        (name, subject_label, subject_id, scope_id, actor_id, actor_name, at, data, is_demo)
    SELECT f.name, f.label, f.subject, f.scope, %(by)s, %(by_name)s, %(at)s, f.data, f.is_demo
    FROM unnest(%(names)s::text[], %(labels)s::text[], %(subjects)s::bigint[],
                %(scopes)s::bigint[], %(data)s::jsonb[], %(demos)s::boolean[])
         WITH ORDINALITY AS f (name, label, subject, scope, data, is_demo, place)
    ORDER BY f.place
    RETURNING id, name
), waiting AS (
    INSERT INTO core_outboxentry (event_id, consumer, available_at, attempts, last_error)
    SELECT told.id, c.consumer, %(at)s, 0, ''
    FROM told
    JOIN unnest(%(heard)s::text[], %(consumers)s::text[]) AS c (name, consumer)
        ON c.name = told.name
    ORDER BY told.id
)
SELECT id FROM told ORDER BY id
"""


def _write(rows: list[tuple[Any, ...]], by: Any, at: datetime) -> list[int]:
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction that makes it true")
    if not rows:
        return []
    names, labels, subjects, scopes, data, demos = map(list, zip(*rows, strict=True))
    pairs = [
        (name, subscription.key)
        for name in sorted(set(names))
        for subscription in _subscriptions.values()
        if subscription.hears(name)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            {
                "by": by.pk,
                "by_name": str(by),
                "at": at,
                "names": names,
                "labels": labels,
                "subjects": subjects,
                "scopes": scopes,
                "data": data,
                "demos": demos,
                "heard": [name for name, _consumer in pairs],
                "consumers": [consumer for _name, consumer in pairs],
            },
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    if pairs:
        _nudge_after_commit()
    return ids


def _row(fact: Fact, by: Any) -> tuple[Any, ...]:
    owner = next((o for o in (fact.scope, fact.subject) if hasattr(o, "is_demo")), by)
    return (
        fact.name,
        fact.subject._meta.label_lower,
        fact.subject.pk,
        fact.scope.pk if fact.scope is not None else None,
        _packed(fact.data),
        bool(getattr(owner, "is_demo", False)),
    )


def _packed(data: Mapping[str, Any]) -> str:
    return json.dumps(dict(data))


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
