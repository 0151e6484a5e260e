"""What hurts the customer, and what of ours answers it; what the customer has confirmed stays."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Contact, Evidence
from pipeline.models.opportunity import Opportunity


class PainPoint(models.Model):
    """A pain of somebody at the customer, in his words; it counts once it is confirmed."""

    class Urgency(models.TextChoices):
        HIGH = "high", pgettext_lazy("pain", "High")
        NORMAL = "normal", pgettext_lazy("pain", "Normal")
        LOW = "low", pgettext_lazy("pain", "Low")

    opportunity = models.ForeignKey(
        Opportunity,
        verbose_name=_("opportunity"),
        on_delete=models.PROTECT,
        related_name="pains",
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("whose pain"), on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("the pain in the customer's words"), max_length=1000)
    impact_amount = models.DecimalField(
        _("what it costs them"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Urgency, default=Urgency.NORMAL)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    confirmed_at = models.DateTimeField(_("confirmed by the customer"), null=True, editable=False)
    confirmation = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    dropped_at = models.DateTimeField(null=True, editable=False)
    drop_reason = models.CharField(_("why it is dropped"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("pain")
        verbose_name_plural = _("pains")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="pain_has_words"),
            models.CheckConstraint(
                condition=Q(urgency__in=["high", "normal", "low"]), name="pain_urgency_is_known"
            ),
            models.CheckConstraint(
                condition=Q(impact_amount__isnull=True) | Q(impact_amount__gte=0),
                name="pain_impact_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmation__isnull=True)
                | Q(confirmed_at__isnull=False, confirmation__isnull=False),
                name="pain_confirmed_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True, drop_reason="")
                | Q(~Q(drop_reason=""), dropped_at__isnull=False),
                name="pain_dropped_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class SolutionLine(models.Model):
    """What of ours answers a pain: a product, a small innovation, or a service around it."""

    class Kind(models.TextChoices):
        PRODUCT = "product", pgettext_lazy("solution", "Product")
        INNOVATION = "innovation", pgettext_lazy("solution", "Innovation")
        SERVICE = "service", pgettext_lazy("solution", "Service")

    pain = models.ForeignKey(
        PainPoint, verbose_name=_("answers"), on_delete=models.PROTECT, related_name="lines"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.CharField(_("what we offer"), max_length=500)
    is_differentiator = models.BooleanField(_("sets us apart from others"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    confirmed_by = models.ForeignKey(
        Contact,
        verbose_name=_("confirmed by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    confirmation = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    dropped_at = models.DateTimeField(null=True, editable=False)
    drop_reason = models.CharField(_("why it is dropped"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("line of the solution")
        verbose_name_plural = _("lines of the solution")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="solution_line_has_words"),
            models.CheckConstraint(
                condition=Q(kind__in=["product", "innovation", "service"]),
                name="solution_line_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    confirmed_at__isnull=True,
                    confirmation__isnull=True,
                    confirmed_by__isnull=True,
                )
                | Q(
                    confirmed_at__isnull=False,
                    confirmation__isnull=False,
                    confirmed_by__isnull=False,
                ),
                name="solution_line_confirmed_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True, drop_reason="")
                | Q(~Q(drop_reason=""), dropped_at__isnull=False),
                name="solution_line_dropped_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
