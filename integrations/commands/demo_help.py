"""What the people of the demo company ask of one another, and how soon they answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from crm.commands import help as commands
from crm.models import HelpRequest
from integrations.commands.demo_promises import who_at

if TYPE_CHECKING:
    from integrations.commands.demo import Scene


def tell_help(scene: Scene) -> None:
    """Put everything of the file into the play."""
    for number, told in enumerate(scene.script.help):
        _Request(scene, told, number).write()


class _Request:
    """One request: asked, perhaps accepted or declined, perhaps done."""

    def __init__(self, scene: Scene, told: Any, number: int) -> None:
        self.scene = scene
        self.told = told
        self.minute = number * 31 + 70
        self.request: HelpRequest

    def write(self) -> None:
        """Put each of its days into the play; an answer comes half an hour into its own."""
        self._at(self.told["asked"], 0, self._ask)
        for place, (name, step) in enumerate(
            (("accepted", self._accept), ("declined", self._decline), ("done", self._finish)), 1
        ):
            if name in self.told:
                self._at(self.told[name][0], place * 30, step)

    def _at(self, days_ago: int, later: int, step: Any) -> None:
        self.scene.at(self.scene.when(days_ago, self.minute + later), step)

    def _ask(self, at: datetime) -> None:
        told, people = self.told, self.scene.people
        shared: dict[str, Any] = {
            "asked": people[told["to"]],
            "text": told["text"],
            "days": told["days"],
            "by": people[told["from"]],
            "at": at,
        }
        if "brief" in told:
            contact = who_at(self.scene, told)
            self.request = commands.ask_executive(contact=contact, brief=told["brief"], **shared)
        else:
            customer = self.scene.customers[told["customer"]]
            self.request = commands.ask(customer=customer, **shared)

    def _accept(self, at: datetime) -> None:
        commands.accept(self.request, by=self.request.asked, at=at)

    def _decline(self, at: datetime) -> None:
        word = self.told["declined"][1]
        commands.decline(self.request, reason=word, by=self.request.asked, at=at)

    def _finish(self, at: datetime) -> None:
        commands.finish(self.request, result=self.told["done"][1], by=self.request.asker, at=at)
