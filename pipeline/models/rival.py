"""Who competes with us: the company's list of names, and what each of them does in a sale."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Contact
from pipeline.models.opportunity import Opportunity


class Competitor(models.Model):
    """A company that competes with us. Retired, never deleted."""

    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("can be chosen"), default=True)
    created_at = models.DateTimeField(editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("competitor")
        verbose_name_plural = _("competitors")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="competitor_has_a_name"),
            models.UniqueConstraint(Lower("name"), name="competitor_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Rival(models.Model):
    """A competitor in one sale: who is for them inside, what they offer, and how they stand."""

    class PriceLevel(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("price of a competitor", "Not known")
        LOWER = "lower", pgettext_lazy("price of a competitor", "Below ours")
        SAME = "same", pgettext_lazy("price of a competitor", "Like ours")
        HIGHER = "higher", pgettext_lazy("price of a competitor", "Above ours")

    class State(models.TextChoices):
        SUSPECTED = "suspected", pgettext_lazy("competitor", "Suspected")
        ACTIVE = "active", pgettext_lazy("competitor", "Competes")
        SHORTLISTED = "shortlisted", pgettext_lazy("competitor", "On the short list")
        OUT = "out", pgettext_lazy("competitor", "Out")

    opportunity = models.ForeignKey(
        Opportunity,
        verbose_name=_("opportunity"),
        on_delete=models.PROTECT,
        related_name="rivals",
        db_index=False,
    )
    competitor = models.ForeignKey(
        Competitor, verbose_name=_("competitor"), on_delete=models.PROTECT, related_name="rivals"
    )
    sponsor = models.ForeignKey(
        Contact,
        verbose_name=_("their sponsor inside"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    offer = models.TextField(_("what they offer"), max_length=1000, blank=True)
    price_level = models.CharField(
        _("their price"), max_length=7, choices=PriceLevel, default=PriceLevel.UNKNOWN
    )
    strengths = models.TextField(_("what they are good at"), max_length=1000, blank=True)
    relationship_owner = models.CharField(
        _("who keeps their relations"), max_length=120, blank=True
    )
    state = models.CharField(
        _("how they stand"), max_length=11, choices=State, default=State.SUSPECTED
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    noted_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("competitor in a sale")
        verbose_name_plural = _("competitors in sales")
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "competitor"], name="rival_once_in_a_sale"
            ),
            models.CheckConstraint(
                condition=Q(price_level__in=["unknown", "lower", "same", "higher"]),
                name="rival_price_level_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["suspected", "active", "shortlisted", "out"]),
                name="rival_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competitor_id} in {self.opportunity_id}"
