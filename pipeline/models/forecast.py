"""What a stage's sales came to so far, and what people expect of one sale, apart from that."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pipeline.metrics.forecast import CHAIN
from pipeline.models.definition import Pipeline, Stage
from pipeline.models.opportunity import Opportunity

TENTH = Decimal("0.1")


class StageOdds(models.Model):
    """How sales that entered a stage ended, over all versions of a pipeline and one segment.

    The segment is the customer's tier. Counted anew every hour; nothing else writes here.
    """

    pipeline = models.ForeignKey(
        Pipeline, on_delete=models.PROTECT, related_name="odds", db_index=False
    )
    stage = models.SlugField(max_length=40, db_index=False)
    segment = models.CharField(max_length=1)
    wins = models.PositiveIntegerField(help_text="Of the decided ones.")
    decided = models.PositiveIntegerField(help_text="Entered it ever, and closed since.")
    advanced = models.PositiveIntegerField(help_text="Reached a later open stage, or were won.")
    failed = models.PositiveIntegerField(help_text="Closed without a win before a later stage.")
    still_there = models.PositiveIntegerField(help_text="Live and never beyond it.")
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "stage", "segment"], name="stage_odds_once"
            ),
            models.CheckConstraint(
                condition=Q(wins__lte=F("decided")), name="stage_odds_wins_are_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.segment}: {self.wins} of {self.decided}"


class ForecastOverride(models.Model):
    """What one side expects of a sale instead of what its stage says, and why.

    Rep and manager each have their own; neither overwrites the other. Nothing is changed: what is
    said anew ends what was said before. Both values empty: back to what the stage says.
    """

    class Side(models.TextChoices):
        REP = "rep", _("Rep")
        MANAGER = "manager", _("Manager")

    CATEGORIES = [
        (category.value, category.label)
        for category in Stage.Category
        if category in ("omitted", *CHAIN)
    ]

    opportunity = models.ForeignKey(
        Opportunity,
        on_delete=models.PROTECT,
        related_name="forecast_overrides",
        db_index=False,
    )
    side = models.CharField(_("side"), max_length=7, choices=Side)
    category = models.CharField(
        _("forecast category"),
        max_length=10,
        choices=CATEGORIES,
        blank=True,
        help_text=_("Empty: that of the stage."),
    )
    probability = models.DecimalField(
        _("probability"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("0 to 1; empty: that of the stage."),
    )
    reason = models.CharField(_("reason"), max_length=500)
    stage = models.SlugField(
        max_length=40, db_index=False, editable=False, help_text="Where the sale stood."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("expectation of a sale")
        verbose_name_plural = _("expectations of sales")
        indexes = [
            models.Index(fields=["opportunity", "-id"], name="forecast_override_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "side"],
                condition=Q(ended_at__isnull=True),
                name="forecast_override_live_once",
            ),
            models.CheckConstraint(
                condition=Q(side__in=["rep", "manager"]), name="forecast_override_side_known"
            ),
            models.CheckConstraint(
                condition=Q(category__in=["", "omitted", *CHAIN]),
                name="forecast_override_category_known",
            ),
            models.CheckConstraint(
                condition=Q(probability__isnull=True)
                | Q(probability__range=(Decimal(0), Decimal(1))),
                name="forecast_override_probability_is_one",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="forecast_override_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("at")),
                name="forecast_override_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} {self.side} {self.category} {self.probability}"

    @property
    def percent(self) -> Decimal | None:
        """To a tenth."""
        return None if self.probability is None else (self.probability * 100).quantize(TENTH)
