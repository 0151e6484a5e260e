"""What the demo company and its customers promised each other, and what became of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm.commands import commitments, expectations
from crm.models import Commitment, Contact

if TYPE_CHECKING:
    from integrations.commands.demo import Scene


class PromiseStory:
    """One promise: given, perhaps moved, and kept, let go, or left to its day."""

    def __init__(self, scene: Scene, told: Any, number: int) -> None:
        self.scene = scene
        self.told = told
        self.minute = number * 17 + 120
        self.promise: Commitment

    def write(self) -> None:
        """Put each of its days into the play."""
        told = self.told
        self._at(told["made"], self._make)
        if "moved" in told:
            self._at(told["moved"][0], self._move)
        if "kept" in told:
            self._at(told["kept"], self._keep)
        if "gone" in told:
            self._at(told["gone"][0], self._let_go)

    def _at(self, days_ago: int, step: Any) -> None:
        self.scene.at(self.scene.when(days_ago, self.minute), step)

    def _day(self, days_ago: int) -> date:
        return self.scene.today - timedelta(days=days_ago)

    def _contact(self) -> Contact:
        return who_at(self.scene, self.told)

    def _make(self, at: datetime) -> None:
        told = self.told
        self.promise = commitments.make(
            customer=self.scene.customers[told["customer"]],
            direction=told["side"],
            text=told["text"],
            due_date=self._day(told["due"]),
            contact=self._contact(),
            by=self.scene.server(told["customer"], at),
            at=at,
        )

    def _move(self, at: datetime) -> None:
        _when, due, word = self.told["moved"]
        commitments.renegotiate(
            self.promise,
            due_date=self._day(due),
            agreed_by=self._contact(),
            consent=word,
            by=self.scene.server(self.told["customer"], at),
            at=at,
        )

    def _keep(self, at: datetime) -> None:
        by = self.scene.server(self.told["customer"], at)
        commitments.keep(self.promise, evidence=self.told["shows"], by=by, at=at)

    def _let_go(self, at: datetime) -> None:
        commitments.cancel(
            self.promise,
            reason=self.told["gone"][1],
            agreed_by=self._contact(),
            by=self.scene.server(self.told["customer"], at),
            at=at,
        )


def who_at(scene: Scene, told: Any) -> Contact:
    """The person of the customer somebody tells of."""
    people = scene.contacts[told["customer"]]
    return next(contact for contact in people if contact.name == told["who"])


def expect(scene: Scene, told: Any, number: int) -> None:
    """Somebody at a customer expects something of us."""

    def step(at: datetime) -> None:
        expectations.expect(
            customer=scene.customers[told["customer"]],
            about=told["about"],
            priority=told["priority"],
            contact=who_at(scene, told),
            by=scene.server(told["customer"], at),
            at=at,
        )

    scene.at(scene.when(told["noted"], number * 23 + 60), step)
