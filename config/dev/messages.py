"""Translations without GNU gettext: collect the words, compile the catalogs, say what is missing.

    python -m config.dev.messages extract     write <app>/locale/<locale>/LC_MESSAGES/django.po
    python -m config.dev.messages compile     write .mo beside every .po that changed
    python -m config.dev.messages check       fail on anything a reader would see untranslated

The .po files hold no dates and no line numbers and are sorted, so that two people who add words
rarely touch the same lines. The English sentence is the id.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("core", "accounts", "crm", "pipeline", "analytics", "integrations", "config")
LOCALES = ("zh_Hans", "zh_Hant")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SKIPPED_FOLDERS = {"migrations", "locale", "static", "dev", "__pycache__"}
HEADER = "# Words of Baton. Written by people who speak the language; see docs/ui.md."

Key = tuple[str | None, str | tuple[str, ...]]


# --- extract ------------------------------------------------------------------------------


def sources(app: str, root: Path = ROOT) -> Iterator[Path]:
    """Every Python file and template of an app that may hold words."""
    for path in sorted((root / app).rglob("*")):
        parts = set(path.relative_to(root / app).parts[:-1])
        if (path.suffix == ".py" and not parts & SKIPPED_FOLDERS) or (
            path.suffix in {".html", ".txt"} and "templates" in parts
        ):
            yield path


def words_of(path: Path) -> Iterator[tuple[Key, list[str]]]:
    """Ids in one file, with the comments meant for translators."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from _words_of_template(text, path)
        return
    stream = io.BytesIO(text.encode("utf-8"))
    found = babel_extract("python", stream, KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
    for _line, message, comments, context in found:
        yield (context, message), comments


# Django turns a template into text that holds calls, but is no Python to tokenize.
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(
    rf"(?<!\w)(gettext|ngettext|pgettext|npgettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)"
)


def _words_of_template(text: str, path: Path) -> Iterator[tuple[Key, list[str]]]:
    from django.utils.translation.template import templatize  # noqa: PLC0415 - needs settings

    for call in CALL.finditer(templatize(text, origin=str(path))):
        strings = ast.literal_eval(f"({call.group(2)},)")
        context = strings[0] if "p" in call.group(1) else None
        rest = strings[1:] if "p" in call.group(1) else strings
        yield (context, tuple(rest[:2]) if "n" in call.group(1)[:2] else rest[0]), []


def collect(app: str, root: Path = ROOT) -> dict[Key, list[str]]:
    """All ids of an app."""
    found: dict[Key, list[str]] = {}
    for path in sources(app, root):
        for key, comments in words_of(path):
            kept = found.setdefault(key, [])
            kept.extend(comment for comment in comments if comment not in kept)
    return found


def catalog_path(app: str, locale: str, root: Path = ROOT) -> Path:
    """Where the words of an app in one language are kept."""
    return root / app / "locale" / locale / "LC_MESSAGES" / "django.po"


def read_catalog(path: Path, locale: str) -> Catalog:
    """Read a catalog, an empty one when there is none."""
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=locale)


def extract(root: Path = ROOT) -> list[Path]:
    """Bring every catalog up to the words in the code; give those that changed."""
    changed = []
    for app in APPS:
        if not (root / app).is_dir():
            continue
        ids = collect(app, root)
        for locale in LOCALES:
            path = catalog_path(app, locale, root)
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            after = render(merged(ids, read_catalog(path, locale), locale))
            if not ids and not before:
                continue
            if after != before:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(after, encoding="utf-8")
                changed.append(path)
    return changed


def merged(ids: dict[Key, list[str]], old: Catalog, locale: str) -> Catalog:
    """New catalog with the old translations; what the code no longer says becomes obsolete."""
    new = Catalog(locale=locale, fuzzy=False)
    for (context, message), comments in ids.items():
        known = old.get(_singular(message), context) or _obsolete(old, message, context)
        string = known.string if known and _same_shape(message, known.id) else None
        new.add(message, string, context=context, auto_comments=comments)
    for gone in [*old, *old.obsolete.values()]:
        if gone.id and gone.string and _key(gone) not in ids:
            copy = gone.clone()
            copy.locations = []
            new.obsolete[(_singular(gone.id), gone.context)] = copy
    return new


def _obsolete(old: Catalog, message: str | tuple[str, ...], context: str | None) -> Message | None:
    for known in old.obsolete.values():
        if known.context == context and _singular(known.id) == _singular(message):
            return known
    return None


def _singular(message: object) -> str:
    return str(message[0] if isinstance(message, tuple | list) else message)


def _same_shape(one: object, other: object) -> bool:
    return isinstance(one, tuple | list) == isinstance(other, tuple | list)


def _key(message: Message) -> Key:
    ident = message.id
    return message.context, tuple(ident) if isinstance(ident, list) else ident


def render(catalog: Catalog) -> str:
    """Text of a catalog in the one form that makes no idle difference."""
    catalog.header_comment = HEADER
    stream = io.BytesIO()
    write_po(stream, catalog, no_location=True, sort_output=True, width=0, omit_header=True)
    text = stream.getvalue().decode("utf-8").strip()
    plural = "nplurals=1; plural=0;"
    head = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n'
        f'"Language: {catalog.locale_identifier}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural}\\n"\n'
    )
    return f"{head}\n{text}\n" if text else head


# --- compile ------------------------------------------------------------------------------


