"""What is known of a customer, key by key: an unknown key is shown, never left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.metrics.result import Result, Window
from core.queries.calendars import load_calendars
from core.workingtime import count_working_days, local_date
from crm.metrics.information import (
    Fact,
    Knowledge,
    Meeting,
    Minutes,
    completeness,
    minutes,
    single_source_share,
)
from crm.models import Activity, Customer, IntelItem

YEAR = timedelta(days=365)
TONES = {
    Knowledge.UNKNOWN: "unknown",
    Knowledge.ASSUMED: "info",
    Knowledge.CONFIRMED: "good",
    Knowledge.STALE: "soon",
}
ICONS = {
    Knowledge.UNKNOWN: "circle-question-mark",
    Knowledge.ASSUMED: "circle-dashed",
    Knowledge.CONFIRMED: "circle-check",
    Knowledge.STALE: "clock",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One key of the checklist with its live version, how well it is known, and by how many."""

    key: str
    label: str
    row: IntelItem | None
    knowledge: Knowledge
    sources: int

    @property
    def group(self) -> str:
        return self.key.partition("_")[0]

    @property
    def tone(self) -> str:
        return TONES[self.knowledge]

    @property
    def icon(self) -> str:
        return ICONS[self.knowledge]

    @property
    def is_known(self) -> bool:
        return self.knowledge in (Knowledge.ASSUMED, Knowledge.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Group:
    """The keys of one kind, and how many of them are known."""

    label: str
    lines: list[Line]

    @property
    def known(self) -> int:
        return sum(line.is_known for line in self.lines)


@dataclass(frozen=True, slots=True)
class Intel:
    """The whole checklist of a customer, and M17 over it."""

    customer_id: int
    lines: list[Line]
    completeness: Result
    single_source: Result

    @property
    def groups(self) -> list[Group]:
        return [
            Group(str(label), [line for line in self.lines if line.group == value])
            for value, label in IntelItem.Group.choices
        ]

    @property
    def share(self) -> int | None:
        """The completeness in per cent."""
        value = self.completeness.value
        return None if value is None else round(value * 100)

    def ids(self, *kinds: Knowledge) -> tuple[int, ...]:
        """The live versions known as well as that."""
        return tuple(
            line.row.pk for line in self.lines if line.row is not None and line.knowledge in kinds
        )

    @property
    def single_ids(self) -> tuple[int, ...]:
        """The confirmed ones that rest on one source."""
        return tuple(
            line.row.pk
            for line in self.lines
            if line.row is not None and line.knowledge is Knowledge.CONFIRMED and line.sources <= 1
        )

    @property
    def stale(self) -> int:
        return len(self.ids(Knowledge.STALE))


def intel_of(customer: Customer, at: datetime) -> Intel:
    """Every key, weighing 1; one query. Where nobody has noted anything, there is no number."""
    day = local_date(at, customer.country)
    versions: dict[str, list[IntelItem]] = defaultdict(list)
    rows = IntelItem.objects.filter(customer=customer).select_related("noted_by")
    for row in rows.order_by("key", "-pk"):
        versions[row.key].append(row)
    lines = [
        _line(key, str(label), versions.get(key, ()), day) for key, label in IntelItem.Key.choices
    ]
    facts = [Fact(line.key, line.knowledge, line.sources) for line in lines]
    window = Window(None, at)
    required = {line.key: 1 for line in lines} if versions else {}
    return Intel(
        customer.pk,
        lines,
        completeness(facts, required, window=window),
        single_source_share(facts, window=window),
    )


def line_of(row: IntelItem, at: datetime) -> Line:
    """The key of a live version, with the past of that key; one query."""
    versions = IntelItem.objects.filter(customer=row.customer_id, key=row.key)
    found = list(versions.select_related("noted_by").order_by("-pk"))
    label = str(row.get_key_display())
    return _line(row.key, label, found, local_date(at, row.customer.country))


def live_of(customer: Customer, key: str) -> IntelItem | None:
    """What is known under a key now."""
    return IntelItem.objects.filter(customer=customer, key=key, ended_at=None).first()


def past_of(customer: Customer, key: str) -> list[IntelItem]:
    """What was known under a key, the newest first."""
    rows = IntelItem.objects.filter(customer=customer, key=key).exclude(ended_at=None)
    return list(rows.select_related("noted_by").order_by("-pk")[:10])


def minutes_of(customer: Customer, at: datetime) -> Minutes:
    """M17 of the meetings and visits of the last year; two queries.

    An outcome counts as minutes, written down when the activity was logged.
    """
    window = Window(at - YEAR, at)
    kinds = (Activity.Kind.MEETING, Activity.Kind.VISIT)
    rows = Activity.objects.filter(
        customer=customer, kind__in=kinds, starts_at__gte=window.starts_at, starts_at__lt=at
    ).values_list("pk", "starts_at", "ends_at", "created_at", "outcome")
    calendar = load_calendars().of(customer.country, customer.team_id)
    held = []
    for pk, starts, ends, logged, outcome in rows.order_by("pk"):
        end = ends or starts
        days = count_working_days(
            local_date(end, calendar), local_date(max(end, logged), calendar), calendar
        )
        held.append(Meeting(pk, days if outcome else None))
    return minutes(held, window=window)


def _line(key: str, label: str, versions: Sequence[IntelItem], day: date) -> Line:
    live = next((row for row in versions if row.ended_at is None), None)
    if live is None or live.state == IntelItem.State.UNKNOWN:
        return Line(key, label, live, Knowledge.UNKNOWN, 0)
    said = {(row.source_kind, row.source.casefold()) for row in versions if row.value == live.value}
    how = Knowledge.STALE if live.is_stale(day) else Knowledge(live.state)
    return Line(key, label, live, how, len(said))
