"""What worries somebody at a customer, or stands in his way: answered soon, resolved by a day.

The database keeps what was said, the first answer and the end; what is closed does not change.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.contact import Contact
from crm.models.customer import Customer
from crm.models.ringing import LEVELS, Ringing


class Concern(Ringing):
    """A worry or a problem of one person at a customer, which one of us sees to."""

    class Origin(models.TextChoices):
        SAID = "said", pgettext_lazy("origin of a concern", "They said so")
        NOTICED = "noticed", pgettext_lazy("origin of a concern", "We noticed it")

    class Severity(models.TextChoices):
        HIGH = "high", pgettext_lazy("severity", "High")
        NORMAL = "normal", pgettext_lazy("severity", "Normal")
        LOW = "low", pgettext_lazy("severity", "Low")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("concern", "Waits for an answer")
        ANSWERED = "answered", pgettext_lazy("concern", "Answered")
        RESOLVED = "resolved", pgettext_lazy("concern", "Resolved")
        WITHDRAWN = "withdrawn", pgettext_lazy("concern", "Withdrawn")

    LIVE = (State.OPEN, State.ANSWERED)

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="concerns",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("whose concern"), on_delete=models.PROTECT, related_name="concerns"
    )
    origin = models.CharField(_("how we know"), max_length=7, choices=Origin, default=Origin.SAID)
    text = models.CharField(_("concern"), max_length=500)
    severity = models.CharField(
        _("severity"), max_length=6, choices=Severity, default=Severity.NORMAL
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("seen to by"),
        on_delete=models.PROTECT,
        related_name="concerns",
        db_index=False,
    )
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.OPEN, editable=False
    )
    raised_at = models.DateTimeField(_("raised"))
    response_due_at = models.DateTimeField(_("answer due"), editable=False)
    resolution_due_at = models.DateTimeField(_("resolution due"), editable=False)
    answer = models.TextField(_("first answer"), blank=True, max_length=2000)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    resolution = models.TextField(_("what resolved it"), blank=True, max_length=2000)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="concern_says_something"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True, closed_at__isnull=True)
                | Q(state="answered", answered_at__isnull=False, closed_at__isnull=True)
                | Q(
                    ~Q(resolution=""),
                    state="resolved",
                    answered_at__isnull=False,
                    closed_at__isnull=False,
                )
                | Q(~Q(reason=""), state="withdrawn", closed_at__isnull=False),
                name="concern_state_is_shown",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""),
                name="concern_answer_says_something",
            ),
            models.CheckConstraint(
                condition=Q(response_due_at__gt=models.F("raised_at"))
                & Q(resolution_due_at__gte=models.F("response_due_at")),
                name="concern_due_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "state", "id"], name="concern_customer"),
            models.Index(
                fields=["owner", "response_due_at", "id"],
                condition=Q(state__in=["open", "answered"]),
                name="concern_live",
            ),
            models.Index(fields=["-raised_at", "-id"], name="concern_by_raised"),
            models.Index(
                fields=["next_level_at", "id"],
                condition=Q(next_level_at__isnull=False),
                name="concern_next_level",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ConcernReminder(models.Model):
    """An open concern is overdue. One per concern and level; rows are only added."""

    class Level(models.IntegerChoices):
        ANSWER_OWNER = 0, _("the answer is overdue")
        ANSWER_MANAGER = 1, _("the answer is overdue by a working day")
        RESOLUTION_OWNER = 2, _("the resolution is overdue")
        RESOLUTION_MANAGER = 3, _("the resolution is overdue by a working day")

    concern = models.ForeignKey(
        Concern, on_delete=models.PROTECT, related_name="reminders", db_index=False
    )
    level = models.PositiveSmallIntegerField(choices=Level)
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concern", "level"], name="concern_reminder_once"),
            models.CheckConstraint(
                condition=Q(level__range=(0, LEVELS - 1)), name="concern_reminder_level_0_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"concern {self.concern_id} level {self.level}"
