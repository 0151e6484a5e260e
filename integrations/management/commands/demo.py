"""`manage.py demo`: a company to try Baton with, or a real data set. See docs/import.md."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries.users import system_user
from core.errors import DomainError, NotFound
from integrations.commands.demo import load_demo
from integrations.commands.demo_removal import remove_demo
from integrations.commands.imports import COMMANDS, import_file
from integrations.management.commands.import_csv import rejects_of, sentences
from integrations.queries.demo import is_empty, is_loaded, sign_ins
from integrations.queries.fields import Reader
from integrations.queries.profiles import SHIPPED, load_profile
from integrations.queries.tables import open_table
from pipeline.queries.pipelines import current_version

B2B8 = settings.BASE_DIR / "pipeline" / "definitions" / "b2b8.yaml"


class Command(BaseCommand):
    help = "Load the demo company, or a folder of CSVs; take the demo company away again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, help="a folder to import by its profile")
        parser.add_argument("--profile", default="", help="default: the folder's name")
        parser.add_argument("--if-empty", action="store_true", help="only where nobody is yet")
        parser.add_argument("--remove", action="store_true", help="take the demo company away")
        parser.add_argument("--sign-ins", action="store_true", help="print who can sign in")
        parser.add_argument("--yes", action="store_true", help="also where DEBUG is off")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except DomainError as error:
            raise CommandError(str(error), returncode=2) from error

    def _run(self, options: dict[str, Any]) -> None:
        if options["sign_ins"]:
            for role, username, password in sign_ins():
                self.stdout.write(f"{role:<14} {username:<14} {password}")
        elif options["remove"]:
            removed = remove_demo(by=system_user())
            self.stdout.write(_("{number} demo rows removed").format(number=sum(removed.values())))
        elif options["data"]:
            self._import(options["data"], options["profile"] or options["data"].resolve().name)
        else:
            self._load(options)

    def _load(self, options: dict[str, Any]) -> None:
        if options["if_empty"] and not is_empty():
            return
        if is_loaded():
            self.stdout.write(_("The demo company is here already; nothing has changed."))
            return
        if not settings.DEBUG and not options["yes"]:
            raise CommandError(
                _("The demo company has passwords everybody knows. Say --yes to load it here."),
                returncode=2,
            )
        _need_pipeline(self.stderr)
        began = time.monotonic()
        counted = load_demo(by=system_user(), at=timezone.now())
        shown = ", ".join(f"{number} {name}" for name, number in counted.items())
        self.stdout.write(f"{shown} ({time.monotonic() - began:.0f} s)")

    def _import(self, folder: Path, profile_name: str) -> None:
        if not folder.is_dir():
            raise CommandError(_("There is no folder {path}.").format(path=folder), returncode=2)
        if not (SHIPPED / f"{profile_name}.toml").is_file() and not Path(profile_name).is_file():
            raise CommandError(
                _("No profile is called {name}; there are: {names}.").format(
                    name=profile_name,
                    names=", ".join(sorted(path.stem for path in SHIPPED.glob("*.toml"))),
                ),
                returncode=2,
            )
        _need_pipeline(self.stderr)
        for kind in COMMANDS:
            profile = load_profile(profile_name, kind)
            file = folder / profile.file
            if not profile.file or not file.is_file():
                continue
            self.stdout.write(f"\n{kind}")
            reader = Reader(open_table(file), kind, profile)
            rejects = rejects_of(file, kind)
            report = import_file(
                reader, kind=kind, rejects=rejects, by=system_user(), at=timezone.now()
            )
            for line in sentences(report, reader, rejects):
                self.stdout.write(line)
        self.stdout.write("")
        call_command("figures", stdout=self.stdout)


def _need_pipeline(out: Any) -> None:
    try:
        current_version()
    except NotFound:
        call_command("load_pipeline", str(B2B8), stdout=out)
