"""Days a company or one of its teams works, or does not, against the published calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarException(models.Model):
    """One day of one country; for everybody, or for one team (`team_key` is its id)."""

    class Kind(models.TextChoices):
        OFF = "off", _("day off")
        WORK = "work", _("working day")

    country = models.CharField(_("country"), max_length=2)
    team_key = models.BigIntegerField(_("team"), null=True, blank=True)
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        ordering = ["day", "country"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "team_key", "day"],
                name="calendar_exception_once",
                nulls_distinct=False,
                violation_error_message=_("This day has an exception already."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["off", "work"]), name="calendar_exception_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.day} {self.kind}"
