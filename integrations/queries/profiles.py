"""Which column of a foreign file is which field of ours, and what its words mean.

A profile is a TOML file with a table per kind (`[customers]`), holding `file` (its usual name),
`columns` (column to field), `values` (column to a table of words), `defaults` (field to value)
and `dates`. What is said on the command line comes on top.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Invalid

SHIPPED = Path(__file__).resolve().parent.parent / "profiles"


@dataclass(frozen=True)
class Profile:
    """The mapping of one kind of file."""

    source: str = "csv"
    file: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    dates: str = "auto"

    def with_options(
        self, *, maps: Iterable[str], values: Iterable[str], source: str, dates: str
    ) -> Profile:
        """Add `column=field`, `column:from=to`, a source and a date order given by hand."""
        columns = dict(self.columns)
        for text in maps:
            column, name = _split(text, "=", "--map column=field")
            columns[column] = name
        words = {column: dict(table) for column, table in self.values.items()}
        for text in values:
            column, change = _split(text, ":", "--value column:from=to")
            old, new = _split(change, "=", "--value column:from=to")
            words.setdefault(column, {})[old] = new
        return replace(
            self,
            columns=columns,
            values=words,
            source=source or self.source,
            dates=dates or self.dates,
        )


def _split(text: str, sign: str, usage: str) -> tuple[str, str]:
    left, found, right = text.partition(sign)
    if not found or not left.strip():
        raise Invalid(
            _("“{text}” is not of the form {usage}.").format(text=text, usage=usage),
            code="bad_option",
        )
    return left.strip(), right.strip()


def load_profile(path: str, kind: str) -> Profile:
    """The part of a profile file for this kind; a bare name means one of those shipped."""
    file = Path(path)
    if not file.suffix:
        file = SHIPPED / f"{path}.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            _("The profile {path} cannot be read: {error}.").format(path=path, error=error),
            code="bad_profile",
        ) from error
    part = content.get(kind, {})
    _check(part, path)
    return Profile(
        source=str(content.get("source", file.stem)),
        file=str(part.get("file", "")),
        columns=part.get("columns", {}),
        values=part.get("values", {}),
        defaults={name: str(value) for name, value in part.get("defaults", {}).items()},
        dates=str(part.get("dates", content.get("dates", "auto"))),
    )


def _check(part: Mapping[str, Any], path: str) -> None:
    known = {"file", "columns", "values", "defaults", "dates"}
    if unknown := set(part) - known:
        raise Invalid(
            _("The profile {path} says {unknown}; it may say {known}.").format(
                path=path, unknown=", ".join(sorted(unknown)), known=", ".join(sorted(known))
            ),
            code="bad_profile",
        )
