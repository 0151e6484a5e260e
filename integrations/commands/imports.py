"""Running a foreign file through the import commands, a thousand rows to a transaction.

Whatever the size of the file, one batch is held. Every row ends in exactly one pile: created,
updated, unchanged, or rejected with a reason; the sum is checked.
"""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

from django.db import DatabaseError, connection, reset_queries, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.commands.imports import import_users
from accounts.models import User
from core.commands.outcome import Outcome
from crm.commands.imports import import_contacts, import_customers
from integrations.queries.fields import REASON_COLUMNS, Parsed, Reader
from integrations.queries.tables import Row
from pipeline.commands.import_service import serve_from_sales
from pipeline.commands.imports import import_opportunities, import_products

BATCH = 1000

COMMANDS: dict[str, Callable[..., Outcome]] = {
    "users": import_users,
    "products": import_products,
    "customers": import_customers,
    "contacts": import_contacts,
    "opportunities": import_opportunities,
}


@dataclass
class Report:
    """What became of a file."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether every row read is in exactly one pile."""
        return self.read == self.created + self.updated + self.unchanged + self.rejected


class RejectsFile:
    """The rows that could not be taken, as they stood, with the reason in a column of its own.

    Written beside its place and moved there at the end, so that a broken run leaves no half file.
    Mended, it can be imported like the file it came from: the column of the reason is ignored.
    """

    def __init__(self, path: Path, reader: Reader) -> None:
        self.path, self.count = path, 0
        header = list(reader.table.header)
        self._skip = next(
            (
                place
                for place, column in enumerate(header)
                if column in REASON_COLUMNS and place not in reader.places
            ),
            None,
        )
        self._header = [c for place, c in enumerate(header) if place != self._skip]
        self._header.append(reader.reason_column)

    def __enter__(self) -> RejectsFile:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        self._stream = self._draft.open(
            "w", encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        self._writer = csv.writer(self._stream)
        self._writer.writerow(self._header)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
        if kind is None:
            self._draft.replace(self.path)
        else:
            self._draft.unlink(missing_ok=True)

    def write(self, row: Row, reason: str) -> None:
        """Original cells, the reason, then whatever cells were too many."""
        cells = list(row.cells)
        if self._skip is not None and self._skip < len(cells):
            del cells[self._skip]
        width = len(self._header) - 1
        cells += [""] * (width - len(cells))
        self._writer.writerow([*cells[:width], reason, *cells[width:]])
        self.count += 1


class _SeenIds:
    """Which external ids this file has named already, kept on disk."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("")
        self._base.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def first_line(self, external_id: str, line: int) -> int | None:
        """The line that named it before; None the first time."""
        added = self._base.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (external_id, line))
        if added.rowcount:
            return None
        found = self._base.execute("SELECT line FROM seen WHERE id = ?", (external_id,))
        return int(found.fetchone()[0])

    def close(self) -> None:
        self._base.close()


class _Run:
    """One file on its way in."""

    def __init__(
        self,
        reader: Reader,
        kind: str,
        rejects: RejectsFile,
        *,
        by: User,
        at: datetime,
        is_demo: bool,
        dry: bool,
    ) -> None:
        self.reader, self.kind, self.rejects = reader, kind, rejects
        self.by, self.at, self.is_demo, self.dry = by, at, is_demo, dry
        self.report = Report()
        self.touched: set[int] = set()

    def all(self, tick: Callable[[Report], None]) -> None:
        """Take every row, then again those that waited for others, as long as that helps."""
        with _Spool() as waiting:
            for batch in _batches(self._parsed()):
                self._take(batch, waiting)
                tick(self.report)
            while waiting.count:
                with _Spool() as still:
                    before = waiting.count
                    for batch in _batches(self._again(waiting)):
                        self._take(batch, still)
                    if still.count == before:
                        self._give_up(still)
                        return
                    waiting.take_over(still)

    def _parsed(self) -> Iterator[Parsed]:
        """Rows that could be read; the others are rejected on the way."""
        seen = _SeenIds()
        try:
            for row in self.reader.table.rows():
                self.report.read += 1
                parsed = self.reader.parse(row)
                if parsed.reasons:
                    self.reject(row, " ".join(parsed.reasons))
                    continue
                first = seen.first_line(parsed.values["external_id"], row.line)
                if first is not None:
                    reason = _("The same id as in line {line}: {id}.").format(
                        line=first, id=parsed.values["external_id"]
                    )
                    self.reject(row, reason)
                    continue
                yield parsed
        finally:
            seen.close()

    def _again(self, waiting: _Spool) -> Iterator[Parsed]:
        for row, _reason in waiting.rows():
            yield self.reader.parse(row)

    def _give_up(self, waiting: _Spool) -> None:
        for row, reason in waiting.rows():
            self.reject(row, reason)

    def _take(self, batch: Sequence[Parsed], waiting: _Spool) -> None:
        outcome = self._command(batch)
        self.report.created += outcome.created
        self.report.updated += outcome.updated
        self.report.unchanged += outcome.unchanged
        self.touched |= outcome.touched
        for place, reason in sorted(outcome.rejected.items()):
            self.reject(batch[place].row, reason)
        for place, reason in sorted(outcome.waiting.items()):
            waiting.add(batch[place].row, reason)
        reset_queries()

    def _command(self, batch: Sequence[Parsed]) -> Outcome:
        """One batch, one command, one transaction; when the database refuses it, by halves."""
        try:
            with transaction.atomic():
                outcome = COMMANDS[self.kind](
                    [parsed.values for parsed in batch],
                    source=self.reader.profile.source,
                    by=self.by,
                    at=self.at,
                    is_demo=self.is_demo,
                )
                if self.dry:
                    _check_now()
        except DatabaseError as error:
            if len(batch) == 1:
                outcome = Outcome()
                sentence = _("The database refuses it: {error}").format(error=_first_line(error))
                outcome.reject(0, sentence)
                return outcome
            middle = len(batch) // 2
            outcome = self._command(batch[:middle])
            _append(outcome, self._command(batch[middle:]), middle)
        if outcome.read != len(batch):
            raise RuntimeError(f"{len(batch)} rows went in, {outcome.read} came out")
        return outcome

    def reject(self, row: Row, reason: str) -> None:
        self.report.rejected += 1
        self.report.reasons[reason] = self.report.reasons.get(reason, 0) + 1
        if len(self.report.reasons) > BATCH:
            self.report.reasons.pop(min(self.report.reasons, key=self.report.reasons.__getitem__))
        self.rejects.write(row, reason)


class _Spool:
    """Rows put aside on disk, with the reason they wait."""

    def __init__(self) -> None:
        self._stream: Any = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - held by the instance
        self.count = 0

    def __enter__(self) -> _Spool:
        return self

    def __exit__(self, *_details: object) -> None:
        self._stream.close()

    def add(self, row: Row, reason: str) -> None:
        self._stream.write(json.dumps([row.line, row.cells, reason]) + "\n")
        self.count += 1

    def rows(self) -> Iterator[tuple[Row, str]]:
        self._stream.seek(0)
        for text in self._stream:
            line, cells, reason = json.loads(text)
            yield Row(line, cells), reason

    def take_over(self, other: _Spool) -> None:
        """Hold what the other holds."""
        self._stream, other._stream = other._stream, self._stream
        self.count = other.count


def _batches(rows: Iterable[Parsed]) -> Iterator[list[Parsed]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _append(outcome: Outcome, other: Outcome, offset: int) -> None:
    outcome.add(other)
    outcome.rejected |= {place + offset: reason for place, reason in other.rejected.items()}
    outcome.waiting |= {place + offset: reason for place, reason in other.waiting.items()}


def _check_now() -> None:
    """Let the rules that are checked at commit speak, in a run that will not commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def import_file(
    reader: Reader,
    *,
    kind: str,
    rejects: Path,
    by: User,
    at: datetime,
    dry_run: bool = False,
    is_demo: bool = False,
    tick: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Import a whole table; a dry run does everything and takes it back."""
    require(by, "data.import")
    with RejectsFile(rejects, reader) as written:
        run = _Run(reader, kind, written, by=by, at=at, is_demo=is_demo, dry=dry_run)
        if dry_run:
            with transaction.atomic():
                _whole(run, tick)
                transaction.set_rollback(True)
        else:
            _whole(run, tick)
        if not run.report.is_complete:
            raise RuntimeError(f"rows are missing from the account: {run.report}")
    return run.report


def _whole(run: _Run, tick: Callable[[Report], None]) -> None:
    run.all(tick)
    if run.kind == "opportunities":
        run.report.served = serve_from_sales(
            source=run.reader.profile.source, touched=run.touched, by=run.by, at=run.at
        )
