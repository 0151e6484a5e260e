"""`manage.py import_csv`: the door for tables from other systems. See docs/import.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries.users import system_user, user_called
from core.errors import DomainError
from integrations.commands.imports import COMMANDS, Report, import_file
from integrations.queries.fields import Reader
from integrations.queries.profiles import Profile, load_profile
from integrations.queries.tables import open_table

SHOWN_REASONS = 10


class Command(BaseCommand):
    help = "Import a CSV (or the first sheet of an xlsx file). Running it twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(COMMANDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
        parser.add_argument("--value", action="append", default=[], metavar="COLUMN:FROM=TO")
        parser.add_argument("--profile", default="", help="a TOML file, or one shipped with Baton")
        parser.add_argument("--source", default="", help="name of the system the file comes from")
        parser.add_argument("--dates", choices=["auto", "iso", "mdy", "dmy"], default="")
        parser.add_argument("--encoding", default="", help="found out when not given")
        parser.add_argument("--rejects", type=Path, help="where rows go that cannot be taken")
        parser.add_argument("--by", default="", metavar="USERNAME", help="who imports")
        parser.add_argument("--dry-run", action="store_true", help="do everything, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        by = _actor(options["by"])
        with translation.override(by.language):
            try:
                self._run(by, options)
            except DomainError as error:
                raise CommandError(str(error), returncode=2) from error

    def _run(self, by: User, options: dict[str, Any]) -> None:
        kind, file = options["kind"], options["file"]
        rejects = Path(options["rejects"] or rejects_of(file, kind))
        if rejects.resolve() == file.resolve():
            raise CommandError(_("The rejects would overwrite the file itself."), returncode=2)
        profile = load_profile(options["profile"], kind) if options["profile"] else Profile()
        profile = profile.with_options(
            maps=options["map"],
            values=options["value"],
            source=options["source"],
            dates=options["dates"],
        )
        reader = Reader(open_table(file, encoding=options["encoding"]), kind, profile)
        report = import_file(
            reader,
            kind=kind,
            rejects=rejects,
            by=by,
            at=timezone.now(),
            dry_run=options["dry_run"],
        )
        for line in sentences(report, reader, rejects, dry_run=options["dry_run"]):
            self.stdout.write(line)


def rejects_of(file: Path, kind: str) -> Path:
    """Where rejects go when nobody says."""
    return settings.BASE_DIR / "var" / "rejects" / f"{file.stem}.{kind}.csv"


def _actor(username: str) -> User:
    if not username:
        return system_user()
    user = user_called(username)
    if user is None:
        raise CommandError(_("There is no user {name}.").format(name=username), returncode=2)
    return user


def sentences(report: Report, reader: Reader, rejects: Path, *, dry_run: bool = False) -> list[str]:
    """What a run has to tell, in lines."""
    table = reader.table
    lines = [
        _("{file}: {encoding}, source {source}, dates {dates}").format(
            file=table.path.name,
            encoding=table.encoding,
            source=reader.profile.source,
            dates=reader.dates,
        )
    ]
    if unused := reader.unused():
        lines.append(_("columns not taken: {columns}").format(columns=", ".join(unused)))
    lines.append(
        _(
            "read {read} = created {created} + updated {updated} + unchanged {unchanged}"
            " + rejected {rejected}"
        ).format(
            **{
                name: getattr(report, name)
                for name in ("read", "created", "updated", "unchanged", "rejected")
            }
        )
    )
    if not report.created and not report.updated:
        lines.append(_("Nothing has changed."))
    if any(report.served.values()):
        lines.append(
            _("customers served now: {primary} by a primary, {deputy} deputies").format(
                **report.served
            )
        )
    if report.rejected:
        lines.append(_("rejected rows, with the reason: {path}").format(path=rejects))
        frequent = sorted(report.reasons.items(), key=lambda item: (-item[1], item[0]))
        lines += [f"  {count} × {reason}" for reason, count in frequent[:SHOWN_REASONS]]
        if len(frequent) > SHOWN_REASONS:
            lines.append("  …")
    if dry_run:
        lines.append(_("This was a dry run; nothing is kept."))
    return lines
