"""Finding customers by what a foreign file calls them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.models import Customer


def find_customers(
    texts: Iterable[str], *, source: str
) -> tuple[dict[str, Customer], dict[str, str]]:
    """Which customer is meant by each text, and a sentence for each that means none or several.

    In this order: the id in that source, the name among those of that source, the name.
    """
    wanted = {text for text in texts if text}
    customers = list(
        Customer.objects.filter(Q(source=source, external_id__in=wanted) | Q(name__in=wanted))
        .defer("search_text", "pinyin", "address")
        .order_by("pk")
    )
    by_id = {c.external_id: c for c in customers if c.source == source and c.external_id}
    named: dict[str, list[Customer]] = {}
    for customer in customers:
        named.setdefault(customer.name, []).append(customer)
    found: dict[str, Customer] = {}
    problems: dict[str, str] = {}
    for text in wanted:
        matches = [by_id[text]] if text in by_id else named.get(text, [])
        matches = [c for c in matches if c.source == source] or matches
        if len(matches) == 1:
            found[text] = matches[0]
        elif matches:
            problems[text] = _("Several customers are called {name}.").format(name=text)
        else:
            problems[text] = _("No customer is called {name}.").format(name=text)
    return found, problems
