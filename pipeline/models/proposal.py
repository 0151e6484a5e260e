"""What we offer for the sale, version by version, of which exactly one is current."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pipeline.models.opportunity import Opportunity


class Proposal(models.Model):
    """One version of what we offer. Its terms never change: other terms are another version."""

    opportunity = models.ForeignKey(
        Opportunity,
        verbose_name=_("opportunity"),
        on_delete=models.PROTECT,
        related_name="proposals",
        db_index=False,
    )
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    document = models.CharField(_("name of the document"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    discount_percent = models.DecimalField(
        _("discount in per cent"), max_digits=5, decimal_places=2, default=0
    )
    is_current = models.BooleanField(_("current"), default=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent to the customer"), null=True, editable=False)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "version"], name="proposal_version_once"
            ),
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=Q(is_current=True),
                name="proposal_one_current",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="proposal_has_a_document"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="proposal_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_percent__range=(0, 100)), name="proposal_discount_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(
                    ~Q(approved_by=F("created_by")),
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                ),
                name="proposal_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(approved_at__isnull=False),
                name="proposal_approved_before_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} v{self.version}"
