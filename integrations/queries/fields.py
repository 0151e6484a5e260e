"""Which fields each kind of file can fill, and turning its rows into rows of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Level, Role, User
from core.errors import Invalid
from crm.models import Contact, Customer
from integrations.queries import cells
from integrations.queries.cells import Parser, text_up_to
from integrations.queries.profiles import Profile
from integrations.queries.tables import Row, Table
from pipeline.models import Opportunity, Product


@dataclass(frozen=True)
class Kind:
    """What a kind of file can say: field to parser; which must be said; what stands for the id."""

    fields: Mapping[str, Parser]
    required: tuple[str, ...]
    identity: tuple[str, ...]
    dates: tuple[str, ...] = ()


def _texts(model: type[models.Model], *names: str) -> dict[str, Parser]:
    found: dict[str, Parser] = {}
    for name in names:
        field = model._meta.get_field(name)
        longest = getattr(field, "max_length", None) or 1000
        found[name] = text_up_to(longest, lines=isinstance(field, models.TextField))
    return found


_REFERENCE = text_up_to(200)

KINDS: dict[str, Kind] = {
    "users": Kind(
        fields={
            **_texts(User, "external_id", "name", "username", "title", "department", "language"),
            "time_zone": text_up_to(60),
            "email": cells.email,
            "role": cells.one_of(
                [choice for choice in Role.choices if choice[0] != Role.SYSTEM.value]
            ),
            "level": cells.whole_number(Level.STAFF, Level.CHIEF),
            "manager": text_up_to(150),
            "region": text_up_to(80),
            "team": text_up_to(120),
        },
        required=("name",),
        identity=("name",),
    ),
    "products": Kind(
        fields={
            **_texts(Product, "external_id", "name", "series"),
            "list_price": cells.amount,
            "currency": cells.currency,
        },
        required=("name",),
        identity=("name",),
    ),
    "customers": Kind(
        fields={
            **_texts(
                Customer,
                "external_id",
                "name",
                "other_names",
                "registration_number",
                "industry",
                "region",
                "address",
            ),
            "website": cells.website,
            "tier": cells.one_of(Customer.Tier.choices),
            "state": cells.one_of(Customer.State.choices),
            "country": cells.country,
            "parent": _REFERENCE,
            "team": text_up_to(120),
            "primary": _REFERENCE,
        },
        required=("name",),
        identity=("name",),
    ),
    "contacts": Kind(
        fields={
            **_texts(Contact, "external_id", "name", "title", "department", "phone"),
            "customer": _REFERENCE,
            "level": cells.whole_number(1, 5),
            "email": cells.email,
            "state": cells.one_of(Contact.State.choices),
        },
        required=("name", "customer"),
        identity=("customer", "name"),
    ),
    "opportunities": Kind(
        fields={
            **_texts(
                Opportunity,
                "external_id",
                "name",
                "close_reason",
                "problem",
                "impact",
                "budget_source",
                "success_metric",
                "decision_criteria",
            ),
            "customer": _REFERENCE,
            "owner": _REFERENCE,
            "product": _REFERENCE,
            "stage": text_up_to(80),
            "amount": cells.amount,
            "currency": cells.currency,
            "created_date": cells.day,
            "entered_date": cells.day,
            "closed_date": cells.day,
            "expected_close_date": cells.day,
        },
        required=("external_id", "stage", "owner", "customer"),
        identity=("external_id",),
        dates=("created_date", "entered_date", "closed_date", "expected_close_date"),
    ),
}

LONGEST_ID = 120
REASON_COLUMNS = ("reason", "rejected_because")


@dataclass(frozen=True)
class Parsed:
    """A row of ours, or the sentences why there is none."""

    row: Row
    values: Mapping[str, Any]
    reasons: Sequence[str]


class Reader:
    """Reads rows of one table as one kind, by a profile."""

    def __init__(self, table: Table, kind: str, profile: Profile) -> None:
        self.table, self.kind, self.profile = table, KINDS[kind], profile
        self.places = self._places()
        self._defaults = self._parsed_defaults()
        self.dates = self._dates()

    @property
    def reason_column(self) -> str:
        """What the column with the reason is called in the rejects file."""
        return "rejected_because" if "reason" in self.places.values() else "reason"

    @property
    def width(self) -> int:
        return len(self.table.header)

    def _places(self) -> dict[int, str]:
        """Column number to field name: as told, else where a column bears a field's name."""
        told = {column.casefold(): name for column, name in self.profile.columns.items()}
        places: dict[int, str] = {}
        for place, column in enumerate(self.table.header):
            name = told.get(column.casefold())
            if name is None and column.casefold().replace(" ", "_") in self.kind.fields:
                name = column.casefold().replace(" ", "_")
            if name:
                places[place] = name
        self._check_places(places, told)
        return places

    def _check_places(self, places: dict[int, str], told: Mapping[str, str]) -> None:
        header = {column.casefold() for column in self.table.header}
        if missing := [c for c in self.profile.columns if c.casefold() not in header]:
            raise _bad_mapping(
                _("The file has no column “{column}”. It has: {columns}.").format(
                    column=missing[0], columns=", ".join(self.table.header)
                )
            )
        if unknown := [name for name in told.values() if name not in self.kind.fields]:
            raise _bad_mapping(
                _("There is no field “{field}”. There are: {fields}.").format(
                    field=unknown[0], fields=", ".join(sorted(self.kind.fields))
                )
            )
        named = list(places.values())
        if twice := [name for name in named if named.count(name) > 1]:
            raise _bad_mapping(
                _("Two columns would fill the field “{field}”.").format(field=twice[0])
            )
        for name in self.kind.required:
            if name not in named and name not in self.profile.defaults:
                raise _bad_mapping(
                    _(
                        "No column fills the field “{field}”. Say which with --map column={field}. "
                        "The file has: {columns}."
                    ).format(field=name, columns=", ".join(self.table.header))
                )

    def _parsed_defaults(self) -> dict[str, Any]:
        return {
            name: self.kind.fields[name](text, "iso")
            for name, text in self.profile.defaults.items()
            if name in self.kind.fields
        }

    def _dates(self) -> str:
        if self.profile.dates != "auto":
            return self.profile.dates
        columns = [place for place, name in self.places.items() if name in self.kind.dates]
        if not columns:
            return "iso"
        order = cells.date_order(
            row.cells[place]
            for row in self.table.rows()
            for place in columns
            if place < len(row.cells)
        )
        if order in ("ambiguous", "mixed"):
            raise Invalid(
                _(
                    "The dates do not tell whether the month or the day comes first. "
                    "Say it with --dates mdy or --dates dmy."
                ),
                code="dates_ambiguous",
            )
        return order

    def unused(self) -> list[str]:
        """The columns nothing is taken from."""
        return [
            column
            for place, column in enumerate(self.table.header)
            if place not in self.places and column not in REASON_COLUMNS
        ]

    def parse(self, row: Row) -> Parsed:
        """The row's values by field; an empty cell says nothing."""
        if self._is_wrong_width(row):
            sentence = _("The row has {cells} cells, the header {columns}.").format(
                cells=len(row.cells), columns=self.width
            )
            return Parsed(row, {}, [sentence])
        values: dict[str, Any] = dict(self._defaults)
        reasons = []
        for place, name in self.places.items():
            column = self.table.header[place]
            try:
                text = self._word(column, cells.clean(row.cells[place]))
                if text:
                    values[name] = self.kind.fields[name](text, self.dates)
            except Invalid as error:
                reasons.append(f"{column}: {error.message}")
        if not reasons:
            reasons = [_missing(name) for name in self.kind.required if name not in values]
        if not reasons:
            values.setdefault("external_id", _identity(self.kind, values))
        return Parsed(row, values, reasons)

    def _is_wrong_width(self, row: Row) -> bool:
        """A row of a rejects file may lack its last column: the reason."""
        spare = 1 if self.table.header[-1] in REASON_COLUMNS else 0
        return not self.width - spare <= len(row.cells) <= self.width

    def _word(self, column: str, text: str) -> str:
        return self.profile.values.get(column, {}).get(text, text)


def _identity(kind: Kind, values: Mapping[str, Any]) -> str:
    """What stands for an external id where the file has none; a long one ends in its digest."""
    text = " / ".join(str(values[name]) for name in kind.identity)
    if len(text) <= LONGEST_ID:
        return text
    digest = sha256(text.encode()).hexdigest()[:32]
    return f"{text[: LONGEST_ID - len(digest) - 1]}#{digest}"


def _missing(name: str) -> str:
    sentences = {
        "customer": _("No customer is given."),
        "owner": _("Nobody is given who leads it."),
        "name": _("No name is given."),
        "stage": _("No stage is given."),
        "external_id": _("No external id is given."),
    }
    return sentences[name]


def _bad_mapping(sentence: str) -> Invalid:
    return Invalid(sentence, code="bad_mapping")
