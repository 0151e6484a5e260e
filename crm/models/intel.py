"""What is known about a customer, by the keys of one checklist; every version of it is kept."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.customer import Customer
from crm.models.evidence import Confidence


class IntelItem(models.Model):
    """One version of what is known under one key; the live one has no end."""

    class Group(models.TextChoices):
        COMPANY = "company", pgettext_lazy("what is known", "The company")
        COMPETITION = "competition", pgettext_lazy("what is known", "The competition")
        US = "us", pgettext_lazy("what is known", "We at this customer")

    class Key(models.TextChoices):
        """The part before the first underscore is its group."""

        STRATEGY = "company_strategy", _("Strategy and targets of this year")
        ORGANISATION = "company_organisation", _("Organisation and its latest changes")
        RESULTS = "company_results", _("Business results")
        INSTALLED = "company_installed", _("What is installed, and how content they are")
        BUDGET = "company_budget", _("Budget cycle: fiscal year, freeze dates")
        PROCUREMENT = "company_procurement", _("How they buy, and up to which amounts")
        SUPPLIERS = "company_suppliers", _("Supplier policy, and who is excluded")
        PAYMENT = "company_payment", _("How they pay")
        RIVALS = "competition_who", _("Who competes with us")
        RIVAL_SPONSOR = "competition_sponsor", _("Who supports the competitor inside")
        RIVAL_OFFER = "competition_offer", _("What the competitor offers")
        RIVAL_PRICE = "competition_price", _("How high the competitor's prices are")
        RIVAL_STRENGTHS = "competition_strengths", _("What the competitor is good at")
        RIVAL_OWNER = "competition_owner", _("Who keeps the competitor's relations")
        HISTORY = "us_history", _("Our history with them")
        COMPLAINTS = "us_complaints", _("Open complaints")
        PROMISES = "us_promises", _("What we still owe them")
        REFERENCES = "us_references", _("References we may use")
        SPONSOR = "us_sponsor", _("Who supports us inside")
        CAPACITY = "us_capacity", _("Whether we can deliver")

    class State(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("what is known", "Unknown")
        ASSUMED = "assumed", pgettext_lazy("what is known", "Assumed")
        CONFIRMED = "confirmed", pgettext_lazy("what is known", "Confirmed")

    class SourceKind(models.TextChoices):
        SAID = "said", _("They said so")
        DOCUMENT = "document", _("A document of theirs")
        SEEN = "seen", _("Seen by one of us")
        PUBLIC = "public", _("Public")
        THIRD = "third", _("Somebody else said so")
        GUESS = "guess", _("Our guess")

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="intel",
        db_index=False,
    )
    key = models.CharField(_("what"), max_length=24, choices=Key)
    state = models.CharField(_("how well it is known"), max_length=9, choices=State)
    value = models.TextField(_("what is known"), max_length=1000, blank=True)
    source_kind = models.CharField(
        _("kind of source"), max_length=8, choices=SourceKind, blank=True
    )
    source = models.CharField(_("where it is from"), max_length=300, blank=True)
    confidence = models.CharField(_("how sure"), max_length=6, choices=Confidence, blank=True)
    as_of_date = models.DateField(_("as of"), null=True, blank=True)
    expires_date = models.DateField(
        _("holds until"), null=True, blank=True, help_text=_("Its last day.")
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    noted_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("what is known of a customer")
        verbose_name_plural = _("what is known of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "key"],
                condition=Q(ended_at__isnull=True),
                name="intel_live_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="unknown",
                    value="",
                    source_kind="",
                    source="",
                    confidence="",
                    as_of_date__isnull=True,
                    expires_date__isnull=True,
                )
                | Q(
                    ~Q(value=""),
                    ~Q(source_kind=""),
                    ~Q(confidence=""),
                    state__in=["assumed", "confirmed"],
                    as_of_date__isnull=False,
                ),
                name="intel_state_is_shown",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed", source_kind="guess"),
                name="intel_guess_confirms_nothing",
                violation_error_message=_("A guess confirms nothing."),
            ),
            models.CheckConstraint(
                condition=Q(expires_date__isnull=True) | Q(expires_date__gte=F("as_of_date")),
                name="intel_expires_after_its_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("noted_at")),
                name="intel_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["customer", "key", "-id"], name="intel_customer")]

    def __str__(self) -> str:
        return self.get_key_display()

    def is_stale(self, day: date) -> bool:
        """Whether its last day is over."""
        return self.expires_date is not None and self.expires_date < day
