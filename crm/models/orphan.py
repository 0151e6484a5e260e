"""Customers nobody serves: since when, and who was told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from crm.models.customer import Customer
from crm.models.ringing import Ringing


class OrphanClock(Ringing):
    """A customer that may be without anybody who serves it; `since` says whether it is.

    Triggers mark it `stale` when its state, its primary or that person changes (migration 0019).
    """

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="orphan_clock")
    since = models.DateTimeField(null=True, help_text="Empty while somebody serves it.")
    stale = models.BooleanField(default=True, db_default=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_level_at", "id"],
                condition=Q(next_level_at__isnull=False),
                name="orphan_clock_next",
            ),
            models.Index(fields=["id"], condition=Q(stale=True), name="orphan_clock_stale"),
        ]

    def __str__(self) -> str:
        return f"nobody at customer {self.customer_id}"


class OrphanReminder(models.Model):
    """A customer nobody serves has reached a level; one per customer, level and beginning."""

    class Level(models.IntegerChoices):
        MANAGER = 1
        DIRECTOR = 2
        TOP = 3

    orphanclock = models.ForeignKey(
        OrphanClock, on_delete=models.CASCADE, related_name="reminders", db_index=False
    )
    level = models.PositiveSmallIntegerField(choices=Level)
    since = models.DateTimeField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["orphanclock", "level", "since"], name="orphan_reminder_once"
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, 3)), name="orphan_reminder_level_1_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"customer {self.orphanclock_id} level {self.level}"
