from typing import Any

from django.core.management.base import BaseCommand

from core.commands.feed import adopt_events


class Command(BaseCommand):
    help = "After restoring a backup into another server, before starting: mend the change feed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many events were adopted."""
        moved = adopt_events()
        self.stdout.write(f"{moved} events stand before those to come.")
