"""People at customers by a part of their name, for the command palette."""

from __future__ import annotations

from accounts.models import User
from crm.access import visible_contacts
from crm.models import Contact
from crm.queries.customers import search_lower


def contacts_found(user: User, text: str, most: int) -> list[tuple[str, str, str, int]]:
    """Name, job title, customer's name and number; nothing for an empty text."""
    if not text.strip():
        return []
    rows = search_lower(visible_contacts(user), text, "name").filter(state=Contact.State.ACTIVE)
    return list(
        rows.order_by("name", "pk").values_list("name", "title", "customer__name", "customer_id")[
            :most
        ]
    )
