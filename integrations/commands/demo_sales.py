"""One sale of the demo company: what was said, written down and decided, stage by stage."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm.commands.actions import create_action
from crm.commands.import_activities import ActivityRow, import_activities
from integrations.commands.demo_deciders import naming
from pipeline.commands import opportunities
from pipeline.commands.imports import link_activities
from pipeline.models import Opportunity

if TYPE_CHECKING:
    from integrations.commands.demo import Scene

STAGES = ("lead", "qualify", "discover", "prove", "propose", "negotiate", "deliver", "collect")
WRITTEN = {
    "lead": ("problem",),
    "qualify": ("impact", "budget_source", "decision_date"),
    "discover": ("decision_procedure", "success_metric"),
    "prove": ("decision_criteria", "differentiator"),
    "propose": ("offer_date", "signature_plan"),
    "negotiate": ("selection_statement", "signed_date"),
    "deliver": ("acceptance_date",),
    "collect": ("paid_date",),
}
"""What has been written down by the time a stage is left."""

ENDINGS = {"lost": "lost", "undecided": "no_decision", "withdrawn": "withdrawn"}


class SaleStory:
    """Turns one line of a file into steps of the play."""

    def __init__(self, scene: Scene, customer: Any, line: list[Any], number: int) -> None:
        self.scene, self.told, self.number = scene, customer, number
        self.name, self.product, thousands, end, self.opened, self.since = line
        self.customer = customer["name"]
        self.amount = Decimal(thousands) * 1000
        self.ending, _sign, stage = end.partition("@")
        self.stage = stage or self.ending
        self.texts = scene.texts(self.customer)
        self.talks: list[tuple[datetime, str, str, str, int]] = []
        self.sale: Opportunity | None = None

    def write(self) -> None:
        """Open it, walk it to where it stands, and end or leave it there."""
        path = STAGES[: STAGES.index(self.stage) + 1]
        is_ended = self.ending in ENDINGS or self.ending == "hold"
        parts = len(path) if is_ended else max(1, len(path) - 1)
        span = (self.opened - self.since) / parts
        moments = [self._when(self.opened - span * step, step) for step in range(parts + 1)]
        for place in range(1, len(moments)):
            moments[place] = max(moments[place], moments[place - 1] + timedelta(hours=5))
        self.scene.at(moments[0], self._open)
        self.scene.at(moments[0], self._talk)
        for place, stage in enumerate(path[:-1]):
            self._stay(stage, moments[place], moments[place + 1])
        last = moments[len(path) - 1]
        if is_ended:
            self._talks(self.stage, last, moments[-1], most=1)
            self.scene.at(moments[-1], self._end)
        else:
            self._present(last)

    def _when(self, days: float, step: int) -> datetime:
        return self.scene.when(days, self.number * 29 + step * 17)

    def _stay(self, stage: str, entered: datetime, left: datetime) -> None:
        """A stage that was passed: talked, written down, moved on."""
        self._talks(stage, entered, left)
        name_people = naming(self.scene, self.customer, stage)
        if name_people:
            self.scene.at(left - timedelta(minutes=40), name_people)
        self.scene.at(left - timedelta(minutes=30), lambda at: self._write(stage, at))
        self.scene.at(left, lambda at: self._go_on(stage, at))

    def _talks(self, stage: str, entered: datetime, left: datetime, most: int = 9) -> None:
        """What was talked about in a stage; all of a sale is written down when it opens."""
        talks = self.texts["talks"][stage][:most]
        gap = (left - entered) / (len(talks) + 1)
        people = len(self.told["contacts"])
        for turn, (kind, subject, outcome) in enumerate(talks):
            self.talks.append(
                (entered + gap * (turn + 1), kind, subject, outcome, (self.number + turn) % people)
            )

    def _present(self, entered: datetime) -> None:
        """The stage it is in: half of the way done, and the next step planned."""
        now = self.scene.when(0)
        if self.since >= 3:
            self._talks(self.stage, entered, now, most=1)
        if self.since >= 6:
            self.scene.at(
                entered + (now - entered) / 3, lambda at: self._write(self.stage, at, most=1)
            )
        if self.stage in self.texts["next"]:
            self.scene.at(entered + timedelta(minutes=90), self._plan)

    def _open(self, at: datetime) -> None:
        self.sale = opportunities.open_opportunity(
            customer=self.scene.customers[self.customer],
            name=self.name,
            product=self.scene.products[self.product],
            amount=self.amount,
            currency=self.told["currency"],
            expected_close_date=self._expected(),
            by=self.scene.server(self.customer, at),
            at=at,
        )

    def _expected(self) -> Any:
        """When the money is expected: after the steps still to go, or when it came."""
        if self.stage in ("deliver", "collect") or self.ending in ENDINGS:
            return self.scene.today - timedelta(days=self.since)
        to_go = len(STAGES) - 2 - STAGES.index(self.stage)
        return self.scene.today + timedelta(days=12 + to_go * 24 + self.number % 17)

    def _here(self) -> Opportunity:
        """The sale as the last step left it; who leads it now the commands look up themselves."""
        if self.sale is None:
            raise RuntimeError(f"{self.name} is not open yet")
        return self.sale

    def _talk(self, at: datetime) -> None:
        scene, customer = self.scene, self.scene.customers[self.customer]
        activities = import_activities(
            [
                ActivityRow(
                    customer=customer,
                    author=scene.server(self.customer, starts_at),
                    kind=kind,
                    subject=f"{self.name} · {subject}",
                    outcome=outcome,
                    contacts=[scene.contacts[self.customer][person]],
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=25 if kind == "call" else 75),
                )
                for starts_at, kind, subject, outcome, person in self.talks
            ],
            by=scene.by,
            at=at,
        )
        link_activities(self._here(), activities, by=scene.by)

    def _write(self, stage: str, at: datetime, most: int = 9) -> None:
        values = {name: self._value(name, at) for name in WRITTEN[stage][:most]}
        self.sale = opportunities.change_opportunity(
            self._here(), by=self.scene.server(self.customer, at), at=at, **values
        )

    def _value(self, name: str, at: datetime) -> Any:
        if name == "decision_date":
            return at.date() + timedelta(days=75)
        if name.endswith("_date"):
            return at.date()
        return self.texts[name][self.number % len(self.texts[name])]

    def _go_on(self, stage: str, at: datetime) -> None:
        verb = opportunities.win if stage == "negotiate" else opportunities.advance
        self.sale = verb(self._here(), by=self.scene.server(self.customer, at), at=at)

    def _plan(self, at: datetime) -> None:
        create_action(
            customer=self.scene.customers[self.customer],
            text=f"{self.name}：{self.texts['next'][self.stage]}"
            if self.told["language"] == "zh"
            else f"{self.name}: {self.texts['next'][self.stage]}",
            due_date=self.scene.today + timedelta(days=self.number * 5 % 17 - 3),
            by=self.scene.server(self.customer, at),
            at=at,
        )

    def _end(self, at: datetime) -> None:
        by, reasons = self.scene.server(self.customer, at), self.texts[self.ending]
        reason = reasons[self.number % len(reasons)]
        if self.ending == "hold":
            until = self.scene.today + timedelta(days=9 + self.number % 11)
            opportunities.hold(self._here(), until=until, reason=reason, by=by, at=at)
        else:
            opportunities.lose(
                self._here(), outcome=ENDINGS[self.ending], reason=reason, by=by, at=at
            )
