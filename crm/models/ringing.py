"""What rings level by level: the moments of its levels, the place reached, and the next moment."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

LEVELS = 4


class Ringing(models.Model):
    """Levels are told in order, each once; `next_level_at` is empty when nothing is to ring."""

    level_moments = ArrayField(models.DateTimeField(), size=LEVELS, default=list, editable=False)
    next_level = models.PositiveSmallIntegerField(default=0, editable=False)
    next_level_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def go_on_from(self, place: int) -> None:
        """What is before this place does not ring any more."""
        moments: list[datetime] = self.level_moments
        self.next_level = place
        self.next_level_at = moments[place] if place < len(moments) else None

    def stop_ringing(self) -> None:
        """It rings no more."""
        self.next_level_at = None
