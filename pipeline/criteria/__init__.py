"""The kinds of exit criteria: a registry, so that a new kind is a new module and nothing else.

    @criterion("field_filled")
    class FieldFilled:
        source = "field_filled"                    kinds of one source share its facts
        columns = (...)                            the columns of the opportunity it reads
        is_waivable = False                        only where nobody may waive it
        def problems(self, params): ...            sentences about parameters it cannot work with
        def facts(self, sales, at): ...            what else it needs of many sales, in few queries
        def check(self, params, sale, facts): ...  -> Finding

`check` gets a `Sale`: plain values, so that one card and a board of three hundred ask alike.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import QuerySet
from django.urls import reverse


@dataclass(frozen=True)
class Sale:
    """What criteria may know of one opportunity."""

    pk: int
    version_id: int
    stage: str
    values: Mapping[str, Any]


_PAGES = {"chain": "chain", "promise": "promises"}


@dataclass(frozen=True)
class Remedy:
    """What would meet the criterion: something to fill in, to do, to score or to decide."""

    type: str
    fields: tuple[str, ...] = ()
    activity_kinds: tuple[str, ...] = ()
    with_contact: bool = False
    count: int = 0
    sale: int | None = None
    chain: int | None = None
    roles: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    direction: str = ""
    promises: tuple[int, ...] = ()
    step: int | None = None
    letters: tuple[str, ...] = ()
    things: tuple[int, ...] = ()
    key: str = ""
    gate: str = ""
    decision: int | None = None

    @property
    def link(self) -> str:
        """Where the chain, promises, step, card or decision of the sale are worked on."""
        if self.type == "gate" and self.decision is None:
            return f"{reverse('gate-request', args=[self.sale])}?gate={self.gate}"
        if self.type == "gate":
            return reverse("gate", args=[self.decision])
        if self.type == "action":
            if self.step is None:
                return reverse("opportunity-plan-steps", args=[self.sale])
            return reverse("action-complete", args=[self.step])
        if self.type in _DIALOGS:
            return _DIALOGS[self.type](self)
        return reverse(f"opportunity-{_PAGES[self.type]}", args=[self.sale])

    @property
    def is_written_down(self) -> bool:
        """Whether it is something to write down about the sale, in a dialog of its own."""
        return self.type in _DIALOGS

    def as_dict(self) -> dict[str, Any]:
        """For an API answer or a template: only what belongs to the type."""
        if self.type == "field":
            return {"type": "field", "fields": list(self.fields)}
        if self.type == "chain":
            return {
                "type": "chain",
                "chain": self.chain,
                "roles": list(self.roles),
                "stakeholders": list(self.places),
                "link": self.link,
            }
        if self.type == "action":
            return {"type": "action", "action": self.step, "link": self.link}
        if self.type == "promise":
            return {
                "type": "promise",
                "direction": self.direction,
                "commitments": list(self.promises),
                "link": self.link,
            }
        if self.type == "meddpicc":
            return {"type": "meddpicc", "letters": list(self.letters), "link": self.link}
        if self.type in ("pain", "differentiator"):
            return {"type": self.type, "things": list(self.things), "link": self.link}
        if self.type == "confirm":
            return {"type": "confirm", "key": self.key, "link": self.link}
        if self.type == "gate":
            return {
                "type": "gate",
                "gate": self.gate,
                "decision": self.decision,
                "link": self.link,
            }
        return {
            "type": self.type,
            "kinds": list(self.activity_kinds),
            "with_contact": self.with_contact,
            "count": self.count,
        }


def _to_the_card(remedy: Remedy) -> str:
    page = reverse("opportunity-meddpicc-score", args=[remedy.sale])
    return f"{page}?letters={','.join(remedy.letters)}"


def _to_a_pain(remedy: Remedy) -> str:
    if remedy.things:
        return reverse("pain-confirm", args=[remedy.things[0]])
    return reverse("opportunity-pain-new", args=[remedy.sale])


def _to_a_line(remedy: Remedy) -> str:
    if remedy.things:
        return reverse("solution-line-confirm", args=[remedy.things[0]])
    return reverse("opportunity-line-new", args=[remedy.sale])


def _to_a_confirmation(remedy: Remedy) -> str:
    return reverse("opportunity-confirm", args=[remedy.sale, remedy.key])


_DIALOGS: dict[str, Callable[[Remedy], str]] = {
    "meddpicc": _to_the_card,
    "pain": _to_a_pain,
    "differentiator": _to_a_line,
    "confirm": _to_a_confirmation,
}
"""Where what is still to be written down about a sale is written down."""


@dataclass(frozen=True)
class Finding:
    """Met with evidence, or unmet with a sentence of what is missing and what would help.

    The sentence is made when somebody asks for it: a board of cards only counts.
    """

    met: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)
    sentence: Callable[[], str] = str
    remedy: Remedy | None = None


class CriterionKind(Protocol):
    """What a registered kind has to answer."""

    columns: tuple[str, ...]
    source: str

    def problems(self, params: Mapping[str, Any]) -> list[str]:
        """Sentences about parameters it cannot work with."""

    def facts(self, sales: Sequence[Sale], at: datetime) -> Any:
        """What it needs beside them at a moment, for many sales in few queries."""

    def check(self, params: Mapping[str, Any], sale: Sale, facts: Any) -> Finding:
        """Whether the sale meets it."""


class FromRows(ABC):
    """A kind whose facts are the rows of one query: a gate asks all of these in one round trip."""

    columns: tuple[str, ...] = ()

    @abstractmethod
    def rows(self, sales: Sequence[Sale], at: datetime) -> QuerySet[Any, Any]:
        """The `values_list` to ask for many sales."""

    @abstractmethod
    def read(self, rows: Iterable[tuple[Any, ...]], at: datetime) -> Any:
        """The facts these rows say."""

    def facts(self, sales: Sequence[Sale], at: datetime) -> Any:
        """The same, asked alone."""
        return self.read(self.rows(sales, at), at)


_kinds: dict[str, CriterionKind] = {}


def criterion(name: str) -> Callable[[type[Any]], type[Any]]:
    """Register a kind under the name that definitions use."""

    def register(kind: type[Any]) -> type[Any]:
        if name in _kinds:
            raise ValueError(f"two kinds of criterion are called {name}")
        _kinds[name] = kind()
        return kind

    return register


def kind_of(name: str) -> CriterionKind:
    """The kind of this name; KeyError when nobody has registered it."""
    return _kinds[name]


def is_waivable(name: str) -> bool:
    """Whether a criterion of this kind may be let pass; most may."""
    return getattr(kind_of(name), "is_waivable", True)


def all_columns() -> list[str]:
    """The columns any kind reads."""
    return sorted({column for kind in _kinds.values() for column in kind.columns})


def known_kinds() -> list[str]:
    """The names a definition may use."""
    return sorted(_kinds)


def load() -> None:
    """Import the modules that register themselves; called when the app is ready."""
    from pipeline.criteria import (  # noqa: F401, PLC0415 - they need the models to be loaded
        action_done,
        activity_held,
        attitude_at_least,
        commitment_kept,
        commitment_made,
        confirmed,
        contacts_at_least,
        coverage_at_least,
        covered_to_level,
        differentiator_confirmed,
        field_compared,
        field_filled,
        gate_decision,
        meddpicc_at_least,
        met_by,
        no_veto_against,
        pains_confirmed,
        role_coverage_at_least,
        role_named,
        support_at_least,
    )
