"""What an assessment of a person rests on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.activity import Activity
from crm.models.contact import Contact
from crm.models.customer import Customer


class Tier(models.IntegerChoices):
    """How much a piece of evidence weighs; 1 is the strongest."""

    DEED_AT_A_COST = 1, _("Did something that cost him")
    DEED = 2, _("Did something that cost little")
    CLAIM = 3, _("Said so")
    TITLE = 4, _("Guessed from the title")


class Confidence(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Evidence(models.Model):
    """An activity, a document or a statement that proves something. Never changed, never deleted.

    When two contacts are merged, what one of them stated becomes the other's.
    """

    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("Activity")
        DOCUMENT = "document", _("Document")
        STATEMENT = "statement", _("Statement")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="evidence"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    activity = models.ForeignKey(
        Activity,
        verbose_name=_("activity"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
    )
    stated_by = models.ForeignKey(
        Contact,
        verbose_name=_("said by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    text = models.TextField(_("what shows it"), max_length=1000, blank=True)
    tier = models.PositiveSmallIntegerField(_("how strong it is"), choices=Tier)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("noted by"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(condition=Q(tier__range=(1, 4)), name="evidence_tier_1_to_4"),
            models.CheckConstraint(
                condition=Q(kind="activity", activity__isnull=False)
                | (Q(kind__in=["document", "statement"], activity__isnull=True) & ~Q(text="")),
                name="evidence_shows_something",
            ),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
