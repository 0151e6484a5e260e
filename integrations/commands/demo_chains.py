"""Who decides at some customers of the demo company, found out and assessed over the year."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from crm.commands.attitudes import set_attitude
from crm.commands.chain import add_step, draw_line, standing_chain
from crm.commands.stakeholders import add_stakeholder, change_stakeholder, roles_of
from crm.commands.ties import assess_tie
from crm.models import Chain, Contact, Stakeholder
from pipeline.commands.chains import start_chain
from pipeline.models import Opportunity

if TYPE_CHECKING:
    from integrations.commands.demo import Scene

FACTS = {
    "power": "formal_power",
    "political": "political",
    "wanted": "required_level",
    "concerns": "concerns",
    "expectations": "expectations",
    "orientation": "orientation",
    "adaptability": "adaptability",
}


class ChainStory:
    """Turns what a file tells of one customer's chain into steps of the play."""

    def __init__(self, scene: Scene, told: Any, number: int) -> None:
        self.scene, self.told, self.number = scene, told, number
        self.customer: str = told["customer"]
        self.chain: Chain | None = None
        self.places: dict[str, Stakeholder] = {}

    def write(self) -> None:
        """Begin it, and let each thing that was learned come at its day."""
        when, told = self._when, self.told
        self.scene.at(when(told["begun"], 0), self._begin)
        for place in told["places"]:
            if "held" in place:
                self.scene.at(when(place["since"], 20), partial(self._doubt, place))
        for place, line in enumerate(told["attitudes"]):
            self.scene.at(when(line[3], 40 + place), partial(self._assess, line))
        for place, line in enumerate(told["ties"]):
            self.scene.at(when(line[4], 60 + place), partial(self._know, line))
        if "deal" in told:
            self.scene.at(when(told["deal"][1], 80), self._copy)

    def _when(self, days: float, minute: int) -> datetime:
        return self.scene.when(days, self.number * 7 + minute)

    def _contact(self, name: str) -> Contact:
        return next(one for one in self.scene.contacts[self.customer] if one.name == name)

    def _begin(self, at: datetime) -> None:
        by = self.scene.server(self.customer, at)
        self.chain = standing_chain(self.scene.customers[self.customer], by=by, at=at)
        for told in self.told["places"]:
            if "who" in told:
                self.places[told["who"]] = self._place(told, at)
        for source, target, kind, strength in self.told["lines"]:
            draw_line(
                self.chain,
                source=self.places[source],
                target=self.places[target],
                kind=kind,
                strength=strength,
                by=by,
                at=at,
            )
        for told in self.told.get("steps", []):
            facts = {
                "name": told["name"],
                "role": told["role"],
                "typical_days": told["days"],
                "document": told.get("document", ""),
                "threshold_amount": Decimal(told["from"]) if "from" in told else None,
                "threshold_currency": told.get("currency", ""),
            }
            add_step(self.chain, facts=facts, by=by, at=at)

    def _place(self, told: Any, at: datetime) -> Stakeholder:
        who = told.get("who")
        taken = [one["roles"] for one in self.told["places"] if who and one.get("held") == who]
        return add_stakeholder(
            self._standing(),
            contact=self._contact(who) if who else None,
            roles=[*told["roles"], *(role for roles in taken for role in roles)],
            reports_to=self.places.get(told.get("above", "")),
            facts={field: told[name] for name, field in FACTS.items() if name in told},
            by=self.scene.server(self.customer, at),
            at=at,
        )

    def _doubt(self, told: Any, at: datetime) -> None:
        """Whom we took for the role does not hold it; who does, nobody knows."""
        held, by = self.places[told["held"]], self.scene.server(self.customer, at)
        roles = [role for role in roles_of(held) if role not in told["roles"]]
        change_stakeholder(held, changes={"roles": roles}, by=by, at=at)
        self._place(told, at)

    def _standing(self) -> Chain:
        if self.chain is None:
            raise RuntimeError(f"the chain of {self.customer} has not begun yet")
        return self.chain

    def _assess(self, line: list[Any], at: datetime) -> None:
        who, attitude, tier, _days, text = line
        contact = self._contact(who)
        evidence = {"text": text, "tier": tier, "stated_by": contact if tier > 1 else None}
        by = self.scene.server(self.customer, at)
        set_attitude(self.places[who], attitude=attitude, evidence=evidence, by=by, at=at)

    def _know(self, line: list[Any], at: datetime) -> None:
        username, who, level, tier, _days, text = line
        user = self.scene.people[username]
        boss = next(one for one in self.scene.people.values() if one.role == "director")
        assess_tie(
            self._contact(who),
            user=user,
            level=level,
            evidence={"text": text, "tier": tier},
            by=user if user.pk == self.scene.server(self.customer, at).pk else boss,
            at=at,
        )

    def _copy(self, at: datetime) -> None:
        sale = Opportunity.objects.get(
            customer=self.scene.customers[self.customer], name=self.told["deal"][0]
        )
        start_chain(sale, by=self.scene.server(self.customer, at), at=at)