def compile_all(root: Path = ROOT) -> list[Path]:
    """Write the .mo of every catalog that is newer; give those written."""
    written = []
    for app in APPS:
        for locale in LOCALES:
            source = catalog_path(app, locale, root)
            target = source.with_suffix(".mo")
            if not source.exists() or _fresh(target, source):
                continue
            catalog = read_catalog(source, locale)
            rough = target.with_suffix(f".{os.getpid()}")
            with rough.open("wb") as stream:
                write_mo(stream, catalog)
            rough.replace(target)
            written.append(target)
    return written


def _fresh(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns


# --- check --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One thing a reader would see in the wrong language, or broken."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Report:
    """All findings of a check."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, where: object, what: str) -> None:
        self.findings.append(Finding(str(where), what))


HOLES = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


def check(root: Path = ROOT) -> list[Finding]:
    """Everything untranslated, fuzzy, with lost placeholders, or never marked for translation."""
    report = Report()
    for app in APPS:
        if not (root / app).is_dir():
            continue
        ids = collect(app, root)
        for locale in LOCALES:
            if ids:
                _check_catalog(app, locale, ids, root, report)
        for path in sources(app, root):
            if path.suffix == ".html":
                for line, text in bare_text(path.read_text(encoding="utf-8")):
                    report.add(f"{path.relative_to(root)}:{line}", f"not translatable: {text!r}")
    for locale in LOCALES:
        _check_agreement(locale, root, report)
    return report.findings


def _check_agreement(locale: str, root: Path, report: Report) -> None:
    """Django keeps one translation of an id for the whole site: the apps must agree on it."""
    first: dict[Key, tuple[str, object]] = {}
    for app in APPS:
        path = catalog_path(app, locale, root)
        for message in read_catalog(path, locale):
            if not message.id or not message.string or not any(message.string):
                continue
            key = (message.context, _singular(message.id))
            owner, said = first.setdefault(key, (app, message.string))
            if said != message.string:
                shown = _singular(said)
                what = f"{_singular(message.id)!r} is {_singular(message.string)!r}, but {owner}"
                report.add(path.relative_to(root), f"{what} says {shown!r}")


def _check_catalog(
    app: str, locale: str, ids: dict[Key, list[str]], root: Path, report: Report
) -> None:
    path = catalog_path(app, locale, root)
    catalog = read_catalog(path, locale)
    where = path.relative_to(root)
    for context, ident in sorted(ids, key=lambda key: (key[0] or "", _singular(key[1]))):
        message = catalog.get(_singular(ident), context)
        shown = _singular(ident)
        if message is None:
            report.add(where, f"missing, run extract: {shown!r}")
            continue
        said = message.string
        strings = tuple(said) if isinstance(said, tuple | list) else (said or "",)
        if not all(strings):
            report.add(where, f"untranslated: {shown!r}")
        elif message.fuzzy:
            report.add(where, f"fuzzy: {shown!r}")
        else:
            _check_holes(where, ident, strings, report)


def _check_holes(
    where: Path, ident: str | tuple[str, ...], strings: tuple[str, ...], report: Report
) -> None:
    wanted = set(_holes(ident[-1] if isinstance(ident, tuple | list) else ident))
    for string in strings:
        if set(_holes(string)) != wanted:
            report.add(where, f"other placeholders than the English: {string!r}")


def _holes(text: str) -> list[str]:
    return [match.group(0) for match in HOLES.finditer(text.replace("%%", ""))]


# Text a reader sees between tags, or in these attributes.
SEEN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt", "data-label")
COMMENTS = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->|<(script|style)\b.*?</\1>"
    r"|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*block page_class\s*%\}.*?endblock\s*%\}",
    re.DOTALL,
)
TEMPLATE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<[^<>]*>", re.DOTALL)
ATTRIBUTE = re.compile(rf'\s({"|".join(SEEN_ATTRIBUTES)})="([^"]*)"')
KEEP = re.compile(r"<(kbd|code|pre)\b.*?</\1>", re.DOTALL)
LETTERS = re.compile(r"[A-Za-z]{2,}")
NAMES = {"Baton", "API", "CSV", "URL", "ID", "OK", "JSON"}


def bare_text(html: str) -> list[tuple[int, str]]:
    """Lines with words that never reach a translator: in text, or in an attribute people read."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match.group(0))

    text = COMMENTS.sub(blank, html)
    text = TEMPLATE.sub(blank, text)
    found = [
        (text.count("\n", 0, match.start()) + 1, match.group(2).strip())
        for match in ATTRIBUTE.finditer(text)
        if _speaks(match.group(2))
    ]
    text = TAG.sub(blank, KEEP.sub(blank, text))
    for number, line in enumerate(text.split("\n"), start=1):
        if _speaks(line):
            found.append((number, " ".join(line.split())))
    return sorted(found)


def _speaks(text: str) -> bool:
    words = LETTERS.findall(re.sub(r"&\w+;|\S+@\S+", " ", text))
    return any(word not in NAMES for word in words)


# --- command line -------------------------------------------------------------------------


def _setup() -> None:
    from django.conf import settings  # noqa: PLC0415 - only templatize needs it

    if not settings.configured:
        settings.configure(USE_I18N=True)


def main(arguments: list[str]) -> int:
    """Run one of extract, compile, check."""
    _setup()
    verb = arguments[0] if arguments else ""
    if verb == "extract":
        for path in extract():
            print(path.relative_to(ROOT))
        return 0
    if verb == "compile":
        compile_all()
        return 0
    if verb == "check":
        findings = check()
        for finding in findings:
            print(finding)
        return 1 if findings else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
