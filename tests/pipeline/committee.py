"""A committee around Anna's sale: one person of each department, and steps towards a decision."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from accounts.models import Role, User
from pipeline.commands import gate_decisions, gates
from pipeline.commands.gate_decisions import Condition
from pipeline.models import GateDecision, GateVote
from pipeline.models.gate_pack import topics_of
from tests.cast import NOW, UserFactory

PACK = {gate: dict.fromkeys(topics_of(gate), "Fine") for gate in ("ATI", "ATB", "ATC", "ATAC")}
DUE = date(2026, 3, 20)


def seat_committee(cast: SimpleNamespace) -> dict[str, User]:
    """Sam, Dan, Fay and Lea of the departments; they see no customer. Boris speaks for sales."""
    named = {
        "sam": Role.SOLUTION,
        "dan": Role.DELIVERY,
        "fay": Role.FINANCE,
        "lea": Role.LEGAL,
    }
    for name, role in named.items():
        setattr(cast, name, UserFactory(username=name, role=role, level=3))
    return {"boris": cast.boris, **{name: getattr(cast, name) for name in named}}


def ask(cast: SimpleNamespace, sale: Any, gate: str = "ATI", **more: Any) -> GateDecision:
    """Anna asks Boris, Sam and Dan."""
    given = {"people": [cast.boris, cast.sam, cast.dan], "by": cast.anna, "at": NOW} | more
    return gates.request(sale, gate=gate, pack=PACK[gate], **given)


def speak(cast: SimpleNamespace, decision: GateDecision, voice: str = "go", *names: str) -> None:
    """Those named, or Boris, Sam and Dan, speak."""
    for name in names or ("boris", "sam", "dan"):
        gates.vote(decision, voice=voice, reason="Looked at it", by=getattr(cast, name), at=NOW)


def set_time(cast: SimpleNamespace, decision: GateDecision) -> None:
    gates.schedule(decision, scheduled_at=NOW, by=cast.anna, at=NOW)


def decided(
    cast: SimpleNamespace, sale: Any, outcome: str = "go", at: datetime = NOW, **more: Any
) -> GateDecision:
    """ATI, asked, spoken on, and decided by Boris."""
    decision = ask(cast, sale)
    set_time(cast, decision)
    speak(cast, decision)
    return gate_decisions.decide(decision, outcome=outcome, by=cast.boris, at=at, **more)


def conditional(cast: SimpleNamespace, sale: Any, due: date = DUE, n: int = 1) -> GateDecision:
    """A go if Dan does something by a day."""
    conditions = [Condition(f"Check {index}", cast.dan, due) for index in range(n)]
    return decided(cast, sale, "conditional", conditions=conditions)


def snapshot(decision: GateDecision) -> list[Any]:
    """The decision and all that hangs on it, as the database has it."""
    return [
        *GateDecision.objects.filter(pk=decision.pk).values_list(),
        *GateVote.objects.filter(decision=decision).order_by("pk").values_list(),
        *decision.seats.order_by("pk").values_list(),
        *decision.conditions.order_by("pk").values_list(),
    ]
