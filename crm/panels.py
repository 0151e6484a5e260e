"""Slots on the pages of this floor that floors above fill with views of their own.

A panel has its own URL and its own access check; the page only leaves the place for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

CUSTOMER_SLOTS = ("opportunities", "head", "side")


@dataclass(frozen=True)
class Panel:
    """A view that fills a slot; its URL takes the id of the customer."""

    slot: str
    view_name: str
    title: Any
    order: int


_panels: list[Panel] = []


def register(slot: str, view_name: str, *, title: Any = "", order: int = 50) -> None:
    """Fill a slot of the customer page with the named view."""
    if slot not in CUSTOMER_SLOTS:
        raise ValueError(f"the customer page has no slot {slot}")
    if all(panel.view_name != view_name for panel in _panels):
        _panels.append(Panel(slot, view_name, title, order))
        _panels.sort(key=lambda panel: panel.order)


def panels_of(slot: str, customer_id: int) -> list[tuple[Any, str]]:
    """Title and address of each panel in a slot of this customer's page."""
    return [
        (panel.title, reverse(panel.view_name, args=[customer_id]))
        for panel in _panels
        if panel.slot == slot
    ]
