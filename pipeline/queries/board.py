"""The board: open stages as columns, their sums, and the cards each shows first.

However many opportunities there are: one query for the cards, one for the sums, one for the next
steps, one or two for what the gates lack. A person who sees many customers gets the cards by
walking the board's index stage by stage; one who sees few, by one pass over his own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import NotFound
from core.queries.calendars import Calendars, load_calendars
from crm.access import is_wide
from crm.models import Action
from pipeline import gates
from pipeline.models import Opportunity, Pipeline, PipelineVersion, Stage
from pipeline.models.definition import stages_of
from pipeline.queries.ages import CLOCK_COLUMNS, Age, age_of
from pipeline.queries.wanted import Wanted, rows, without_state

CARDS = 50
MOST_CARDS = 500
ON_BOARD = (Opportunity.State.OPEN, Opportunity.State.ON_HOLD)
ORDER = (F("amount").desc(nulls_last=True), F("id").desc())
COLUMNS = (
    "id",
    "name",
    "customer_id",
    "customer__name",
    "customer__tier",
    "amount",
    "currency",
    "stage",
    "state",
    "owner_id",
    "owner__name",
    "ledger_seq",
    *CLOCK_COLUMNS,
)


@dataclass(frozen=True, slots=True)
class Sums:
    """Money of one currency, as it stands and by probability."""

    currency: str
    amount: Decimal
    weighted: Decimal


@dataclass(slots=True)
class Card:
    """One opportunity on the board."""

    row: dict[str, Any]
    age: Age | None
    missing: int = 0
    step: NextStep | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is planned next for the customer, or for this very opportunity."""

    text: str
    due_date: date | None
    is_late: bool


@dataclass(slots=True)
class Column:
    """A stage with what is in it, and the keys of the stages beside it."""

    stage: Stage
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    sums: list[Sums] = field(default_factory=list)
    before: str = ""
    after: str = ""
    shown: int = 0

    @property
    def next_offset(self) -> int:
        """Where the next cards begin; 0 when all are shown, or as many as a board can bear."""
        shown = self.shown or len(self.cards)
        return shown if self.count > shown and shown <= MOST_CARDS else 0


@dataclass(frozen=True, slots=True)
class Board:
    """The columns of one pipeline."""

    versions: list[PipelineVersion]
    version_id: int
    columns: list[Column]

    @property
    def pipelines(self) -> list[Pipeline]:
        """Every pipeline there is a board of."""
        return list({v.pipeline_id: v.pipeline for v in self.versions}.values())

    @property
    def pipeline_key(self) -> str:
        return next(v.pipeline.key for v in self.versions if v.pk == self.version_id)

    @property
    def pipeline_id(self) -> int:
        return next(v.pipeline_id for v in self.versions if v.pk == self.version_id)


def published() -> list[PipelineVersion]:
    """Published versions, the newest of each pipeline first."""
    return list(
        PipelineVersion.objects.filter(published_at__isnull=False)
        .select_related("pipeline")
        .order_by("pipeline_id", "-number")
    )


def board(user: User, wanted: Wanted, now: datetime, *, pipeline: str) -> Board | None:
    """The board of a pipeline by its key, or of the first; None when none is published."""
    versions = published()
    if not versions:
        return None
    ids = _chosen(versions, pipeline)
    columns = {stage.key: Column(stage) for stage in open_stages(ids)}
    found = rows(user, without_state(wanted), now).filter(version_id__in=ids, state__in=ON_BOARD)
    stages = list(columns)
    narrow = wanted.whose == "mine" or not is_wide(user)
    _count(columns, _totals(found, stages))
    for card in cards(_pick(found, ids, stages, narrow=narrow), now):
        columns[card.row["stage"]].cards.append(card)
    ordered = list(columns.values())
    for place, column in enumerate(ordered):
        column.before = ordered[place - 1].stage.key if place else ""
        column.after = ordered[place + 1].stage.key if place + 1 < len(ordered) else ""
    return Board(versions, ids[0], ordered)


def column(
    user: User, wanted: Wanted, now: datetime, *, pipeline: str, stage: str, offset: int
) -> Column:
    """More cards of one column, from the given place on."""
    versions = published()
    ids = _chosen(versions, pipeline) if versions else []
    stages = open_stages(ids)
    place = next((n for n, each in enumerate(stages) if each.key == stage), None)
    if place is None or not 0 <= offset <= MOST_CARDS:
        raise NotFound(_("The board has no such column."))
    found = rows(user, without_state(wanted), now).filter(version_id__in=ids, state__in=ON_BOARD)
    picked = found.filter(stage=stage).order_by(*ORDER).values(*_columns())
    made = cards(picked[offset : offset + CARDS + 1], now)
    return Column(
        stages[place],
        made[:CARDS],
        count=offset + len(made),
        shown=offset + len(made[:CARDS]),
        before=stages[place - 1].key if place else "",
        after=stages[place + 1].key if place + 1 < len(stages) else "",
    )


