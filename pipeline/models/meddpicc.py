"""How far each letter of MEDDPICC is known in a sale; every score it ever had is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Evidence
from pipeline.models.opportunity import Opportunity


class MeddpiccScore(models.Model):
    """One score of one letter. A later score is a new row: none is ever changed or deleted."""

    class Letter(models.TextChoices):
        """In the order of the word; where a letter stands twice, with the next one of its name."""

        METRICS = "M", pgettext_lazy("MEDDPICC", "Metrics")
        ECONOMIC_BUYER = "E", pgettext_lazy("MEDDPICC", "Economic buyer")
        DECISION_CRITERIA = "Dc", pgettext_lazy("MEDDPICC", "Decision criteria")
        DECISION_PROCESS = "Dp", pgettext_lazy("MEDDPICC", "Decision process")
        PAPER_PROCESS = "P", pgettext_lazy("MEDDPICC", "Paper process")
        IDENTIFY_PAIN = "I", pgettext_lazy("MEDDPICC", "Identify pain")
        CHAMPION = "Ch", pgettext_lazy("MEDDPICC", "Champion")
        COMPETITION = "Co", pgettext_lazy("MEDDPICC", "Competition")

    class Score(models.IntegerChoices):
        UNKNOWN = 0, pgettext_lazy("MEDDPICC", "Unknown")
        IDENTIFIED = 1, pgettext_lazy("MEDDPICC", "Identified")
        VALIDATED = 2, pgettext_lazy("MEDDPICC", "Validated with the customer")
        LEVERAGED = 3, pgettext_lazy("MEDDPICC", "Leveraged")

    PROVEN = (Score.VALIDATED, Score.LEVERAGED)
    """What nobody may say without evidence."""

    MOST = 3 * len(Letter)

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="meddpicc_scores", db_index=False
    )
    letter = models.CharField(_("letter"), max_length=2, choices=Letter)
    score = models.PositiveSmallIntegerField(_("score"), choices=Score)
    note = models.CharField(_("what we know"), max_length=500, blank=True)
    evidence = models.ForeignKey(
        Evidence,
        verbose_name=_("evidence"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("MEDDPICC score")
        verbose_name_plural = _("MEDDPICC scores")
        constraints = [
            models.CheckConstraint(
                condition=Q(letter__in=["M", "E", "Dc", "Dp", "P", "I", "Ch", "Co"]),
                name="meddpicc_letter_is_known",
            ),
            models.CheckConstraint(
                condition=Q(score__in=[0, 1]) | Q(score__in=[2, 3], evidence__isnull=False),
                name="meddpicc_score_has_evidence",
                violation_error_message=_("From 2 on a score needs evidence."),
            ),
        ]
        indexes = [
            models.Index(fields=["opportunity", "letter", "-id"], name="meddpicc_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.score}"
