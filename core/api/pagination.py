"""The parameters and the envelope of every list: keyset pages, and a count when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core import keyset
from core.api import filters


class Limit(filters.Filter):
    """How many rows to a page."""

    schema = {
        "type": "integer",
        "minimum": 1,
        "maximum": keyset.MOST_ROWS,
        "default": keyset.DEFAULT_LIMIT,
    }

    def read(self, text: str) -> int:
        """A number from 1 to 200."""
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0
        if not 1 <= number <= keyset.MOST_ROWS:
            sentence = _("Give a number from 1 to %(most)s.") % {"most": keyset.MOST_ROWS}
            raise ValueError(sentence)
        return number


CURSOR = filters.Text("", description="Where to go on: taken from `next` or `previous`.")
LIMIT = Limit("", description="Rows to a page.")
COUNT = filters.Flag("", description="Add `count`, which stops at 10,000 (`count_capped`).")


def parameters(orders: Mapping[str, Sequence[str]]) -> dict[str, filters.Filter]:
    """What a list understands beside its own filters."""
    known: dict[str, filters.Filter] = {"cursor": CURSOR, "limit": LIMIT, "count": COUNT}
    if len(orders) > 1:
        known["order"] = filters.Choice("", list(orders), description="A leading minus: falling.")
    return known


def envelope(
    request: Request,
    queryset: QuerySet[Any],
    columns: Sequence[str],
    values: Mapping[str, Any],
    *,
    shape: Callable[[list[Any]], list[Any]],
    key: Callable[[Any], Sequence[Any]] | None = None,
) -> dict[str, Any]:
    """`{results, next, previous}`, and `count` when asked for."""
    page = keyset.page(
        queryset,
        columns,
        cursor=values.get("cursor"),
        limit=values.get("limit", keyset.DEFAULT_LIMIT),
        key=key,
    )
    answer: dict[str, Any] = {
        "results": shape(page.rows),
        "next": _address(request, page.next),
        "previous": _address(request, page.previous),
    }
    if values.get("count"):
        answer["count"], answer["count_capped"] = keyset.count(queryset)
    return answer


def _address(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    query = request._request.GET.copy()
    query["cursor"] = cursor
    query.pop("count", None)
    return request._request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


class KeysetPage:
    """What the schema has to know about pages; views answer with `envelope`."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The envelope around an array of rows."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": {**link, "description": "The address of the next page, if there is one."},
                "previous": {**link, "description": "The address of the page before."},
                "count": {"type": "integer", "description": "Only with `count=1`; 10,000 at most."},
                "count_capped": {"type": "boolean", "description": "There are more than `count`."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters of a list view, its own filters included."""
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": str(parameter.description),
                "schema": schema_of(parameter),
                **({"style": "form", "explode": False} if parameter.many else {}),
            }
            for name, parameter in sorted(view.known_parameters().items())
        ]


def schema_of(parameter: filters.Filter) -> dict[str, Any]:
    """The schema of one parameter."""
    schema = dict(parameter.schema)
    return {"type": "array", "items": schema} if parameter.many else schema
