from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.queries.users import system_user
from core.errors import DomainError, NotFound
from pipeline.commands.pipelines import publish
from pipeline.queries.pipelines import current_version
from pipeline.serializers.definition import read_definition


class Command(BaseCommand):
    help = "Publish a pipeline definition (YAML); a definition that holds already changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--keep-own",
            action="store_true",
            help="Leave a pipeline alone whose version in force somebody here has published.",
        )

    def handle(self, *args: Any, file: Path, keep_own: bool, **options: Any) -> None:
        try:
            draft = read_definition(file.read_text(encoding="utf-8-sig"))
            if keep_own and _is_own(draft.key):
                self.stdout.write(f"left alone: {draft.key}, it was designed here")
                return
            found = publish(draft=draft, by=system_user(), at=timezone.now())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: not UTF-8 at byte {error.start}") from error
        except DomainError as error:
            lines = error.details.get("lines", [])
            told = [f"{file}:{each['line']}: {each['problem']}" for each in lines]
            raise CommandError("\n".join(told) or str(error)) from error
        verb = "published" if found.is_new else "holds already, nothing changed:"
        name, number = draft.key, found.version.number
        self.stdout.write(f"{verb} {name} version {number}, {len(draft.stages)} stages")


def _is_own(key: str) -> bool:
    """Whether people of this company have designed what is in force."""
    try:
        return current_version(key).published_by_id != system_user().pk
    except NotFound:
        return False
