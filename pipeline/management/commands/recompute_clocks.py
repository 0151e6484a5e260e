from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from pipeline.commands.sweep import recompute


class Command(BaseCommand):
    help = "Set every running clock by the calendars as they are now; run it after changing one."

    def handle(self, *args: Any, **options: Any) -> None:
        moved = recompute(at=timezone.now())
        self.stdout.write(f"{moved} clocks moved")
