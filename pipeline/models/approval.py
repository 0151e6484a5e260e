"""Who has to take part in a decision when amount, discount or terms are beyond the usual."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Level, Role
from pipeline.models.gate import Gate

DECIDING_ROLES = (Role.MANAGER, Role.DIRECTOR)
"""Roles a rule may ask for among the deciders, the lower first."""


class ApprovalRule(models.Model):
    """A line of the table an administrator keeps; what is left empty is not looked at."""

    gate = models.CharField(_("gate"), max_length=4, choices=Gate)
    min_amount = models.DecimalField(
        _("amount from"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(
        _("currency"), max_length=3, default="CNY", validators=[RegexValidator(r"^[A-Z]{3}\Z")]
    )
    min_discount_percent = models.DecimalField(
        _("discount from, in %"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    min_payment_days = models.PositiveSmallIntegerField(
        _("days to pay from"), null=True, blank=True
    )
    departments = ArrayField(
        models.CharField(max_length=8, choices=Department),
        verbose_name=_("departments beside the usual"),
        default=list,
        blank=True,
        size=5,
    )
    min_level = models.PositiveSmallIntegerField(
        _("somebody of rank at least"), choices=Level, default=Level.STAFF
    )
    min_role = models.CharField(
        _("somebody who is"),
        max_length=20,
        blank=True,
        choices=[(role.value, role.label) for role in DECIDING_ROLES],
    )

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(min_amount__isnull=True) | Q(min_amount__gte=0),
                name="approval_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(min_discount_percent__isnull=True)
                | Q(min_discount_percent__range=(0, 100)),
                name="approval_discount_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(min_level__range=(1, 5)), name="approval_level_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate} #{self.pk}"

    @property
    def department_names(self) -> str:
        """The departments it adds, in the reader's language."""
        return gettext(", ").join(str(Department(name).label) for name in self.departments)
