"""The ground's nouns."""

from core.models.events import Event, OutboxEntry

__all__ = ["Event", "OutboxEntry"]
