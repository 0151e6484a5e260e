"""The company's list of competitors, and what each of them does in a sale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.access import require as require_role
from accounts.models import User
from core import events
from core.commands.locks import hold
from crm.commands.expectations import person_of
from crm.commands.fields import differences, refuse, take
from crm.commands.locks import lock
from crm.commands.private_life import refuse_private
from pipeline.commands.holding import hold_sale
from pipeline.models import Competitor, Opportunity, Rival

FACTS = ("sponsor", "offer", "price_level", "strengths", "relationship_owner", "state")
NAMED = ("name", "is_active")


def hold_list() -> None:
    """Let nobody else give another the same name meanwhile."""
    hold("pipeline.competitors")


@transaction.atomic
def add_competitor(*, name: str, by: User, at: datetime, is_demo: bool = False) -> Competitor:
    """Put a name on the company's list."""
    require_role(by, "competitor.add")
    hold_list()
    row = Competitor(created_at=at, is_demo=is_demo)
    _take_name(row, {"name": name})
    row.save()
    events.record("competitor.added", row, by=by, at=at, data={"name": row.name})
    return row


@transaction.atomic
def change_competitor(
    competitor: Competitor, *, changes: Mapping[str, Any], by: User, at: datetime
) -> Competitor:
    """Write the name better, or retire it: sales keep it, it is only not chosen anew."""
    require_role(by, "catalogue.change")
    hold_list()
    row = lock(competitor)
    before = {name: getattr(row, name) for name in changes if name in NAMED}
    _take_name(row, changes)
    changed = differences(row, before)
    if changed:
        row.save(update_fields=list(changed))
        events.record("competitor.changed", row, by=by, at=at, data={"changes": changed})
    return row


def _take_name(row: Competitor, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(NAMED)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    take(row, facts)
    same = Competitor.objects.exclude(pk=row.pk).annotate(lower=Lower("name"))
    if same.filter(lower=row.name.lower()).exists():
        refuse({"name": [_("This name is on the list already.")]})


@transaction.atomic
def note_rival(
    opportunity: Opportunity,
    *,
    competitor: Competitor,
    facts: Mapping[str, Any],
    by: User,
    at: datetime,
) -> Rival:
    """Note that a competitor is in the sale, and what is known of him there."""
    sale = hold_sale(opportunity, by, "rival.note")
    competitor = lock(competitor)
    if not competitor.is_active:
        refuse({"competitor": [_("This competitor is not chosen any more.")]})
    if Rival.objects.filter(opportunity=sale, competitor=competitor).exists():
        refuse({"competitor": [_("This competitor is noted in the sale already.")]})
    row = Rival(opportunity=sale, competitor=competitor, noted_by=by, noted_at=at, updated_at=at)
    _take(row, facts)
    row.save()
    _record("rival.noted", row, by=by, at=at)
    return row


@transaction.atomic
def change_rival(rival: Rival, *, changes: Mapping[str, Any], by: User, at: datetime) -> Rival:
    """What is known of him has changed."""
    sale = hold_sale(rival.opportunity, by, "rival.note")
    row = lock(rival)
    row.opportunity = sale
    before = {name: getattr(row, name) for name in FACTS}
    _take(row, changes)
    changed = [name for name in FACTS if getattr(row, name) != before[name]]
    if changed:
        row.updated_at = max(at, row.updated_at)
        row.save(update_fields=[*changed, "updated_at"])
        _record("rival.changed", row, by=by, at=at, fields=changed)
    return row


def _take(row: Rival, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - set(FACTS)
    refuse({name: [_("This cannot be changed here.")] for name in sorted(unknown)})
    facts = dict(facts)
    if "sponsor" in facts:
        sponsor = facts.pop("sponsor")
        if sponsor is not None and sponsor.pk != row.sponsor_id:
            sponsor = person_of(sponsor, row.opportunity.customer, "sponsor")
        row.sponsor = sponsor
    take(row, facts)
    told = ("offer", "strengths", "relationship_owner")
    refuse_private({name: getattr(row, name) for name in told})


def _record(name: str, row: Rival, *, by: User, at: datetime, **more: Any) -> None:
    sale = row.opportunity
    data = {"rival": row.pk, "competitor": row.competitor_id, "state": row.state}
    data |= {"sponsor": row.sponsor_id, "price_level": row.price_level}
    events.record(name, sale, by=by, at=at, scope=sale.customer, data=data | more)
