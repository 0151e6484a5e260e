"""The demo company's peer pairs, and the meetings by which they are kept or overdue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm.commands.import_activities import ActivityRow
from crm.commands.peer_pairs import pair

if TYPE_CHECKING:
    from integrations.commands.demo import Scene

MEETING = timedelta(minutes=75)


def pair_up(scene: Scene) -> None:
    """Open every pair on its day, and remember when the two met."""
    for number, told in enumerate(scene.script.peers):
        scene.at(
            scene.when(told["opened"], 300 + number), lambda at, told=told: _open(scene, told, at)
        )
        for days in told["met"]:
            scene.at(
                scene.when(days, 130 + number * 17), lambda at, told=told: _meet(scene, told, at)
            )


def _contact(scene: Scene, told: Any) -> Any:
    return next(one for one in scene.contacts[told["customer"]] if one.name == told["name"])


def _open(scene: Scene, told: Any, at: datetime) -> None:
    pair(
        _contact(scene, told),
        user=scene.people[told["user"]],
        purpose=told["purpose"],
        cadence_days=told["cadence"],
        is_sponsor=told.get("sponsor", False),
        by=scene.server(told["customer"], at),
        at=at,
    )


def _meet(scene: Scene, told: Any, at: datetime) -> None:
    scene.visits.append(
        ActivityRow(
            customer=scene.customers[told["customer"]],
            author=scene.people[told["user"]],
            kind="meeting",
            subject=told["purpose"],
            contacts=[_contact(scene, told)],
            starts_at=at,
            ends_at=at + MEETING,
        )
    )
