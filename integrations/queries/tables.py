"""A table in a file as somebody sent it: which encoding, which delimiter, which cells.

Reads in a stream: whatever the size of the file, a few kilobytes are held. Bytes that are not of
the file's encoding survive as surrogates, so that only their row is refused and nothing is lost
on the way to the rejects file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from python_calamine import CalamineWorkbook

from core.errors import Invalid

LONGEST_CELL = 16 * 1024 * 1024
SAMPLE = 256 * 1024
DELIMITERS = ",;\t|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "PDF"),
)
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936", "hz", "euc_kr", "cp949", "johab", "big5hkscs"}

csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True)
class Row:
    """A line of the table: where it began, and its cells as they stand there."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """An opened table; `rows()` may be walked as often as wanted."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Every row below the header; blank lines are none."""
        lines = _sheet(self.path) if self.encoding == "xlsx" else _records(self)
        next(lines, None)
        yield from lines


def open_table(path: Path, *, encoding: str = "", delimiter: str = "") -> Table:
    """Find out how the file is packed; raises Invalid with a sentence when it is no table."""
    if not path.is_file():
        raise Invalid(_("There is no file {path}.").format(path=path), code="no_file")
    head = _head(path)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Invalid(_("{path} is empty.").format(path=path), code="empty_file")
    if head.startswith(b"PK"):
        return _with_header(Table(path, "xlsx", "", ()), _sheet(path))
    encoding = encoding or detect_encoding(path, head)
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise Invalid(
            _("There is no encoding called {encoding}.").format(encoding=encoding),
            code="unknown_encoding",
        ) from error
    table = Table(path, encoding, delimiter or sniff_delimiter(path, encoding), ())
    return _with_header(table, _records(table))


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(SAMPLE)


def _with_header(table: Table, lines: Iterator[Row]) -> Table:
    first = next(lines, None)
    if first is None:
        raise Invalid(_("{path} is empty.").format(path=table.path), code="empty_file")
    header = tuple(" ".join(cell.replace("\ufeff", "").split()) for cell in first.cells)
    counts = Counter(name.casefold() for name in header if name)
    twice = [name for name in header if counts[name.casefold()] > 1]
    if twice:
        raise Invalid(
            _("Two columns are called “{name}”. Rename one of them.").format(name=twice[0]),
            code="duplicate_header",
            details={"columns": sorted(set(twice))},
        )
    return Table(table.path, table.encoding, table.delimiter, header)


def _text(path: Path, encoding: str) -> Any:
    return path.open(encoding=encoding, errors="surrogateescape", newline="")


def _records(table: Table) -> Iterator[Row]:
    with _text(table.path, table.encoding) as stream:
        reader = csv.reader(stream, delimiter=table.delimiter)
        line = 1
        try:
            for cells in reader:
                if any(cells) or len(cells) > 1:
                    yield Row(line, cells)
                line = reader.line_num + 1
        except (csv.Error, UnicodeError) as error:
            raise Invalid(
                _("The file cannot be read from line {line} on: {error}.").format(
                    line=line, error=error
                ),
                code="unreadable",
                details={"line": line},
            ) from error


def _sheet(path: Path) -> Iterator[Row]:
    """The first sheet of an Excel file, cells as their text."""
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except Exception as error:  # the reader's own error classes differ by what is broken
        raise Invalid(
            _("{path} is not a table that can be read: {error}.").format(path=path, error=error),
            code="unreadable",
        ) from error
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_cell_text(cell) for cell in cells]
        if any(texts):
            yield Row(line, texts)


def _cell_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def detect_encoding(path: Path, head: bytes) -> str:
    """By mark, else UTF-8 where it fits (nearly) throughout, else the likeliest guess."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    for magic, name in _NOT_TEXT:
        if head.startswith(magic):
            raise Invalid(
                _("{path} is a {kind} file. Save it as CSV first.").format(path=path, kind=name),
                code="not_text",
            )
    if (wide := _wide(head)) is not None:
        return wide
    good, bad = _utf8_census(path)
    if bad == 0 or good > 20 * bad:
        return "utf-8"
    return _guess(path, head)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Latin text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 5:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _utf8_census(path: Path) -> tuple[int, int]:
    """How many characters beyond ASCII are sound UTF-8, and how many bytes are not."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    with path.open("rb") as stream:
        while chunk := stream.read(SAMPLE):
            if chunk.isascii():
                continue
            text = decoder.decode(chunk)
            broken = len(re.findall("[\udc80-\udcff]", text))
            bad += broken
            good += len(re.findall(r"[^\x00-\x7f]", text)) - broken
    return good, bad + len(decoder.getstate()[0])


def _guess(path: Path, head: bytes) -> str:
    sample = head[: head.rfind(b"\n") + 1] or head
    best = from_bytes(sample).best()
    guess = (best.encoding if best else "").replace("ascii", "cp1252")
    if guess in _CHINESE or (not guess and _decodes(path, "gb18030")):
        guess = "gb18030" if _decodes(path, "gb18030") else guess
    if not guess:
        raise Invalid(
            _("The encoding of {path} is not clear. Say it with --encoding.").format(path=path),
            code="unknown_encoding",
        )
    return guess


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as stream:
            while stream.read(SAMPLE):
                pass
    except UnicodeError:
        return False
    return True


def sniff_delimiter(path: Path, encoding: str) -> str:
    """The sign most frequent in the first line outside quotes; a comma when there is none."""
    with _text(path, encoding) as stream:
        lines = (line for line in chain([stream.readline(SAMPLE)], stream) if line.strip())
        first = next(lines, "")
    bare = re.sub(r'"(?:[^"]|"")*"', "", first)
    return max(DELIMITERS, key=lambda sign: (bare.count(sign), -DELIMITERS.index(sign)))
