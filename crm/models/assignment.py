"""Who of us serves a customer, since when, and why it changed."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.intervals import period
from crm.models.customer import Customer


class Reassignment(models.Model):
    """One act of moving customers between our people, with the receipt of what moved."""

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField()
    receipt = models.JSONField(
        default=dict, help_text="Counted before and after, by kind and by receiver."
    )
    is_demo = models.BooleanField(default=False, editable=False)

    def __str__(self) -> str:
        return f"reassignment {self.pk}"


class Assignment(models.Model):
    """One of our people serves a customer in one part, for an interval of time.

    The database keeps that primaries of a customer never overlap, that nobody holds the same part
    twice at once, and that a row changes only by being ended.
    """

    class Part(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        DEPUTY = "deputy", _("Deputy")
        SPONSOR = "sponsor", _("Sponsor")
        SOLUTION = "solution", _("Solution")
        DELIVERY = "delivery", _("Delivery")
        SHADOW = "shadow", _("Shadow")

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="assignments",
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="assignments",
        db_index=False,
    )
    part = models.CharField(_("part"), max_length=10, choices=Part)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    end_reason = models.CharField(_("reason it ended"), max_length=500, blank=True)
    reassignment = models.ForeignKey(
        Reassignment, on_delete=models.PROTECT, null=True, related_name="opened"
    )

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="assignment_ends_after_start",
            ),
            ExclusionConstraint(
                name="assignment_one_primary_at_a_time",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(part="primary"),
            ),
            ExclusionConstraint(
                name="assignment_part_held_once",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    ("part", RangeOperators.EQUAL),
                    (period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "starts_at"], name="assignment_customer"),
            models.Index(
                fields=["user", "part", "customer"],
                condition=Q(ends_at__isnull=True),
                name="assignment_open_by_user",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.user_id} @ {self.customer_id}"
