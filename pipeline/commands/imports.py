"""Taking products and sales over from another system, many at once.

A sale arrives with its history: ledger rows named `import`, which the database accepts only in
the transaction the sale is born in. Afterwards it is a sale like any other: a later file may
correct its facts, never its stage, state, dates, customer or lead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import Role, User
from accounts.queries.references import find_users
from core import events
from core.commands.outcome import Outcome
from core.errors import Invalid
from core.queries.calendars import load_calendars
from crm.models import Activity, Customer
from crm.queries.references import find_customers
from pipeline.commands import clocks
from pipeline.models import (
    Opportunity,
    OpportunityActivity,
    Product,
    Stage,
    StageClock,
    StageVisit,
    Transition,
)
from pipeline.models.definition import stages_of
from pipeline.queries.pipelines import current_version
from pipeline.queries.references import find_products

PRODUCT_FACTS = ("name", "series", "list_price", "currency")
FACTS = (
    "name",
    "amount",
    "currency",
    "expected_close_date",
    "close_reason",
    "problem",
    "impact",
    "budget_source",
    "success_metric",
    "decision_criteria",
)
SELLING = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR})


class ProductRow(TypedDict, total=False):
    """A product as a file tells of it."""

    external_id: str
    name: str
    series: str
    list_price: Decimal
    currency: str


class OpportunityRow(TypedDict, total=False):
    """A sale as a file tells of it; what it does not tell is absent.

    `stage` is a stage's key, number or name, a state (`won`), or both: `lost@discover` was lost
    out of that stage.
    """

    external_id: str
    name: str
    customer: str
    owner: str
    product: str
    stage: str
    amount: Decimal
    currency: str
    created_date: date
    entered_date: date
    closed_date: date
    expected_close_date: date
    close_reason: str
    problem: str
    impact: str
    budget_source: str
    success_metric: str
    decision_criteria: str


@transaction.atomic
def import_products(
    rows: Sequence[ProductRow], *, source: str, by: User, at: datetime, is_demo: bool = False
) -> Outcome:
    """Create these products or bring them up to date."""
    require(by, "data.import")
    outcome = Outcome()
    present = {
        product.external_id: product
        for product in Product.objects.select_for_update().filter(
            source=source, external_id__in=[row["external_id"] for row in rows]
        )
    }
    new: list[Product] = []
    changed: list[Product] = []
    for row in rows:
        facts: dict[str, Any] = {name: row[name] for name in PRODUCT_FACTS if name in row}
        product = present.get(row["external_id"])
        if product is None:
            new.append(
                Product(**facts, source=source, external_id=row["external_id"], is_demo=is_demo)
            )
            outcome.created += 1
        elif _set(product, facts):
            changed.append(product)
            outcome.updated += 1
        else:
            outcome.unchanged += 1
    created = Product.objects.bulk_create(new)
    Product.objects.bulk_update(changed, PRODUCT_FACTS, batch_size=500)
    events.record_many(
        [
            events.Fact("product.imported", product, data={"source": source, "name": product.name})
            for product in [*created, *changed]
        ],
        by=by,
        at=at,
    )
    return outcome


@transaction.atomic
def import_opportunities(
    rows: Sequence[OpportunityRow], *, source: str, by: User, at: datetime, is_demo: bool = False
) -> Outcome:
    """Create these sales with their history, or bring the facts of known ones up to date.

    Open ones get a clock that counts from now, so that nobody is reminded of the years before.
    """
    require(by, "data.import")
    batch = _Batch(rows, source, at)
    outcome = Outcome()
    new: list[_Birth] = []
    changed: list[Opportunity] = []
    for place, row in enumerate(rows):
        birth = batch.plan(row)
        sale = batch.present.get(row["external_id"])
        if not birth.problems and sale is not None:
            birth.problems += batch.contradictions(sale, birth)
        if birth.problems:
            outcome.reject(place, birth.problems)
        elif sale is None:
            new.append(birth)
            outcome.created += 1
            outcome.touched.add(birth.customer.pk)
        elif batch.change(sale, birth):
            changed.append(sale)
            outcome.updated += 1
        else:
            outcome.unchanged += 1
    created = _give_birth(new, batch, by=by)
    Opportunity.objects.bulk_update(changed, [*FACTS, "product", "updated_at"], batch_size=500)
    events.record_many(
        [
            events.Fact(
                "opportunity.imported",
                sale,
                sale.customer,
                {"source": source, "name": sale.name, "new": sale.pk in created},
            )
            for sale in [*created.values(), *changed]
        ],
        by=by,
        at=at,
    )
    return outcome


@dataclass(frozen=True)
class _Move:
    """One ledger row to be: where the sale went, and when."""

    stage: str
    state: str
    at: datetime


@dataclass
class _Birth:
    """A row understood: what it refers to, and the moves that lead to where it stands."""

    row: OpportunityRow
    problems: list[str] = field(default_factory=list)
    customer: Customer = field(default_factory=Customer)
    owner: User = field(default_factory=User)
    product: Product | None = None
    moves: list[_Move] = field(default_factory=list)

    @property
    def end(self) -> _Move:
        return self.moves[-1]


class _Batch:
    """What the rows of one batch refer to, looked up once, and what they come to."""

    def __init__(self, rows: Sequence[OpportunityRow], source: str, at: datetime) -> None:
        self.source, self.at = source, at
        self.version = current_version()
        self.stages = stages_of(self.version.pk)
        self.open_stages = [stage for stage in self.stages if stage.kind == Stage.Kind.OPEN]
        self.present = {
            sale.external_id: sale
            for sale in Opportunity.objects.select_for_update(of=("self",))
            .prefetch_related("customer", "owner")
            .filter(source=source, external_id__in=[row["external_id"] for row in rows])
            .order_by("pk")
        }
        self.entered = dict(
            StageVisit.objects.filter(
                opportunity__in=[sale.pk for sale in self.present.values()], left_at__isnull=True
            ).values_list("opportunity_id", "entered_at")
        )
        self.customers = find_customers((row["customer"] for row in rows), source=source)
        self.owners = find_users((row["owner"] for row in rows), source=source)
        self.products = find_products((row.get("product", "") for row in rows), source=source)

    def plan(self, row: OpportunityRow) -> _Birth:
        """Look up what the row names and lay out its moves; problems say what is wrong."""
        birth = _Birth(row)
        for references, name in (
            (self.customers, "customer"),
            (self.owners, "owner"),
            (self.products, "product"),
        ):
            text = row.get(name, "")
            found = references[0].get(text)  # type: ignore[call-overload]  # one loop, three kinds
            if found is not None:
                setattr(birth, name, found)
            elif text:
                birth.problems.append(references[1][text])  # type: ignore[index]  # one loop, three kinds
        target = self._target(row["stage"])
        if target is None:
            birth.problems.append(_("No stage is called {name}.").format(name=row["stage"]))
        else:
            birth.problems += self._dates_problems(row, target[1])
        if target is not None and not birth.problems:
            birth.moves = self._moves(row, *target)
            birth.problems += self._owner_problems(birth)
        return birth

    def _target(self, text: str) -> tuple[str, str] | None:
        """The stage a sale stands in or was closed out of, and its state."""
        state, _sign, stage_name = text.partition("@")
        state = state.strip().casefold()
        if state not in Opportunity.State.values:
            stage = self._stage(text)
            if stage is None:
                return None
            after = stage.kind == Stage.Kind.AFTER_WIN
            return stage.key, Opportunity.State.WON if after else Opportunity.State.OPEN
        stage = self._stage(stage_name) if stage_name else self.open_stages[0]
        return (stage.key, state) if stage else None

    def _stage(self, text: str) -> Stage | None:
        wanted = text.strip().casefold()
        for stage in self.stages:
            names = {stage.key, str(stage.position), *stage.names.values()}
            if wanted in {name.casefold() for name in names}:
                return stage
        return None

    def _dates_problems(self, row: OpportunityRow, state: str) -> list[str]:
        closed = row.get("closed_date")
        is_closed = state in Opportunity.CLOSED
        if is_closed and closed is None:
            return [_("It is closed, but no day is given on which it was.")]
        if not is_closed and closed is not None:
            return [_("It is open, but a day is given on which it was closed.")]
        days = [row.get(name) for name in ("created_date", "entered_date", "closed_date")]
        known = [day for day in days if isinstance(day, date)]
        if known != sorted(known):
            return [_("Its dates are not in order: created, stage entered, closed.")]
        if known and known[-1] > self.at.astimezone(get_default_timezone()).date():
            return [_("{day} lies ahead.").format(day=known[-1].isoformat())]
        return []

    def _owner_problems(self, birth: _Birth) -> list[str]:
        """Closed sales keep whoever led them; an open one needs somebody who can."""
        if birth.end.state in Opportunity.CLOSED:
            return []
        if not birth.owner.is_active or birth.owner.role not in SELLING:
            return [_("{name} cannot lead an open sale.").format(name=birth.owner)]
        return []

    def _moves(self, row: OpportunityRow, stage: str, state: str) -> list[_Move]:
        first = self.open_stages[0].key
        closed = row.get("closed_date")
        created = row.get("created_date") or row.get("entered_date") or closed
        entered = row.get("entered_date") or created
        is_closed = state in Opportunity.CLOSED
        after_win = next(s for s in self.stages if s.key == stage).kind == Stage.Kind.AFTER_WIN
        before = self.open_stages[-1].key if after_win else stage
        moves = []
        if created != entered and before != first:
            moves.append(_Move(first, Opportunity.State.OPEN, self._moment(created)))
            moves.append(_Move(before, Opportunity.State.OPEN, self._moment(entered)))
        else:
            moves.append(_Move(before, Opportunity.State.OPEN, self._moment(created)))
        if is_closed:
            final = stage if after_win or state != Opportunity.State.WON else None
            final = final or self.open_stages[-1].key
            moves.append(_Move(final, state, self._moment(closed)))
        elif state != Opportunity.State.OPEN:
            moves[-1] = _Move(moves[-1].stage, state, moves[-1].at)
        return moves

    def _moment(self, day: date | None) -> datetime:
        """Noon of the day, which is the same day nearly everywhere; never later than now."""
        if day is None:
            return self.at
        return min(self.at, datetime.combine(day, time(12), get_default_timezone()))

    def contradictions(self, sale: Opportunity, birth: _Birth) -> list[str]:
        """Where the row says other than the sale of ours about what a file cannot change."""
        found = []
        if (sale.stage, sale.state) != (birth.end.stage, birth.end.state):
            found.append(
                _("It is at {ours} in Baton, at {theirs} in the file. Move it in Baton.").format(
                    ours=f"{sale.state}@{sale.stage}",
                    theirs=f"{birth.end.state}@{birth.end.stage}",
                )
            )
        if sale.customer_id != birth.customer.pk:
            found.append(_("It belongs to {name} in Baton.").format(name=sale.customer.name))
        if sale.owner_id != birth.owner.pk:
            found.append(
                _("{name} leads it in Baton. Reassign it there.").format(name=sale.owner.name)
            )
        if not found and self._rewrites_history(sale, birth):
            found.append(_("Its dates differ from those in Baton, and history stays."))
        return found

    def _rewrites_history(self, sale: Opportunity, birth: _Birth) -> bool:
        row, zone = birth.row, get_default_timezone()
        opened = row.get("created_date") or row.get("entered_date") or row.get("closed_date")
        if opened is not None and sale.opened_at.astimezone(zone).date() != opened:
            return True
        entered = self.entered.get(sale.pk)
        if "entered_date" in row and sale.state not in Opportunity.CLOSED and entered is not None:
            theirs = birth.end.at.astimezone(zone).date()
            if entered.astimezone(zone).date() != theirs:
                return True
        closed = sale.closed_at.astimezone(zone).date() if sale.closed_at else None
        return closed != row.get("closed_date")

    def change(self, sale: Opportunity, birth: _Birth) -> bool:
        """Set the facts that differ; whether any did."""
        facts: dict[str, Any] = {name: birth.row[name] for name in FACTS if name in birth.row}
        if birth.product is not None:
            facts["product_id"] = birth.product.pk
        is_changed = _set(sale, facts)
        if is_changed:
            sale.updated_at = max(sale.updated_at, self.at)
        return is_changed


def _set(row: Product | Opportunity, facts: Mapping[str, Any]) -> bool:
    different = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, facts[name])
    return bool(different)


def _give_birth(births: Sequence[_Birth], batch: _Batch, *, by: User) -> dict[int, Opportunity]:
    """Create the sales, write their ledgers move by move, and start the clocks of the open ones.

    The first moves of all go in one statement, then the second ones: the database checks each
    against the one before, and applies it when its statement ends.
    """
    sales = Opportunity.objects.bulk_create([_build(birth, batch) for birth in births])
    longest = max((len(birth.moves) for birth in births), default=0)
    for number in range(longest):
        rows = [
            _ledger_row(sale, birth, number, by)
            for sale, birth in zip(sales, births, strict=True)
            if number < len(birth.moves)
        ]
        Transition.objects.bulk_create(rows)
    _start_clocks(sales, at=batch.at)
    return {sale.pk: sale for sale in sales}


def _build(birth: _Birth, batch: _Batch) -> Opportunity:
    row = birth.row
    facts: dict[str, Any] = {name: row[name] for name in FACTS if name in row}
    label = birth.product.name if birth.product else birth.customer.name
    facts.setdefault("name", f"{label} {row['external_id']}"[:200])
    return Opportunity(
        **facts,
        customer=birth.customer,
        owner=birth.owner,
        product=birth.product,
        version=batch.version,
        stage=batch.open_stages[0].key,
        opened_at=birth.moves[0].at,
        updated_at=birth.end.at,
        is_imported=True,
        source=batch.source,
        external_id=row["external_id"],
    )


def _ledger_row(sale: Opportunity, birth: _Birth, number: int, by: User) -> Transition:
    move = birth.moves[number]
    before = birth.moves[number - 1] if number else None
    return Transition(
        opportunity=sale,
        seq=number + 1,
        name=Transition.Name.IMPORT,
        from_stage=before.stage if before else "",
        from_state=before.state if before else "",
        to_stage=move.stage,
        to_state=move.state,
        at=move.at,
        by=by,
        reason=birth.row.get("close_reason", "") if move.state in Opportunity.CLOSED else "",
    )


def _start_clocks(sales: Sequence[Opportunity], *, at: datetime) -> None:
    visits = (
        StageVisit.objects.filter(
            opportunity__in=[sale.pk for sale in sales],
            opportunity__state=Opportunity.State.OPEN,
            left_at__isnull=True,
        )
        .select_related("opportunity__customer__team")
        .order_by("pk")
    )
    calendars = load_calendars()
    StageClock.objects.bulk_create(
        [
            clocks.new_clock(
                visit,
                visit.opportunity,
                max(at, visit.entered_at),
                clocks.calendar_of(visit.opportunity.customer, calendars),
            )
            for visit in visits
            if clocks.limit_of(visit.opportunity)
        ],
        batch_size=1000,
    )


@transaction.atomic
def link_activities(
    sale: Opportunity, activities: Sequence[Activity], *, by: User
) -> list[OpportunityActivity]:
    """Say that these imported activities were about this sale of the same customer."""
    require(by, "data.import")
    if any(activity.customer_id != sale.customer_id for activity in activities):
        raise Invalid(_("This opportunity is not one of this customer's."))
    return OpportunityActivity.objects.bulk_create(
        [OpportunityActivity(opportunity=sale, activity=activity) for activity in activities]
    )
