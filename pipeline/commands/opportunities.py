"""The verbs of a sale. Nothing else moves one.

Every move: lock the row, ask whether the actor may, compare with what he saw, ask the gate, let
the machine agree, write the ledger row (the database moves the sale by it), start the next clock,
record the event. `seq` is the ledger number the actor saw, by default that of the object he
passes: who comes second gets a Conflict with who was first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict, Invalid
from core.events import record
from core.workingtime import count_working_days, local_date
from crm import access as crm_access
from crm.commands.belongings import gather
from crm.commands.locks import lock_customer
from crm.models import Customer
from pipeline.commands import clocks, playbook
from pipeline.commands.fields import (
    FIELDS,
    check_facts_seen,
    check_may_change,
    check_owner,
    check_seen,
    clean,
    plain,
    set_fields,
)
from pipeline.commands.moves import lock_sale, move, need_reason, write_ledger
from pipeline.models import Opportunity, PipelineVersion, Transition
from pipeline.models.definition import stages_of
from pipeline.queries.pipelines import current_version

LONGEST_HOLD = 60
"""Working days one may wait for a customer (INV-20)."""

OUTCOMES: dict[str, str] = {
    Opportunity.State.LOST: "lose",
    Opportunity.State.NO_DECISION: "close_undecided",
    Opportunity.State.WITHDRAWN: "withdraw",
}


@transaction.atomic
def open_opportunity(
    *,
    customer: Customer,
    name: str,
    by: User,
    at: datetime,
    owner: User | None = None,
    version: PipelineVersion | None = None,
    **fields: Any,
) -> Opportunity:
    """Open a sale at the first stage of the newest pipeline; the actor leads it by default.

    The customer is held, so that it does not change hands between the question and the answer.
    """
    customer = lock_customer(customer.pk)
    crm_access.require(by, "opportunity.create", customer)
    version = version or current_version()
    if version.pipeline.retired_at is not None:
        raise Conflict(
            _("%(pipeline)s is retired: no new sales run through it.")
            % {"pipeline": version.pipeline},
            code="pipeline_retired",
        )
    first = stages_of(version.pk)[0]
    sale = Opportunity(
        customer=customer,
        name=name,
        owner=owner or by,
        version=version,
        stage=first.key,
        opened_at=at,
        updated_at=at,
    )
    set_fields(sale, fields)
    check_owner(sale)
    clean(sale)
    sale.save(force_insert=True)
    write_ledger(sale, Transition.Name.OPEN, ("", ""), by=by, at=at)
    clocks.start(opportunity=sale, at=at)
    playbook.enter(sale, by=by, at=at)
    data = {"name": sale.name, "stage": sale.stage, "owner": sale.owner_id}
    record("opportunity.opened", sale, by=by, at=at, scope=customer, data=data)
    return sale


@transaction.atomic
def change_opportunity(
    opportunity: Opportunity,
    *,
    by: User,
    at: datetime,
    seen_at: datetime | None = None,
    seen: Mapping[str, str] | None = None,
    **fields: Any,
) -> Opportunity:
    """Change what is written about a sale, and who leads it; never its stage or state.

    `seen_at` is the `updated_at` the actor had before his eyes, `seen` single facts as
    `fields.as_seen` writes them: if somebody has changed them since, it is a Conflict that says
    who, and for a single fact what it is now.
    """
    owner = fields.pop("owner", None)
    if owner is not None:
        lock_customer(opportunity.customer_id)
    sale = lock_sale(opportunity, by, "opportunity.change")
    check_seen(sale, seen_at)
    check_facts_seen(sale, seen or {}, fields)
    check_may_change(sale, [*fields, *(["owner"] if owner else [])])
    before = {name: getattr(sale, name) for name in fields if name in FIELDS}
    set_fields(sale, fields)
    changed = [name for name, value in before.items() if getattr(sale, name) != value]
    old_owner = sale.owner_id
    if owner is not None and owner.pk != sale.owner_id:
        sale.owner = owner
        check_owner(sale)
        changed.append("owner")
    if not changed:
        return sale
    clean(sale)
    sale.updated_at = max(at, sale.updated_at)
    sale.save(update_fields=[*changed, "updated_at"])
    before["owner"] = old_owner
    changes = {name: [plain(before[name]), plain(getattr(sale, name))] for name in changed}
    record(
        "opportunity.changed", sale, by=by, at=at, scope=sale.customer, data={"changes": changes}
    )
    return sale


def advance(
    opportunity: Opportunity,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    seq: int | None = None,
    stage: str | None = None,
) -> Opportunity:
    """To the next stage, if the gate of this one is open."""
    return move(
        opportunity,
        Transition.Name.ADVANCE,
        "opportunity.advanced",
        lambda sale: sale.advance(),
        by=by,
        at=at,
        reason=reason,
        seen=(seq, stage),
        gated=True,
    )


def send_back(
    opportunity: Opportunity,
    *,
    by: User,
    at: datetime,
    reason: str,
    seq: int | None = None,
    stage: str | None = None,
) -> Opportunity:
    """To the stage before, saying why."""

    def run(sale: Opportunity) -> None:
        sale.send_back()
        need_reason(reason)

    return move(
        opportunity,
        Transition.Name.SEND_BACK,
        "opportunity.sent_back",
        run,
        by=by,
        at=at,
        reason=reason,
        seen=(seq, stage),
    )


@transaction.atomic
def hold(
    opportunity: Opportunity,
    *,
    until: date,
    by: User,
    at: datetime,
    reason: str,
    seq: int | None = None,
    stage: str | None = None,
) -> Opportunity:
    """Wait for the customer until a day; the clock stands still until then."""

    def run(sale: Opportunity) -> None:
        sale.hold()
        need_reason(reason)
        _check_until(sale, until, at)

    sale = move(
        opportunity,
        Transition.Name.HOLD,
        "opportunity.held",
        run,
        by=by,
        at=at,
        reason=reason,
        seen=(seq, stage),
        data={"until": until.isoformat()},
    )
    sale.waiting_until = until
    sale.save(update_fields=["waiting_until"])
    clocks.pause(opportunity=sale, at=at)
    return sale


def _check_until(sale: Opportunity, until: date, at: datetime) -> None:
    """Ahead, and not further than anybody may wait."""
    calendar = clocks.calendar_of(sale.customer)
    today = local_date(at, calendar)
    if until <= today:
        sentence, code = _("Choose a day after today."), "until_not_ahead"
    elif count_working_days(today, until, calendar) > LONGEST_HOLD:
        code = "until_too_far"
        sentence = _("Wait {days} working days at most; close the sale if it takes longer.").format(
            days=LONGEST_HOLD
        )
    else:
        return
    raise Invalid(sentence, code=code, details={"until": [sentence]})


@transaction.atomic
def resume(
    opportunity: Opportunity,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    seq: int | None = None,
    stage: str | None = None,
) -> Opportunity:
    """Go on where it was; the days of waiting do not count."""
    sale = move(
        opportunity,
        Transition.Name.RESUME,
        "opportunity.resumed",
        lambda sale: sale.resume(),
        by=by,
        at=at,
        reason=reason,
        seen=(seq, stage),
    )
    clocks.resume(opportunity=sale, at=at)
    return sale


def win(
    opportunity: Opportunity,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    seq: int | None = None,
    stage: str | None = None,
) -> Opportunity:
    """The contract is in force: out of the last open stage, through its gate."""

    def run(sale: Opportunity) -> None:
        sale.win()
        sale.begin_delivery()

    return move(
        opportunity,
        Transition.Name.WIN,
        "opportunity.won",
        run,
        by=by,
        at=at,
        reason=reason,
        seen=(seq, stage),
        gated=True,
    )


@transaction.atomic
def lose(
    opportunity: Opportunity,
    *,
    outcome: str,
    reason: str,
    by: User,
    at: datetime,
    seq: int | None = None,
    stage: str | None = None,
) -> Opportunity:
    """Close without a win: lost, no decision, or withdrawn by us, saying why."""

    def run(sale: Opportunity) -> None:
        verb = OUTCOMES.get(outcome)
        if verb is None:
            sentence = _("Say how it ended: lost, no decision, or withdrawn.")
            raise Invalid(sentence, code="outcome_unknown", details={"outcome": [sentence]})
        getattr(sale, verb)()
        need_reason(reason)

    sale = move(
        opportunity,
        Transition.Name.LOSE,
        "opportunity.lost",
        run,
        by=by,
        at=at,
        reason=reason,
        seen=(seq, stage),
        data={"outcome": str(outcome)},
    )
    sale.close_reason = reason.strip()
    sale.save(update_fields=["close_reason"])
    return sale


@transaction.atomic
def reopen(
    opportunity: Opportunity,
    *,
    by: User,
    at: datetime,
    reason: str,
    seq: int | None = None,
    stage: str | None = None,
) -> Opportunity:
    """A closed sale that was not won lives again, at the stage where it ended."""

    def run(sale: Opportunity) -> None:
        sale.reopen()
        need_reason(reason)

    sale = move(
        opportunity,
        Transition.Name.REOPEN,
        "opportunity.reopened",
        run,
        by=by,
        at=at,
        reason=reason,
        seen=(seq, stage),
    )
    sale.close_reason = ""
    sale.save(update_fields=["close_reason"])
    if gather([sale.customer_id], by=by, at=at):
        sale.refresh_from_db(fields=["owner", "updated_at"])
    return sale
