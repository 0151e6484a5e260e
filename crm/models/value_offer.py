"""What we can offer beside what we sell, and what became of it where it was offered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.contact import Contact
from crm.models.customer import Customer


class ValueItem(models.Model):
    """Something of the catalogue: a visit, a training, a reference. Retired, never deleted."""

    class Kind(models.TextChoices):
        VISIT = "visit", pgettext_lazy("kind of value", "Visit")
        TRAINING = "training", pgettext_lazy("kind of value", "Training")
        REFERENCE = "reference", pgettext_lazy("kind of value", "Reference")
        STUDY = "study", pgettext_lazy("kind of value", "Study")
        FINANCE = "finance", pgettext_lazy("kind of value", "Finance")
        OTHER = "other", pgettext_lazy("kind of value", "Other")

    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("what it is, and for whom"), blank=True, max_length=1000)
    is_active = models.BooleanField(_("can be offered"), default=True)
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue entries")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="value_item_has_a_name"),
            models.UniqueConstraint(
                Lower("name"),
                name="value_item_name_once",
                violation_error_message=_("The catalogue has something of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ValueOffer(models.Model):
    """Something of the catalogue was offered to a customer, or to a person there."""

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("offer of value", "Offered")
        ACCEPTED = "accepted", pgettext_lazy("offer of value", "Accepted")
        USED = "used", pgettext_lazy("offer of value", "Used")
        DECLINED = "declined", pgettext_lazy("offer of value", "Declined")

    OPEN = (State.OFFERED, State.ACCEPTED)

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="value_offers",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("to whom"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="value_offers",
    )
    item = models.ForeignKey(
        ValueItem, verbose_name=_("what"), on_delete=models.PROTECT, related_name="offers"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.OFFERED, editable=False
    )
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    offered_at = models.DateTimeField(_("offered"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    used_date = models.DateField(_("used on"), null=True, blank=True)
    result = models.CharField(_("what came of it"), max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("offer of value")
        verbose_name_plural = _("offers of value")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="offered", accepted_at__isnull=True, closed_at__isnull=True)
                | Q(state="accepted", accepted_at__isnull=False, closed_at__isnull=True)
                | Q(
                    state="used",
                    accepted_at__isnull=False,
                    used_date__isnull=False,
                    closed_at__isnull=False,
                )
                | Q(~Q(result=""), state="declined", closed_at__isnull=False),
                name="value_offer_state_is_shown",
            ),
            models.UniqueConstraint(
                fields=["customer", "item", "contact"],
                condition=Q(state__in=["offered", "accepted"]),
                nulls_distinct=False,
                name="value_offer_open_once",
                violation_error_message=_("This is offered to them already."),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "state", "id"], name="value_offer_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.state}"
