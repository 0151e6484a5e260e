"""What the demo company does for its customers beside selling: worries, rules, goals, offers,
and what it knows of them.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from accounts.models import User
from crm.commands import concerns, contact_rules, goals, value_offers
from crm.commands.intel import note_intel
from crm.models import Concern, JointGoal, ValueItem, ValueOffer
from integrations.commands.demo_promises import who_at

if TYPE_CHECKING:
    from integrations.commands.demo import Scene


def tell_relations(scene: Scene) -> None:
    """Put everything of the file into the play."""
    told = scene.script.relations
    for number, one in enumerate(told["concerns"]):
        _Worry(scene, one, number).write()
    for number, one in enumerate(told["rules"]):
        _agree(scene, one, number)
    items: dict[str, ValueItem] = {}
    for entry in told["catalogue"]:
        items[entry["name"]] = value_offers.add_item(
            facts=entry, is_demo=True, by=scene.by, at=scene.when(300)
        )
    for number, one in enumerate(told["offers"]):
        _Extra(scene, one, number, items[one["item"]]).write()
    for number, one in enumerate(told["goals"]):
        _Aim(scene, one, number).write()
    for number, one in enumerate(told["intel"]):
        _note(scene, one, number)


def _note(scene: Scene, told: Any, number: int) -> None:
    """What was learned of a customer."""

    def step(at: datetime) -> None:
        note_intel(
            customer=scene.customers[told["customer"]],
            **{name: told[name] for name in ("key", "state", "value", "source_kind", "source")},
            confidence=told.get("confidence", ""),
            expires_date=scene.today - timedelta(days=told["until"]) if "until" in told else None,
            by=scene.server(told["customer"], at),
            at=at,
        )

    scene.at(scene.when(told["noted"], number * 11 + 330), step)


def _agree(scene: Scene, told: Any, number: int) -> None:
    """How somebody wants to be contacted."""

    def step(at: datetime) -> None:
        who: dict[str, Any] = {"by": scene.server(told["customer"], at), "at": at}
        contact = who_at(scene, told)
        if "ban" in told:
            contact_rules.ban(
                customer=contact.customer,
                contact=contact,
                reason=told["ban"],
                channels=told.get("channels", ()),
                until_date=scene.today - timedelta(days=told["until"]) if "until" in told else None,
                **who,
            )
        if "quiet" in told:
            start, end = map(time.fromisoformat, told["quiet"])
            contact_rules.limit(
                contact,
                quiet_from=start,
                quiet_until=end,
                most=told["most"],
                days=told["days"],
                **who,
            )

    scene.at(scene.when(told["since"], number * 31 + 90), step)


class _Extra:
    """One offer of value: made, perhaps accepted, used or declined."""

    def __init__(self, scene: Scene, told: Any, number: int, item: ValueItem) -> None:
        self.scene = scene
        self.told = told
        self.item = item
        self.minute = number * 19 + 300
        self.offer: ValueOffer

    def write(self) -> None:
        """Put each of its days into the play."""
        told = self.told
        self._at(told["offered"], self._offer)
        if "accepted" in told:
            self._at(told["accepted"], self._accept)
        if "used" in told:
            self._at(told["used"][0], self._use)
        if "declined" in told:
            self._at(told["declined"][0], self._decline)

    def _at(self, days_ago: int, step: Any) -> None:
        self.scene.at(self.scene.when(days_ago, self.minute), step)

    def _who(self, at: datetime) -> dict[str, Any]:
        return {"by": self.scene.server(self.told["customer"], at), "at": at}

    def _offer(self, at: datetime) -> None:
        self.offer = value_offers.offer(
            customer=self.scene.customers[self.told["customer"]],
            item=self.item,
            contact=who_at(self.scene, self.told) if "who" in self.told else None,
            **self._who(at),
        )

    def _accept(self, at: datetime) -> None:
        value_offers.accept(self.offer, **self._who(at))

    def _use(self, at: datetime) -> None:
        value_offers.use(self.offer, result=self.told["used"][1], **self._who(at))

    def _decline(self, at: datetime) -> None:
        value_offers.decline(self.offer, reason=self.told["declined"][1], **self._who(at))


class _Aim:
    """One goal: agreed, and told by its values."""

    def __init__(self, scene: Scene, told: Any, number: int) -> None:
        self.scene = scene
        self.told = told
        self.minute = number * 13 + 210
        self.goal: JointGoal

    def write(self) -> None:
        """Put each of its days into the play."""
        self.scene.at(self.scene.when(self.told["agreed"], self.minute), self._agree)
        for days_ago, value, note in self.told["told"]:
            step = partial(self._tell, value, note)
            self.scene.at(self.scene.when(days_ago, self.minute), step)

    def _agree(self, at: datetime) -> None:
        told = self.told
        self.goal = goals.agree(
            customer=self.scene.customers[told["customer"]],
            contact=who_at(self.scene, told) if "who" in told else None,
            facts={
                **{name: told[name] for name in ("side", "title", "measure")},
                "baseline": Decimal(str(told["from"])),
                "target": Decimal(str(told["to"])),
                "due_date": self.scene.today - timedelta(days=told["due"]),
            },
            by=self.scene.server(told["customer"], at),
            at=at,
        )

    def _tell(self, value: float, note: str, at: datetime) -> None:
        by = self.scene.server(self.told["customer"], at)
        goals.tell_value(self.goal, value=Decimal(str(value)), note=note, by=by, at=at)


class _Worry:
    """One concern: raised, perhaps answered, resolved or withdrawn."""

    def __init__(self, scene: Scene, told: Any, number: int) -> None:
        self.scene = scene
        self.told = told
        self.minute = number * 29 + 40
        self.concern: Concern

    def write(self) -> None:
        """Put each of its days into the play."""
        self._at(self.told["raised"], self._raise)
        for name, step in (
            ("answered", self._answer),
            ("resolved", self._resolve),
            ("withdrawn", self._withdraw),
        ):
            if name in self.told:
                self._at(self.told[name][0], step)

    def _at(self, days_ago: int, step: Any) -> None:
        self.scene.at(self.scene.when(days_ago, self.minute), step)

    def _by(self, at: datetime) -> User:
        return self.scene.server(self.told["customer"], at)

    def _raise(self, at: datetime) -> None:
        self.concern = concerns.raise_concern(
            customer=self.scene.customers[self.told["customer"]],
            contact=who_at(self.scene, self.told),
            text=self.told["text"],
            severity=self.told["severity"],
            origin=self.told.get("origin", Concern.Origin.SAID),
            by=self._by(at),
            at=at,
        )

    def _answer(self, at: datetime) -> None:
        concerns.answer(self.concern, answer=self.told["answered"][1], by=self._by(at), at=at)

    def _resolve(self, at: datetime) -> None:
        word = self.told["resolved"][1]
        concerns.resolve(self.concern, resolution=word, by=self._by(at), at=at)

    def _withdraw(self, at: datetime) -> None:
        concerns.withdraw(self.concern, reason=self.told["withdrawn"][1], by=self._by(at), at=at)
