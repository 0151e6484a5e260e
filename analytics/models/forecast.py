"""The forecast as it stood, week by week: what analytics writes, and nobody changes."""

from django.conf import settings
from django.db import models

from accounts.models import Team
from core.display import exact_time
from pipeline.models import Opportunity


class ForecastWeek(models.Model):
    """The snapshot of one week, named by its Monday; there is never a second one."""

    week = models.DateField(unique=True)
    taken_at = models.DateTimeField()
    sales = models.PositiveIntegerField(help_text="Open ones it holds.")

    def __str__(self) -> str:
        return self.week.isoformat()

    @property
    def day(self) -> str:
        """Its Monday as people write it."""
        return exact_time(self.week)


class ForecastLine(models.Model):
    """One open sale as it was then. An empty category or probability of a side: it said nothing."""

    week = models.ForeignKey(
        ForecastWeek, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    stage = models.SlugField(max_length=40, db_index=False)
    category = models.CharField(max_length=10)
    probability = models.DecimalField(max_digits=5, decimal_places=4)
    rep_category = models.CharField(max_length=10)
    rep_probability = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    manager_category = models.CharField(max_length=10)
    manager_probability = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    expected_close_date = models.DateField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["week", "opportunity"], name="forecast_line_once")
        ]
        indexes = [
            models.Index(fields=["week", "expected_close_date"], name="forecast_line_closing")
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} in {self.week_id}"
