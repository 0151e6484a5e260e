"""How well one of us knows a person at a customer, and where that person has worked."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.intervals import period
from crm.models.contact import Contact
from crm.models.customer import Customer
from crm.models.evidence import Evidence


class Tie(models.Model):
    """One of us knows a contact at a level, for an interval; a new assessment is a new row.

    The company's level is the best of its active people, a level less for each full 180 days
    without an answer; that is derived when it is read.
    """

    class Level(models.IntegerChoices):
        STRANGER = 0, _("Stranger")
        CONTACTED = 1, _("Contacted")
        RECOGNISED = 2, _("Recognised")
        TRUSTED = 3, _("Trusted")
        ALLY = 4, _("Ally")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who of us"),
        on_delete=models.PROTECT,
        related_name="ties",
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.PROTECT, related_name="ties"
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assessed_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("tie")
        verbose_name_plural = _("ties")
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(0, 4)), name="tie_level_0_to_4"),
            models.CheckConstraint(
                condition=Q(level=0) | Q(evidence__isnull=False),
                name="tie_has_evidence",
                violation_error_message=_("To know somebody needs evidence."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="tie_ends_after_start",
            ),
            ExclusionConstraint(
                name="tie_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("contact", RangeOperators.EQUAL),
                    (period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} knows {self.contact_id} at {self.level}"


class Employment(models.Model):
    """Where a contact worked, from the first move on; `Contact.customer` is where he works now."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="employments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="employments")
    title = models.CharField(_("job title"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)
    level = models.PositiveSmallIntegerField(
        _("level"), choices=Contact.Band, null=True, blank=True
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="employment_ends_after_start",
            ),
            ExclusionConstraint(
                name="employment_one_at_a_time",
                expressions=[
                    ("contact", RangeOperators.EQUAL),
                    (period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} at {self.customer_id}"
