"""The append-only record of every move, and the stays that follow from it."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.intervals import period


class Transition(models.Model):
    """One move of one opportunity: from where to where, when, by whom, why, on what grounds.

    Triggers check each row against the opportunity and its pipeline version, and refuse changing
    or deleting it (docs/adr/0004-ledger-triggers.md).
    """

    class Name(models.TextChoices):
        OPEN = "open", _("opened")
        IMPORT = "import", _("imported")
        ADVANCE = "advance", _("advanced")
        SEND_BACK = "send_back", _("sent back")
        HOLD = "hold", _("put on hold")
        RESUME = "resume", _("resumed")
        WIN = "win", _("won")
        LOSE = "lose", _("closed without a win")
        REOPEN = "reopen", _("reopened")

    opportunity = models.ForeignKey(
        "pipeline.Opportunity",
        on_delete=models.PROTECT,
        related_name="transitions",
        db_index=False,
    )
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=10, choices=Name)
    from_stage = models.CharField(max_length=40, blank=True)
    to_stage = models.CharField(max_length=40)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    criteria_met = ArrayField(models.BigIntegerField(), default=list)
    criteria_waived = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["opportunity", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "seq"], name="transition_seq_once")
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id}#{self.seq} {self.name}"


class StageVisit(models.Model):
    """A stay in a stage. Written by the trigger on `Transition` alone; nobody can forge one."""

    opportunity = models.ForeignKey(
        "pipeline.Opportunity", on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    stage = models.CharField(max_length=40)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    transition = models.OneToOneField(
        Transition, on_delete=models.PROTECT, related_name="visit", help_text="What began it."
    )

    class Meta:
        ordering = ["opportunity", "id"]
        constraints = [
            ExclusionConstraint(
                name="stage_visit_one_at_a_time",
                expressions=[
                    ("opportunity", RangeOperators.EQUAL),
                    (period("entered_at", "left_at"), RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=Q(left_at__isnull=True),
                name="stage_visit_current",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")),
                name="stage_visit_left_after_entered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} in {self.stage}"
