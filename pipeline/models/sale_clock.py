"""What a sale waits for beside the limit of its stage: word with the customer, mandatory steps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from crm.models import Customer
from crm.models.ringing import Ringing
from pipeline.models.opportunity import Opportunity
from pipeline.models.playbook import OpportunityAction


class SaleClock(Ringing):
    """One for the silence of the customer, one for each mandatory step planned.

    Triggers make the rows, and mark them `stale` when something changed that they count by: a
    contact, a move, a day, a country (migration 0016). A stale one rings nothing until it is set.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact"
        STEP = "step"

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="sale_clocks", db_index=False
    )
    link = models.OneToOneField(
        OpportunityAction, on_delete=models.CASCADE, null=True, related_name="clock"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    begun_at = models.DateTimeField(
        null=True, help_text="No silence before this counts: the opening, or the import."
    )
    since = models.DateField(
        null=True, help_text="Day 0: of the last contact, or on which the step is due."
    )
    provisional = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Counted in a year whose holidays are not published yet.",
    )
    stale = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity"], condition=Q(kind="contact"), name="sale_clock_of_contact"
            ),
            models.CheckConstraint(
                condition=Q(kind="contact", link__isnull=True) | Q(kind="step", link__isnull=False),
                name="sale_clock_step_has_a_link",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_level_at", "id"],
                condition=Q(next_level_at__isnull=False),
                name="sale_clock_next",
            ),
            models.Index(fields=["id"], condition=Q(stale=True), name="sale_clock_stale"),
            models.Index(fields=["customer"], name="sale_clock_customer"),
            models.Index(fields=["opportunity"], name="sale_clock_sale"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of sale {self.opportunity_id}"


class SaleReminder(models.Model):
    """A clock of a sale has reached a level. One per clock, level and day 0, whatever happens."""

    class Level(models.IntegerChoices):
        OWNER = 0
        MANAGER = 1
        DIRECTOR = 2
        TOP = 3

    saleclock = models.ForeignKey(
        SaleClock, on_delete=models.CASCADE, related_name="reminders", db_index=False
    )
    level = models.PositiveSmallIntegerField(choices=Level)
    since = models.DateField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["saleclock", "level", "since"], name="sale_reminder_once"
            ),
            models.CheckConstraint(
                condition=Q(level__range=(0, 3)), name="sale_reminder_level_0_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"clock {self.saleclock_id} level {self.level}"
