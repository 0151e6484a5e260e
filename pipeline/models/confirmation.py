"""That somebody of us has confirmed a criterion of a stage by hand, and what shows it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models import Evidence
from pipeline.models.definition import ExitCriterion
from pipeline.models.ledger import StageVisit
from pipeline.models.opportunity import Opportunity


class Confirmation(models.Model):
    """One criterion, in one stay: it is confirmed anew when the sale comes back to the stage.

    Taken back only before the gate is passed with it, saying why; the row stays.
    """

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="confirmations"
    )
    visit = models.ForeignKey(
        StageVisit, on_delete=models.PROTECT, related_name="confirmations", db_index=False
    )
    criterion = models.ForeignKey(ExitCriterion, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_back_reason = models.CharField(_("why it was taken back"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "criterion"],
                condition=Q(taken_back_at__isnull=True),
                name="confirmation_once_in_a_stay",
            ),
            models.CheckConstraint(
                condition=Q(
                    taken_back_at__isnull=True, taken_back_by__isnull=True, taken_back_reason=""
                )
                | Q(
                    ~Q(taken_back_reason=""),
                    taken_back_at__isnull=False,
                    taken_back_by__isnull=False,
                ),
                name="confirmation_taken_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"criterion {self.criterion_id} of sale {self.opportunity_id}"
