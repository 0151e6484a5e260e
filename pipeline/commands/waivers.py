"""Asking to pass a gate without one of its criteria, and deciding about it.

The rule outranks everybody: a waiver needs a reason, what compensates for the gap and an end, and
is never decided by who asked or leads the sale. It opens the gate only while it holds, in the
stay it was asked for in; the ledger names it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.errors import Conflict, Invalid, Refused
from core.events import record
from core.workingtime import local_date
from crm.commands.commitment_clock import day_ends
from crm.commands.fields import note_of, reason_of
from pipeline.commands import clocks
from pipeline.commands.moves import lock_sale
from pipeline.gates import Unmet, verdict
from pipeline.models import ExitCriterion, Opportunity, StageVisit, Waiver

LONGEST = timedelta(days=90)
"""How far ahead a waiver may hold."""

State = Waiver.State


@transaction.atomic
def ask(
    opportunity: Opportunity,
    *,
    criterion: str,
    reason: str,
    compensation: str,
    until_date: date,
    by: User,
    at: datetime,
) -> Waiver:
    """Ask that the sale may leave its stage without the criterion of this key.

    Only what is mandatory and does not hold now can be waived.
    """
    sale = lock_sale(opportunity, by, "waiver.ask")
    row = _criterion(sale, criterion, at)
    reason = reason_of(reason)
    compensation = reason_of(compensation, field="compensation")
    expires_at = _expiry(sale, until_date, at)
    entered_at = _entered_at(sale)
    _end_over(sale, row, entered_at, by=by, at=at)
    live = Waiver.objects.filter(opportunity=sale, criterion=row, state__in=Waiver.LIVE).first()
    if live is not None:
        raise Conflict(
            _("{name} has asked for this already.").format(name=live.asked_by),
            code="waiver_asked",
            details={"waiver": live.pk},
        )
    waiver = Waiver.objects.create(
        opportunity=sale,
        criterion=row,
        reason=reason,
        compensation=compensation,
        until_date=until_date,
        expires_at=expires_at,
        asked_by=by,
        asked_at=max(at, entered_at),
    )
    _record("waiver.asked", waiver, sale, by=by, at=at)
    return waiver


def _criterion(sale: Opportunity, key: str, at: datetime) -> ExitCriterion:
    """The criterion, if it keeps the gate of the stage shut and may be waived."""
    found = next((each for each in _blocking(sale, at) if each.key == key), None)
    sentence = ""
    if found is None:
        sentence = _("This does not keep the sale in its stage.")
    elif not found.waivable:
        sentence = _("A decision of the committee is not waived; ask for it anew.")
    if found is None or sentence:
        raise Invalid(sentence, code="nothing_to_waive", details={"criterion": [sentence]})
    return next(row for row in sale.stage_row.criteria.all() if row.pk == found.criterion_id)


def _blocking(sale: Opportunity, at: datetime) -> tuple[Unmet, ...]:
    """What keeps a sale under way in its stage."""
    if sale.state not in (Opportunity.State.OPEN, Opportunity.State.WON):
        raise Conflict(_("This sale is not under way."), code="not_from_here")
    return verdict(sale, at=at).blocking


def _expiry(sale: Opportunity, until: date, at: datetime) -> datetime:
    calendar = clocks.calendar_of(sale.customer)
    today = local_date(at, calendar)
    sentence = ""
    if until < today:
        sentence = _("Choose today or a day after it.")
    elif until - today > LONGEST:
        sentence = ngettext(
            "Choose a day within {days} day.", "Choose a day within {days} days.", LONGEST.days
        ).format(days=LONGEST.days)
    if sentence:
        raise Invalid(sentence, code="until_unfit", details={"until_date": [sentence]})
    return day_ends(until, calendar)


def _entered_at(sale: Opportunity) -> datetime:
    """When the stay began in which the sale is; one won in its last stage is in none."""
    stay = StageVisit.objects.filter(opportunity=sale, left_at__isnull=True).first()
    if stay is None:
        raise Conflict(_("This sale is not under way."), code="not_from_here")
    return stay.entered_at


def _end_over(
    sale: Opportunity, row: ExitCriterion, entered_at: datetime, *, by: User, at: datetime
) -> None:
    """One whose day or stay is over makes room for another, granted or never decided."""
    over = Waiver.objects.select_for_update(no_key=True).filter(
        Q(expires_at__lte=at) | Q(asked_at__lt=entered_at),
        opportunity=sale,
        criterion=row,
        state__in=Waiver.LIVE,
    )
    for waiver in over:
        verb = "end" if waiver.state == State.GRANTED else "withdraw"
        _close(waiver, verb, sale, by=by, at=at, note="")


@transaction.atomic
def grant(waiver: Waiver, *, by: User, at: datetime, note: str = "") -> Waiver:
    """Let it pass; neither who asked can, nor who leads the sale.

    Refused where it would let nothing pass: the sale has moved on or is closed, or it holds now.
    """
    held, sale = _held(waiver, by, "waiver.decide", State.ASKED)
    _refuse_own(held, sale, by)
    if held.expires_at <= at:
        raise Conflict(_("The day until which it was asked for is over."), code="expired")
    if held.criterion_id not in [each.criterion_id for each in _blocking(sale, at)]:
        raise Conflict(_("This does not keep the sale in its stage."), code="nothing_to_waive")
    if held.asked_at < _entered_at(sale):
        raise Conflict(
            _("This was asked for before the sale came back to its stage. Ask for it anew."),
            code="earlier_stay",
        )
    return _close(held, "grant", sale, by=by, at=at, note=note_of(note))


@transaction.atomic
def refuse(waiver: Waiver, *, reason: str, by: User, at: datetime) -> Waiver:
    """Do not let it pass, saying why."""
    held, sale = _held(waiver, by, "waiver.decide", State.ASKED)
    _refuse_own(held, sale, by)
    return _close(held, "refuse", sale, by=by, at=at, note=reason_of(reason))


@transaction.atomic
def withdraw(waiver: Waiver, *, by: User, at: datetime) -> Waiver:
    """Who asked, or who leads the sale now, does not need it any more."""
    held, sale = _held(waiver, by, "waiver.ask", State.ASKED)
    return _close(held, "withdraw", sale, by=by, at=at, note="")


@transaction.atomic
def end(waiver: Waiver, *, reason: str, by: User, at: datetime) -> Waiver:
    """Take back one that was granted, before it is used or its day is over."""
    held, sale = _held(waiver, by, "waiver.decide", State.GRANTED)
    return _close(held, "end", sale, by=by, at=at, note=reason_of(reason))


def _held(waiver: Waiver, by: User, capability: str, state: str) -> tuple[Waiver, Opportunity]:
    """The waiver and its sale, held, if it is in this state."""
    sale = lock_sale(waiver.opportunity, by, capability)
    held = Waiver.objects.select_for_update(of=("self",), no_key=True).get(pk=waiver.pk)
    if held.state != state:
        raise Conflict(
            _("This is closed already: {state}.").format(state=held.get_state_display()),
            code="closed",
            details={"state": held.state},
        )
    return held, sale


def _refuse_own(waiver: Waiver, sale: Opportunity, by: User) -> None:
    """Who gains by it does not decide: neither who asked, nor who leads the sale."""
    if waiver.asked_by_id == by.pk:
        raise Refused(_("Whoever asks for a waiver cannot decide about it."), code="own_waiver")
    if sale.owner_id == by.pk:
        raise Refused(
            _("Whoever leads the sale cannot decide about its waivers."), code="own_waiver"
        )


def _close(
    waiver: Waiver, verb: str, sale: Opportunity, *, by: User, at: datetime, note: str
) -> Waiver:
    getattr(waiver, verb)()
    waiver.decided_by, waiver.decided_at, waiver.note = by, max(at, waiver.asked_at), note
    waiver.save(update_fields=["state", "decided_by", "decided_at", "note"])
    _record(f"waiver.{waiver.state}", waiver, sale, by=by, at=at)
    return waiver


def _record(name: str, waiver: Waiver, sale: Opportunity, *, by: User, at: datetime) -> None:
    data = {
        "opportunity": sale.pk,
        "criterion": waiver.criterion_id,
        "until_date": waiver.until_date.isoformat(),
        "asked_by": waiver.asked_by_id,
    }
    record(name, waiver, by=by, at=at, scope=sale.customer, data=data)
