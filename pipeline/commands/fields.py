"""What may be written about a sale, and the checks on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import localize, number_format
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Conflict, Invalid
from core.models import Event
from pipeline.access import may
from pipeline.models import Opportunity

FIELDS = (
    "name",
    "product",
    "amount",
    "currency",
    "expected_close_date",
    "problem",
    "impact",
    "budget_source",
    "decision_date",
    "decision_procedure",
    "success_metric",
    "decision_criteria",
    "differentiator",
    "offer_date",
    "signature_plan",
    "selection_statement",
    "signed_date",
    "acceptance_date",
    "paid_date",
)
"""What may be written down about a sale."""

AFTER_WIN_FIELDS = ("acceptance_date", "paid_date")
"""What still happens to a sale that has been won."""

LONGEST_QUOTE = 120

MOVED_ONLY = ("stage", "state", "closed_at", "ledger_seq")


def set_fields(sale: Opportunity, fields: Mapping[str, Any]) -> None:
    """Put values into the object; a stage or state among them is told where it belongs."""
    moved = [name for name in fields if name in MOVED_ONLY]
    if moved:
        sentence = _("Stage and state change only by a transition.")
        raise Invalid(
            sentence, code="moves_by_transition", details={key: [sentence] for key in moved}
        )
    for name, value in fields.items():
        if name not in FIELDS:
            raise TypeError(f"an opportunity has no field {name!r} to be written")
        setattr(sale, name, value.strip() if isinstance(value, str) else value)


def check_may_change(sale: Opportunity, names: Iterable[str]) -> None:
    """A closed sale stays as it was closed; one that was won still gets accepted and paid."""
    if sale.state not in Opportunity.CLOSED:
        return
    allowed = AFTER_WIN_FIELDS if sale.state == Opportunity.State.WON else ()
    closed = sorted(set(names) - set(allowed) - set(MOVED_ONLY))
    if closed:
        raise Conflict(
            _("{name} is closed ({state}); what it was closed with stays.").format(
                name=sale.name, state=Opportunity.State(sale.state).label
            ),
            code="opportunity_closed",
            details={"fields": closed, "state": sale.state},
        )


def check_seen(sale: Opportunity, seen_at: datetime | None) -> None:
    """Refuse to write over what somebody else wrote after the actor had looked."""
    if seen_at is not None and seen_at != sale.updated_at:
        _refuse_stale(sale, _("{name} changed this meanwhile. Look at it again before you do."))


def check_facts_seen(sale: Opportunity, seen: Mapping[str, str], fields: Mapping[str, Any]) -> None:
    """The same for single facts, each by its value."""
    for name, was in seen.items():
        now = getattr(sale, name)
        if as_seen(now) != was:
            _refuse_stale(
                sale,
                _(
                    "{name} changed this to “{now}” meanwhile. What you wrote, “{yours}”, "
                    "is not saved."
                ),
                fact=name,
                now=_quoted(now),
                yours=_quoted(fields.get(name)),
            )


def as_seen(value: Any) -> str:
    """A fact as a page sends back what it showed."""
    return "" if value is None else str(plain(value)).replace("\r\n", "\n")


def _quoted(value: Any) -> str:
    """A value within a sentence; a long one only as far as it is needed to be known again."""
    if isinstance(value, Decimal):
        return number_format(value, decimal_pos=2, force_grouping=True)
    text = "–" if value in (None, "") else str(localize(value))
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _refuse_stale(sale: Opportunity, sentence: str, *, fact: str = "", **words: str) -> None:
    events = Event.objects.filter(
        scope_id=sale.customer_id, subject_id=sale.pk, name__startswith="opportunity."
    )
    if fact:
        events = events.filter(data__changes__has_key=fact)
    last = events.order_by("-at", "-id").first()
    raise Conflict(
        sentence.format(name=last.actor_name if last else _("Somebody"), **words),
        code="stale",
        details={
            "by": last.actor_name if last else None,
            "at": sale.updated_at.isoformat(),
            "changes": last.data.get("changes", {}) if last else {},
        },
    )


def check_owner(sale: Opportunity) -> None:
    """Who leads a sale has to be somebody who serves the customer, or leads who does."""
    owner: User = sale.owner
    if not may(owner, "opportunity.change", sale):
        sentence = _("{person} does not serve {customer}; assign them first.").format(
            person=owner, customer=sale.customer
        )
        raise Invalid(sentence, code="owner_does_not_serve", details={"owner": [sentence]})


def clean(sale: Opportunity) -> None:
    """Refuse values the columns cannot take, field by field."""
    wrong: dict[str, list[str]] = {}
    try:
        sale.clean_fields(exclude={"stage", "state", "version", "customer", "owner", "product"})
    except ValidationError as error:
        wrong = error.message_dict
    for name in FIELDS:
        value = getattr(sale, name)
        longest = getattr(Opportunity._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and "\x00" in value:
            wrong.setdefault(name, []).append(_("A text cannot contain a NUL character."))
        elif isinstance(value, str) and longest and len(value) > longest and name not in wrong:
            wrong[name] = [_("At most {most} characters.").format(most=longest)]
    if sale.amount is not None and sale.amount < 0:
        wrong.setdefault("amount", []).append(_("An amount is not less than zero."))
    if wrong:
        raise Invalid(_("Some values cannot be taken."), code="invalid", details=wrong)


def plain(value: Any) -> Any:
    """A value as the log keeps it."""
    if value is None or isinstance(value, int | str):
        return value
    return getattr(value, "pk", None) or str(value)
