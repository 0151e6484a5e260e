"""What one should know before one contacts somebody, as sentences with what to do instead."""

from __future__ import annotations

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from crm.metrics.touches import next_free
from crm.models import ContactBan
from crm.models.contact_rule import CHANNELS
from crm.queries.contact_rules import Standing

_LABELS = dict(CHANNELS)


def channels_word(ban: ContactBan) -> str:
    """`Call, E-mail`; empty for all of them."""
    return ", ".join(str(_LABELS[each]) for each in ban.channels)


def banned(standing: Standing, ban: ContactBan) -> str:
    """Not to be contacted: how, why, until when, and who can say more."""
    words = {
        "name": standing.contact.name,
        "channels": channels_word(ban),
        "reason": ban.reason,
        "by": ban.by.name,
        "date": date_format(ban.until_date) if ban.until_date else "",
    }
    if ban.contact_id is None:
        said = _("Nobody at this customer is to be contacted: {reason}.")
    elif ban.channels:
        said = _("{name} is not to be contacted by {channels}: {reason}.")
    else:
        said = _("{name} is not to be contacted: {reason}.")
    rest = _("Until {date}; ask {by} before you do.") if ban.until_date else _("Ask {by} first.")
    return f"{said.format(**words)} {rest.format(**words)}".replace("。 ", "。")


def quiet(standing: Standing) -> str:
    """It is late, or early, where they are."""
    assert standing.quiet is not None
    return _(
        "It is {now} where {name} is, and quiet until {until}. Write a mail, or call later."
    ).format(
        now=time_format(standing.local_time),
        name=standing.contact.name,
        until=time_format(standing.quiet[1]),
    )


def full(standing: Standing) -> str:
    """All of us together came often enough."""
    free = next_free(standing.held, standing.today, standing.most, standing.days)
    return _(
        "{name} was contacted {count} times in {days} days, by all of us; at most {most}. "
        "Wait until {date}, or let them come to you."
    ).format(
        name=standing.contact.name,
        count=standing.count,
        days=standing.days,
        most=standing.most,
        date=date_format(free) if free else "–",
    )


def warnings(standing: Standing) -> list[str]:
    """Everything to be said of one person now."""
    said = [banned(standing, ban) for ban in standing.bans]
    if standing.is_quiet:
        said.append(quiet(standing))
    if standing.is_full:
        said.append(full(standing))
    return said
