"""Keeping the rules of contact, over all of us: asked by whoever plans or logs.

What is planned against a rule is refused; what has happened is logged and flagged (ADR 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Invalid
from crm.metrics.touches import fullest, next_free
from crm.models import Activity, Contact, ContactBreach
from crm.queries import contact_words
from crm.queries.contact_rules import Standing, standings

Rule = ContactBreach.Rule


def refuse_contact(
    contact: Contact,
    *,
    channel: str,
    due_date: date | None,
    at: datetime,
    action_id: int | None = None,
) -> None:
    """Refuse to plan to contact somebody who is not to be, or by whom all of us come too often."""
    (standing,) = standings([contact.pk], at=at)
    forbidden = standing.ban_by(channel)
    day = max(due_date or standing.today, standing.today)
    if forbidden is not None and (forbidden.until_date is None or day <= forbidden.until_date):
        said = contact_words.banned(standing, forbidden)
        raise Invalid(said, code="do_not_contact", details={"contact": [said]})
    touched = standing.days_but(action_id)
    count = fullest(touched, day, standing.days)
    if count > standing.most:
        said = _over_the_cap(standing, touched, day, count)
        raise Invalid(said, code="contacted_too_often", details={"contact": [said]})


def _over_the_cap(standing: Standing, touched: list[date], day: date, count: int) -> str:
    free = next_free(touched, day, standing.most, standing.days)
    return _(
        "This would be contact number {count} with {name} in {days} days, by all of us; at most "
        "{most}. Choose {date} or later."
    ).format(
        count=count,
        name=standing.contact.name,
        days=standing.days,
        most=standing.most,
        date=date_format(free) if free else "–",
    )


def flag(activity: Activity, contacts: Iterable[Contact], *, by: User, at: datetime) -> None:
    """Note against which rules people were contacted; who came to us was not contacted by us."""
    people = [contact.pk for contact in contacts]
    found: list[ContactBreach] = []
    if people and not activity.incoming and activity.kind != Activity.Kind.NOTE:
        for standing in standings(people, at=activity.starts_at, but_activity=activity.pk):
            found += [
                ContactBreach(activity=activity, contact=standing.contact, rule=rule)
                for rule in _broken(standing, activity.kind)
            ]
    if not found:
        return
    ContactBreach.objects.bulk_create(found)
    data = {
        "subject": activity.subject,
        "author": activity.author_id,
        "contacts": sorted({breach.contact_id for breach in found}),
        "rules": sorted({breach.rule for breach in found}),
    }
    events.record("activity.flagged", activity, by=by, at=at, scope=activity.customer, data=data)


def flag_again(activity: Activity, *, by: User, at: datetime) -> None:
    """The same after a correction: what it says now counts, and the log keeps what it said."""
    ContactBreach.objects.filter(activity=activity).delete()
    flag(activity, activity.contacts.all(), by=by, at=at)


def _broken(standing: Standing, kind: str) -> list[str]:
    broken = []
    if standing.ban_by(kind) is not None:
        broken.append(Rule.BAN)
    if standing.disturbs(kind):
        broken.append(Rule.QUIET)
    if standing.is_full:
        broken.append(Rule.CAP)
    return [rule.value for rule in broken]
