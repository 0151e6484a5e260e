"""Dry run: which moves an opportunity can make now, for this person, and what each lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import may as role_may
from accounts.models import User
from pipeline.access import may
from pipeline.gates import Unmet, Verdict, verdict
from pipeline.models import Opportunity, Stage, Transition

State = Opportunity.State
Name = Transition.Name

NEEDS: dict[str, tuple[str, ...]] = {
    Name.SEND_BACK: ("reason",),
    Name.HOLD: ("until", "reason"),
    Name.LOSE: ("outcome", "reason"),
    Name.REOPEN: ("reason",),
}
"""What a move wants to be told."""


@dataclass(frozen=True)
class Choice:
    """One move: where it leads, whether it may be made, and else every reason why not."""

    name: str
    label: str
    to_stage: Stage
    to_state: str
    allowed: bool
    obstacles: tuple[str, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    needs: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For the API."""
        return {
            "transition": self.name,
            "label": self.label,
            "to_stage": self.to_stage.key,
            "to_stage_name": str(self.to_stage),
            "to_state": self.to_state,
            "allowed": self.allowed,
            "obstacles": list(self.obstacles),
            "unmet": [each.as_dict() for each in self.unmet],
            "needs": list(self.needs),
        }


@dataclass(frozen=True)
class Outlook:
    """The verdict over the current stage, and the moves that lead on from it."""

    verdict: Verdict
    choices: tuple[Choice, ...] = field(default_factory=tuple)

    def choice(self, name: str) -> Choice | None:
        """The move of this name, if it leads anywhere from here."""
        return next((each for each in self.choices if each.name == name), None)


def transitions_for(opportunity: Opportunity, *, by: User, at: datetime) -> Outlook:
    """Every move the machine knows from here, allowed or with what it lacks; few queries.

    The opportunity should come with its customer (`access.get_opportunity` does).
    """
    found = verdict(opportunity, at=at)
    serves = may(by, "opportunity.change", opportunity)
    label = _labels()
    return Outlook(
        found,
        tuple(
            _choice(name, label[name], stage, state, found, by, serves)
            for name, stage, state in _edges(opportunity)
        ),
    )


def _labels() -> dict[str, str]:
    return {
        Name.ADVANCE: _("Advance"),
        Name.WIN: _("Win"),
        Name.SEND_BACK: _("Send back"),
        Name.HOLD: _("Hold"),
        Name.RESUME: _("Resume"),
        Name.LOSE: _("Close without a win"),
        Name.REOPEN: _("Reopen"),
    }


def _edges(sale: Opportunity) -> list[tuple[str, Stage, str]]:
    """The edges of the machine from here, the gates aside."""
    here, state = sale.stage_row, sale.state
    edges: list[tuple[str, Stage, str]] = []
    if state in (State.OPEN, State.WON):
        if sale.next_stage is not None:
            edges.append((Name.ADVANCE, sale.next_stage, state))
        elif state == State.OPEN:
            edges.append((Name.WIN, sale.first_stage_after_win or here, State.WON))
        if sale.previous_stage is not None:
            edges.append((Name.SEND_BACK, sale.previous_stage, state))
    if state == State.OPEN:
        edges.append((Name.HOLD, here, State.ON_HOLD))
    if state in (State.ON_HOLD, State.NURTURE):
        edges.append((Name.RESUME, here, State.OPEN))
    if state in Opportunity.LIVE:
        edges.append((Name.LOSE, here, State.LOST))
    if state in (State.LOST, State.NO_DECISION, State.WITHDRAWN):
        edges.append((Name.REOPEN, here, State.OPEN))
    return edges


def _choice(
    name: str, label: str, stage: Stage, state: str, found: Verdict, by: User, serves: bool
) -> Choice:
    obstacles = []
    missing = found.blocking if name in (Name.ADVANCE, Name.WIN) else ()
    if not role_may(by, f"opportunity.{name}"):
        obstacles.append(_("Your role does not include this."))
    elif not serves:
        obstacles.append(
            _("Only people assigned to the customer, and their managers, may do this.")
        )
    obstacles += [each.missing for each in missing]
    return Choice(
        name=str(name),
        label=label,
        to_stage=stage,
        to_state=str(state),
        allowed=not obstacles,
        obstacles=tuple(obstacles),
        unmet=missing,
        needs=NEEDS.get(name, ()),
    )