def _chosen(versions: list[PipelineVersion], key: str) -> list[int]:
    """Ids of the versions of the pipeline with this key, else of the first, newest first."""
    chosen = next((v for v in versions if v.pipeline.key == key), versions[0])
    return [v.pk for v in versions if v.pipeline_id == chosen.pipeline_id]


def open_stages(version_ids: Sequence[int]) -> list[Stage]:
    """Open stages over the versions of one pipeline, newest version first, each key once."""
    known: dict[str, Stage] = {}
    for pk in version_ids:
        for stage in stages_of(pk):
            if stage.kind == Stage.Kind.OPEN:
                known.setdefault(stage.key, stage)
    return sorted(known.values(), key=lambda stage: stage.position)


def _pick(
    found: QuerySet[Opportunity], versions: list[int], stages: list[str], *, narrow: bool
) -> Iterable[dict[str, Any]]:
    """The first cards of each stage."""
    if narrow:
        place = Window(RowNumber(), partition_by=F("stage"), order_by=ORDER)
        ranked = found.filter(stage__in=stages).annotate(place=place).filter(place__lte=CARDS)
        return ranked.order_by("place").values(*_columns())
    first, *rest = (
        found.filter(version_id=version, stage=stage).order_by(*ORDER).values(*_columns())[:CARDS]
        for version in versions
        for stage in stages
    )
    picked = first.union(*rest, all=True) if rest else first
    return _first_of_each(picked) if len(versions) > 1 else picked


def _columns() -> list[str]:
    """Those of a card, and those the gates look at: they are not asked for again."""
    return list(dict.fromkeys((*COLUMNS, *gates.columns())))


def _first_of_each(picked: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Over several versions of a pipeline: the largest of each stage, no more than fit."""
    taken: dict[str, int] = {}
    kept = []
    for row in sorted(picked, key=_by_amount, reverse=True):
        taken[row["stage"]] = taken.get(row["stage"], 0) + 1
        if taken[row["stage"]] <= CARDS:
            kept.append(row)
    return kept


def _by_amount(row: dict[str, Any]) -> tuple[bool, Decimal, int]:
    return row["amount"] is not None, row["amount"] or Decimal(), row["id"]


def _totals(found: QuerySet[Opportunity], stages: list[str]) -> Iterable[tuple[Any, ...]]:
    """Stage, currency, count and sum; the board's index answers it without the rows."""
    return (
        found.filter(stage__in=stages)
        .order_by()
        .values_list("stage", "currency")
        .annotate(count=Count("id"), sum=Sum("amount"))
    )


def _count(columns: dict[str, Column], totals: Iterable[tuple[Any, ...]]) -> None:
    for stage, currency, count, amount in sorted(totals, key=lambda each: -each[2]):
        column = columns[stage]
        column.count += count
        if amount:
            column.sums.append(Sums(currency, amount, amount * column.stage.probability))


def cards(picked: Iterable[dict[str, Any]], now: datetime) -> list[Card]:
    """Cards for rows of `_columns`: with age, next step and what the gate lacks."""
    picked = list(picked)
    calendars: Calendars = load_calendars()
    made = [Card(row, age_of(row, calendars, now)) for row in picked]
    missing = gates.missing_in(picked, at=now)
    steps = next_steps(picked, timezone.localdate(now))
    for card in made:
        card.missing = missing.get(card.row["id"], 0)
        card.step = steps.get(card.row["id"])
    return made


def next_steps(picked: Sequence[dict[str, Any]], today: date) -> dict[int, NextStep]:
    """The earliest planned action for each opportunity: its own, else one of its customer's.

    An action belongs to an opportunity when it was agreed in an activity of that opportunity.
    """
    if not picked:
        return {}
    actions = (
        Action.objects.filter(
            customer_id__in={row["customer_id"] for row in picked}, state=Action.State.PLANNED
        )
        .order_by(F("due_date").asc(nulls_last=True), "id")
        .values_list(
            "customer_id", "activity__opportunity_links__opportunity_id", "text", "due_date"
        )[: 20 * CARDS]
    )
    own: dict[int, NextStep] = {}
    general: dict[int, NextStep] = {}
    for customer, opportunity, text, due in actions:
        step = NextStep(text, due, due is not None and due < today)
        (own if opportunity else general).setdefault(opportunity or customer, step)
    found = {row["id"]: own.get(row["id"]) or general.get(row["customer_id"]) for row in picked}
    return {pk: step for pk, step in found.items() if step}


def stage_names() -> dict[str, str]:
    """Key to name of every stage of every published version, newest names first."""
    names: dict[str, str] = {}
    for version in published():
        for stage in stages_of(version.pk):
            names.setdefault(stage.key, str(stage))
    return names
