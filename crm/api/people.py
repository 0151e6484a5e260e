"""People at customers, named by their numbers in what a request sends."""

from __future__ import annotations

from typing import Any

from crm import access


def put_people(user: Any, data: dict[str, Any], *names: str) -> None:
    """Put people at customers in the place of their numbers, as far as given."""
    for name in names:
        if data.get(name) is not None:
            data[name] = access.get_contact(user, data[name])
