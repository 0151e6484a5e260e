"""How a person at a customer may be contacted, by whomever of us: not at all, when, how often."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.activity import Activity
from crm.models.contact import Contact
from crm.models.customer import Customer

CHANNELS = [choice for choice in Activity.Kind.choices if choice[0] != Activity.Kind.NOTE]
"""By what one reaches somebody; a note reaches nobody."""


class ContactBan(models.Model):
    """Do not contact one person, or everybody at a customer. It is lifted, never deleted.

    Without channels it holds for all of them.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="bans"
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("whom"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bans",
        help_text=_("Empty: everybody at the customer."),
    )
    channels = ArrayField(
        models.CharField(max_length=10, choices=CHANNELS),
        verbose_name=_("by which channels"),
        default=list,
        blank=True,
    )
    reason = models.CharField(_("reason"), max_length=500)
    starts_at = models.DateTimeField(_("since"))
    until_date = models.DateField(_("until"), null=True, blank=True, help_text=_("Its last day."))
    ends_at = models.DateTimeField(_("ends"), null=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lift_reason = models.CharField(_("why it was lifted"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("do not contact")
        verbose_name_plural = _("do not contact")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="contact_ban_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="contact_ban_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lift_reason="")
                | Q(~Q(lift_reason=""), lifted_by__isnull=False, ends_at__isnull=False),
                name="contact_ban_lifted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    def holds_at(self, at: datetime) -> bool:
        """Whether it holds at this moment."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


class ContactLimits(models.Model):
    """When one does not disturb a person, and how often we may come, all of us together."""

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="limits")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        blank=True,
        help_text=_("Empty: that of the customer's country."),
    )
    most = models.PositiveSmallIntegerField(_("contacts at most"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("in so many days"), null=True, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("quiet hours and cap")
        verbose_name_plural = _("quiet hours and caps")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(~Q(quiet_from=F("quiet_until")), quiet_until__isnull=False),
                name="contact_limits_quiet_has_both_ends",
                violation_error_message=_("Quiet hours have a beginning and another end."),
            ),
            models.CheckConstraint(
                condition=Q(most__isnull=True, days__isnull=True)
                | Q(most__range=(1, 50), days__range=(1, 90)),
                name="contact_limits_cap_has_both",
                violation_error_message=_("A cap is 1 to 50 contacts in 1 to 90 days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.quiet_from}–{self.quiet_until}, {self.most}/{self.days}"


class ContactBreach(models.Model):
    """Somebody was contacted against a rule: it is logged all the same, with this flag."""

    class Rule(models.TextChoices):
        BAN = "ban", pgettext_lazy("rule of contact", "do not contact")
        QUIET = "quiet", pgettext_lazy("rule of contact", "quiet hours")
        CAP = "cap", pgettext_lazy("rule of contact", "too often")

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="breaches")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="breaches")
    rule = models.CharField(max_length=5, choices=Rule)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "contact", "rule"], name="contact_breach_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.rule}"
