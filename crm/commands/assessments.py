"""Two pairs of eyes on one chain: opening a round, judging, dropping it, and the talk after it.

What one of the two says leaves this module for nobody but himself until both have saved: no event
carries it, and `crm.access.visible_judgements` is the only way to read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import reach
from accounts.models import User
from core import events
from core.errors import Conflict, Refused
from crm.access import parts_held, require
from crm.commands.fields import reason_of, refuse
from crm.commands.locks import lock, lock_customer
from crm.commands.private_life import refuse_private
from crm.commands.stakeholders import hold_chain
from crm.models import Assessment, Chain, Customer, Judgement, Role, Stakeholder

LONGEST_TALK = 2000


class Said(NamedTuple):
    """What somebody says of a place: how it stands to us (None: he does not know), and its role."""

    stakeholder_id: int
    attitude: int | None
    role: str = ""


@transaction.atomic
def open_assessment(
    chain: Chain, *, rep: User, manager: User, by: User, at: datetime
) -> Assessment:
    """Ask one who serves the customer and one who leads him to judge its people, each alone."""
    customer, chain = hold_chain(chain, by=by)
    _refuse_unfit(customer, rep, manager)
    if Assessment.objects.filter(chain=chain, revealed_at=None, dropped_at=None).exists():
        raise Conflict(_("One is waiting here already."), code="assessment_one_waiting")
    if not _places(chain):
        raise Conflict(_("Nobody in this chain is known yet."), code="nobody_known")
    made = Assessment.objects.create(
        chain=chain, rep=rep, manager=manager, opened_at=at, opened_by=by
    )
    _record("opened", made, customer, by=by, at=at)
    return made


def _refuse_unfit(customer: Customer, rep: User, manager: User) -> None:
    if rep.pk == manager.pk:
        refuse({"manager": [_("It takes two: choose somebody else.")]})
    if not rep.is_active or not parts_held(rep, customer.pk):
        refuse({"rep": [_("{name} does not serve this customer.").format(name=rep)]})
    if not manager.is_active or customer.team_id not in reach(manager):
        refuse({"manager": [_("{name} does not lead this team.").format(name=manager)]})


def _places(chain: Chain) -> set[int]:
    """The places somebody known fills."""
    places = Stakeholder.objects.filter(chain=chain, removed_at=None, contact__isnull=False)
    return set(places.values_list("pk", flat=True))


def _hold(assessment: Assessment, *, by: User) -> tuple[Customer, Assessment]:
    customer = lock_customer(assessment.chain.customer_id)
    require(by, "chain.change", customer)
    return customer, lock(assessment, "chain", "rep", "manager")


@transaction.atomic
def judge(assessment: Assessment, *, said: Iterable[Said], by: User, at: datetime) -> Assessment:
    """Save what one of the two says, once; who comes second reveals both."""
    customer, held = _hold(assessment, by=by)
    if by.pk not in (held.rep_id, held.manager_id):
        raise Refused(
            _("Only {rep} and {manager} judge here.").format(rep=held.rep, manager=held.manager),
            code="not_asked",
        )
    _refuse_over(held)
    if held.saved_at(by.pk) is not None:
        raise Conflict(_("You have said it already; it stays as it is."), code="judged")
    given = list(said)
    _check(given, held.chain)
    Judgement.objects.bulk_create(
        [
            Judgement(
                assessment=held,
                assessor=by,
                stakeholder_id=one.stakeholder_id,
                attitude=one.attitude,
                role=one.role,
            )
            for one in given
        ]
    )
    field = "rep_saved_at" if by.pk == held.rep_id else "manager_saved_at"
    setattr(held, field, at)
    if held.rep_saved_at is not None and held.manager_saved_at is not None:
        held.revealed_at = at
    held.save(update_fields=[field, "revealed_at"])
    _record("judged", held, customer, by=by, at=at)
    if held.revealed_at is not None:
        _record("revealed", held, customer, by=by, at=at)
    return held


def _refuse_over(held: Assessment) -> None:
    if held.dropped_at is not None:
        raise Conflict(_("This round was dropped."), code="dropped")
    if held.revealed_at is not None:
        raise Conflict(_("Both have been heard already."), code="revealed")


def _check(given: list[Said], chain: Chain) -> None:
    places = [one.stakeholder_id for one in given]
    if not given:
        refuse({"judgements": [_("Say something of one person, at least.")]})
    if len(set(places)) != len(places) or not set(places) <= _places(chain):
        refuse({"judgements": [_("Name each person of this chain once.")]})
    for one in given:
        if one.attitude is not None and one.attitude not in Stakeholder.Attitude.values:
            refuse({"judgements": [_("There is no such attitude.")]})
        if one.role and one.role not in Role.values:
            refuse({"judgements": [_("There is no such role.")]})


@transaction.atomic
def drop(assessment: Assessment, *, by: User, at: datetime) -> Assessment:
    """Wait no longer; what one has said stays unseen by the other."""
    customer, held = _hold(assessment, by=by)
    _refuse_over(held)
    held.dropped_at = at
    held.save(update_fields=["dropped_at"])
    _record("dropped", held, customer, by=by, at=at)
    return held


@transaction.atomic
def record_talk(assessment: Assessment, *, talk: str, by: User, at: datetime) -> Assessment:
    """Write down what the two agreed on; once."""
    customer, held = _hold(assessment, by=by)
    if held.revealed_at is None:
        raise Conflict(_("They talk when both have been heard."), code="not_revealed")
    if held.talked_at is not None:
        raise Conflict(_("What they agreed on is written down already."), code="talked")
    text = reason_of(talk, most=LONGEST_TALK, field="talk")
    refuse_private({"talk": text})
    held.talk, held.talked_at, held.talked_by = text, at, by
    held.save(update_fields=["talk", "talked_at", "talked_by"])
    _record("talked", held, customer, by=by, at=at)
    return held


def _record(verb: str, held: Assessment, customer: Customer, *, by: User, at: datetime) -> None:
    """Who, never what."""
    data = {"chain": held.chain_id, "rep": held.rep_id, "manager": held.manager_id}
    events.record(f"assessment.{verb}", held, by=by, at=at, scope=customer, data=data)
