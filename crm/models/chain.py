"""The decision chain: how a customer decides, and the informal lines between its people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer
from crm.models.stakeholder import Role, Stakeholder


class Chain(models.Model):
    """Who decides at a customer. One standing chain a customer; a deal works on a copy of its own.

    `revision` grows with every change (trigger of migration 0005).
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="chains"
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_standing = models.BooleanField(_("standing chain"), default=False)
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies"
    )
    copied_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("decision chain")
        verbose_name_plural = _("decision chains")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_standing=True),
                name="chain_one_standing",
                violation_error_message=_("This customer has a standing chain already."),
            ),
            models.CheckConstraint(
                condition=Q(copied_from__isnull=True, copied_at__isnull=True)
                | Q(copied_from__isnull=False, copied_at__isnull=False),
                name="chain_copied_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(is_standing=False) | Q(copied_from__isnull=True),
                name="chain_standing_is_no_copy",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"chain {self.pk}"


class ChainStep(models.Model):
    """One step of the customer's own procedure of deciding."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=120)
    stakeholder = models.ForeignKey(
        Stakeholder,
        verbose_name=_("who decides it"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    threshold_amount = models.DecimalField(
        _("from this amount"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    threshold_currency = models.CharField(_("currency"), max_length=3, blank=True)
    typical_days = models.PositiveSmallIntegerField(
        _("typical working days"), null=True, blank=True
    )
    document = models.CharField(_("document"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("step of the decision")
        verbose_name_plural = _("steps of the decision")
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "position"],
                name="chain_step_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(threshold_amount__isnull=True, threshold_currency="")
                | (Q(threshold_amount__gte=0) & ~Q(threshold_currency="")),
                name="chain_step_amount_has_a_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChainLine(models.Model):
    """How one person bears on another, beside formal reporting. It is ended, never deleted."""

    class Kind(models.TextChoices):
        INFLUENCE = "influence", _("Influence")
        ALLIANCE = "alliance", _("Alliance")
        CONFLICT = "conflict", _("Conflict")

    class Strength(models.IntegerChoices):
        SLIGHT = 1, _("Slight")
        CLEAR = 2, _("Marked")
        STRONG = 3, _("Strong")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="lines")
    source = models.ForeignKey(
        Stakeholder, verbose_name=_("from whom"), on_delete=models.PROTECT, related_name="lines_out"
    )
    target = models.ForeignKey(
        Stakeholder, verbose_name=_("to whom"), on_delete=models.PROTECT, related_name="lines_in"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    strength = models.PositiveSmallIntegerField(
        _("strength"), choices=Strength, default=Strength.CLEAR
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.CheckConstraint(condition=~Q(source=F("target")), name="chain_line_between_two"),
            models.CheckConstraint(
                condition=Q(strength__range=(1, 3)), name="chain_line_strength_1_to_3"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["influence", "alliance", "conflict"]),
                name="chain_line_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="chain_line_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["source", "target", "kind"],
                condition=Q(ends_at__isnull=True),
                name="chain_line_once",
                violation_error_message=_("This line is drawn already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} -> {self.target_id}"
