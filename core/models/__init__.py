"""The ground's nouns."""

from core.models.calendar import CalendarException
from core.models.events import Event, OutboxEntry
from core.models.heartbeat import Heartbeat
from core.models.idempotency import IdempotencyKey

__all__ = ["CalendarException", "Event", "Heartbeat", "IdempotencyKey", "OutboxEntry"]
