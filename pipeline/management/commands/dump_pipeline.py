from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import DomainError
from pipeline.commands.pipelines import definition_of
from pipeline.queries.pipelines import published_version
from pipeline.serializers.document import write_definition


class Command(BaseCommand):
    help = "Write a pipeline as the YAML that load_pipeline reads; by default the one in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key")
        parser.add_argument("--number", type=int, help="Number of the version.")

    def handle(self, *args: Any, key: str, number: int | None, **options: Any) -> None:
        try:
            version = published_version(key, number)
        except DomainError as error:
            raise CommandError(f"{key}: {error}") from error
        self.stdout.write(write_definition(definition_of(version)), ending="")
