"""Pages by row value: `(a, id) < (x, y)`, as fast on page 10,000 as on the first.

Web pages and the API share it. An order is a list of columns of one direction; the primary key is
added as the last, so that rows with equal values never fall between two pages. Rows whose first
column is null come last, in either direction. Rows that are computed, not stored, are paged alike.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple
from zlib import crc32

import orjson
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, QuerySet, Value
from django.utils.translation import gettext as _

from core.errors import Invalid

DEFAULT_LIMIT = 50
MOST_ROWS = 200
MOST_COUNTED = 10_000
LONGEST_CURSOR = 4096
SMALLEST_KEY, LARGEST_KEY = -(2**63), 2**63 - 1


def key_of(text: str) -> int | None:
    """The number of a row as an address or a form gives it; None where it is no number.

    One larger than any row can have becomes the largest, which no row has.
    """
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    too_long = len(digits) > len(str(LARGEST_KEY))
    return LARGEST_KEY if too_long else min(int(digits), LARGEST_KEY)


class BadCursor(Invalid):
    """A cursor this list did not hand out."""

    code = "bad_cursor"


class Page(NamedTuple):
    """One page of rows, and the cursors of its neighbours (None where there is none)."""

    rows: list[Any]
    next: str | None
    previous: str | None


class Count(NamedTuple):
    """A number of rows; when capped, there are more than `value`."""

    value: int
    capped: bool


class RowCompare(Func):
    """`(a, b) < (x, y)`, which an index over (a, b) answers; the OR form cannot use one."""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, columns: Sequence[str], sign: str, values: Sequence[Value]) -> None:
        self.sign, self.width = sign, len(columns)
        super().__init__(*(F(column) for column in columns), *values)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """Left row, sign, right row."""
        parts = [compiler.compile(part) for part in self.source_expressions]
        left = ", ".join(sql for sql, _params in parts[: self.width])
        right = ", ".join(sql for sql, _params in parts[self.width :])
        params = [param for _sql, params in parts for param in params]
        return f"({left}) {self.sign} ({right})", params


class Places:
    """Places between two rows of one list, by the values of some fields, written as cursors."""

    def __init__(
        self, name: str, fields: Sequence[models.Field], *, nullable: bool = False
    ) -> None:
        self.mark = crc32(name.encode())
        self.fields = fields
        self.nullable = nullable

    def write(self, key: Sequence[Any], *, backward: bool = False) -> str:
        """The cursor of a place."""
        packed = orjson.dumps([self.mark, int(backward), *key], default=str)
        return urlsafe_b64encode(packed).rstrip(b"=").decode()

    def read(self, cursor: str) -> tuple[list[Any], bool]:
        """The place a cursor names; refuses whatever this list did not write."""
        try:
            if len(cursor) > LONGEST_CURSOR:
                raise ValueError
            padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
            packed = b64decode(padded, altchars=b"-_", validate=True)
            mark, backward, *key = orjson.loads(packed)
            if mark != self.mark or backward not in (0, 1):
                raise ValueError
            return self._key(key), bool(backward)
        except (ValueError, TypeError, ValidationError, OverflowError) as error:
            raise BadCursor(_("This is not a cursor of this list.")) from error

    def _key(self, raw: list[Any]) -> list[Any]:
        key = []
        for place, (value, field) in enumerate(zip(raw, self.fields, strict=True)):
            if value is None and not (place == 0 and self.nullable):
                raise ValueError
            key.append(None if value is None else _scalar(value, field))
        return key


class Order(Places):
    """Columns of one direction, ready to sort, compare and name a place between two rows."""

    def __init__(self, model: type[models.Model], columns: tuple[str, ...]) -> None:
        self.descending = columns[0].startswith("-") if columns else False
        if any(column.startswith("-") != self.descending for column in columns):
            raise ValueError(f"columns of one order have one direction: {columns}")
        names = [column.removeprefix("-") for column in columns]
        fields = [_field_at(model, name) for name in names]
        if any(nullable for _field, nullable in fields[1:]):
            raise ValueError(f"only the first column of an order may be null: {columns}")
        if "pk" not in names and "id" not in names:
            names.append("pk")
            fields.append((model._meta.pk, False))
        self.names = tuple(names)
        super().__init__(
            "|".join([model._meta.label, *columns]),
            [field for field, _nullable in fields],
            nullable=fields[0][1],
        )

    def sorting(self, *, backward: bool = False) -> list[Any]:
        """What to pass to `order_by`."""
        descending = self.descending is not backward
        if not self.nullable:
            return [f"-{name}" if descending else name for name in self.names]
        first, *rest = (F(name) for name in self.names)
        edge = {"nulls_first": True} if backward else {"nulls_last": True}
        head = first.desc(**edge) if descending else first.asc(**edge)
        return [head, *(each.desc() if descending else each.asc() for each in rest)]

    def beyond(self, queryset: QuerySet[Any], key: Sequence[Any], *, backward: bool) -> list[Any]:
        """The rest of a queryset after (or before) a place, as querysets to read one by one."""
        sign = "<" if self.descending is not backward else ">"
        sorted_rows = queryset.order_by(*self.sorting(backward=backward))
        nulls = queryset.filter(**{f"{self.names[0]}__isnull": True}) if self.nullable else None
        if self.nullable and key[0] is None:
            values = self._values(key)[1:]
            direction = "-" if sign == "<" else ""
            within = nulls.filter(RowCompare(self.names[1:], sign, values))
            within = within.order_by(*(direction + name for name in self.names[1:]))
            if not backward:
                return [within]
            return [within, sorted_rows.filter(**{f"{self.names[0]}__isnull": False})]
        within = sorted_rows.filter(RowCompare(self.names, sign, self._values(key)))
        if nulls is None or backward:
            return [within]
        direction = "-" if self.descending else ""
        return [within, nulls.order_by(*(direction + name for name in self.names[1:]))]

    def _values(self, key: Sequence[Any]) -> list[Value]:
        return [
            Value(value, output_field=field) for value, field in zip(key, self.fields, strict=True)
        ]


def _scalar(value: Any, field: models.Field) -> Any:
    if isinstance(value, list | dict) or (isinstance(value, str) and "\x00" in value):
        raise ValueError
    found = field.to_python(value)
    if isinstance(field, models.IntegerField | models.DecimalField):
        field.run_validators(found)
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValueError
    if isinstance(found, int) and not SMALLEST_KEY <= found <= LARGEST_KEY:
        raise ValueError
    return found


@lru_cache(maxsize=1024)
def order_for(model: type[models.Model], columns: tuple[str, ...]) -> Order:
    """The order of a model by columns as `order_by` takes them, made once."""
    return Order(model, columns)


def page(
    queryset: QuerySet[Any],
    columns: Sequence[str],
    *,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
    key: Callable[[Any], Sequence[Any]] | None = None,
) -> Page:
    """One page of a queryset of instances, dicts or tuples.

    `key` reads a row's values of the order's columns; it is needed for tuples only.
    """
    order = order_for(queryset.model, tuple(columns))
    place, backward = order.read(cursor) if cursor else (None, False)
    if place is None:
        sources = [queryset.order_by(*order.sorting())]
    else:
        sources = order.beyond(queryset, place, backward=backward)
    rows: list[Any] = []
    for source in sources:
        rows += source[: limit + 1 - len(rows)]
        if len(rows) > limit:
            break
    more = len(rows) > limit
    del rows[limit:]
    if backward:
        rows.reverse()
    return _page(
        order, rows, key, after=more or backward, before=more if backward else bool(cursor)
    )


def page_of(
    rows: Iterable[Any],
    places: Places,
    *,
    key: Callable[[Any], tuple[Any, ...]],
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page:
    """One page of rows that are computed, rising by `key`, which no two of them share."""
    ordered = sorted(rows, key=key)
    start, end = 0, limit
    if cursor:
        place, backward = places.read(cursor)
        if backward:
            end = bisect_left(ordered, tuple(place), key=key)
            start = max(end - limit, 0)
        else:
            start = bisect_right(ordered, tuple(place), key=key)
            end = start + limit
    found = ordered[start:end]
    return Page(
        found,
        places.write(key(found[-1])) if found and end < len(ordered) else None,
        places.write(key(found[0]), backward=True) if found and start else None,
    )


def _page(order: Order, rows: list[Any], key: Any, *, after: bool, before: bool) -> Page:
    if not rows:
        return Page([], None, None)
    key = key or _key_reader(order, rows[0])
    return Page(
        rows,
        order.write(key(rows[-1])) if after else None,
        order.write(key(rows[0]), backward=True) if before else None,
    )


def _key_reader(order: Order, row: Any) -> Callable[[Any], Sequence[Any]]:
    if isinstance(row, dict):
        return lambda each: [each["id" if name == "pk" else name] for name in order.names]
    readers = [attrgetter(name.replace("__", ".")) for name in order.names]
    return lambda each: [read(each) for read in readers]


def count(queryset: QuerySet[Any], *, most: int = MOST_COUNTED) -> Count:
    """How many rows there are, without counting further than `most`."""
    found = queryset.order_by().values("pk")[: most + 1].count()
    return Count(min(found, most), found > most)


def _field_at(model: type[models.Model], path: str) -> tuple[models.Field, bool]:
    """The field a path leads to, and whether its value may be null on the way."""
    nullable = False
    field = None
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        nullable = nullable or field.null
        model = field.related_model or model
    return field, nullable
