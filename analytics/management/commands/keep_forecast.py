"""`manage.py keep_forecast`: the snapshot of this week, for who does not run beat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from analytics.commands.snapshots import take


class Command(BaseCommand):
    help = "Keep the forecast of this week as it stands; a week that is kept already stays."

    def handle(self, *args: Any, **options: Any) -> None:
        found, is_new = take(at=timezone.now())
        verb = "kept" if is_new else "kept already, nothing changed:"
        self.stdout.write(f"{verb} week of {found.week}, {found.sales} open sales")
