"""The limit on a stay, and the reminders it has raised."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from pipeline.models.ledger import StageVisit
from pipeline.models.opportunity import Opportunity


class StageClock(models.Model):
    """The running limit of an opportunity's current visit; the row goes when the visit ends.

    `level_moments` holds when 80, 100, 150 and 200 % of the limit ring; `next_level_at` is the
    next of them, empty while the clock is paused or has rung them all.
    """

    visit = models.OneToOneField(
        StageVisit, on_delete=models.PROTECT, primary_key=True, related_name="clock"
    )
    opportunity = models.OneToOneField(Opportunity, on_delete=models.PROTECT, related_name="clock")
    starts_at = models.DateTimeField(
        help_text="When counting began: the entry, or the import for a stay that began before it."
    )
    limit_days = models.PositiveSmallIntegerField(help_text="Working days.")
    due_at = models.DateTimeField()
    level_moments = ArrayField(models.DateTimeField(), size=4)
    next_level = models.PositiveSmallIntegerField(default=0)
    next_level_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(
        default=False, help_text="Counted in a year whose holidays are not published yet."
    )
    paused_at = models.DateTimeField(null=True)
    paused_days = models.PositiveSmallIntegerField(
        default=0, help_text="Working days spent waiting for the customer, added to the limit."
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["next_level_at", "visit"],
                condition=models.Q(next_level_at__isnull=False),
                name="stage_clock_next",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(paused_at__isnull=True),
                name="stage_clock_due",
            ),
        ]

    def __str__(self) -> str:
        return f"clock of visit {self.visit_id}"


class Recount(models.Model):
    """Running clocks still count by an older calendar: the only row says how far they are set.

    It stands from the change of a calendar until the last clock is set; a later change begins
    anew. So the work outlives a worker, a broker, and every transaction but those of its batches.
    """

    only = models.PositiveSmallIntegerField(primary_key=True, default=1)
    reached = models.BigIntegerField(default=0, help_text="The visit of the last clock set.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=1), name="recount_only_one"),
        ]

    def __str__(self) -> str:
        return f"clocks set up to visit {self.reached}"


class Reminder(models.Model):
    """A stay has reached a level of its limit. One per visit and level, whatever happens."""

    class Level(models.IntegerChoices):
        OWNER = 0, _("80 %")
        MANAGER = 1, _("100 %")
        DIRECTOR = 2, _("150 %")
        TOP = 3, _("200 %")

    visit = models.ForeignKey(
        StageVisit, on_delete=models.PROTECT, related_name="reminders", db_index=False
    )
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="reminders")
    level = models.PositiveSmallIntegerField(choices=Level)
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "level"], name="reminder_once_per_level"),
            models.CheckConstraint(
                condition=models.Q(level__range=(0, 3)), name="reminder_level_0_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.visit_id} level {self.level}"
