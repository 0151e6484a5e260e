"""Finding products by what a foreign file calls them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from pipeline.models import Product


def find_products(
    texts: Iterable[str], *, source: str
) -> tuple[dict[str, Product], dict[str, str]]:
    """Which product is meant by each text, and a sentence for each that means none or several.

    In this order: the id in that source, the name among those of that source, the name.
    """
    wanted = {text for text in texts if text}
    products = list(
        Product.objects.filter(Q(source=source, external_id__in=wanted) | Q(name__in=wanted))
    )
    found: dict[str, Product] = {}
    problems: dict[str, str] = {}
    for text in wanted:
        own = [p for p in products if p.source == source]
        matches = (
            [p for p in own if p.external_id == text]
            or [p for p in own if p.name == text]
            or [p for p in products if p.name == text]
        )
        if len(matches) == 1:
            found[text] = matches[0]
        elif matches:
            problems[text] = _("Several products are called {name}.").format(name=text)
        else:
            problems[text] = _("No product is called {name}.").format(name=text)
    return found, problems
