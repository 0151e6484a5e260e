"""What a customer and we want to reach: measured, with a day, told by actual values."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.contact import Contact
from crm.models.customer import Customer


class JointGoal(models.Model):
    """A goal of theirs or of ours: from which value to which, by when, and who sees to it."""

    class Side(models.TextChoices):
        THEIRS = "theirs", pgettext_lazy("whose goal", "Theirs")
        OURS = "ours", pgettext_lazy("whose goal", "Ours")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("goal", "Open")
        REACHED = "reached", pgettext_lazy("goal", "Reached")
        MISSED = "missed", pgettext_lazy("goal", "Missed")
        DROPPED = "dropped", pgettext_lazy("goal", "Dropped")

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="goals",
        db_index=False,
    )
    side = models.CharField(_("whose goal"), max_length=6, choices=Side)
    title = models.CharField(_("goal"), max_length=200)
    measure = models.CharField(
        _("measured by"), max_length=120, help_text=_("What is counted, such as “kWh per tonne”.")
    )
    baseline = models.DecimalField(_("from"), max_digits=18, decimal_places=4)
    target = models.DecimalField(_("to"), max_digits=18, decimal_places=4)
    start_date = models.DateField(_("begins"))
    due_date = models.DateField(_("due"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("seen to by"),
        on_delete=models.PROTECT,
        related_name="goals",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("who stands for it there"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="goals",
    )
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.OPEN, editable=False
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("joint goal")
        verbose_name_plural = _("joint goals")
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(measure=""), name="goal_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(target=F("baseline")),
                name="goal_goes_somewhere",
                violation_error_message=_("A goal leads from one value to another."),
            ),
            models.CheckConstraint(
                condition=Q(due_date__gt=F("start_date")), name="goal_due_after_its_start"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state__in=["reached", "missed"], closed_at__isnull=False)
                | Q(~Q(reason=""), state="dropped", closed_at__isnull=False),
                name="goal_state_is_shown",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "state", "due_date"], name="goal_customer"),
            models.Index(
                fields=["owner", "due_date", "id"], condition=Q(state="open"), name="goal_open"
            ),
            models.Index(fields=["due_date", "id"], name="goal_by_due"),
        ]

    def __str__(self) -> str:
        return self.title


class GoalValue(models.Model):
    """What was measured, on which day. Rows are only added; the latest of a day counts."""

    goal = models.ForeignKey(JointGoal, on_delete=models.PROTECT, related_name="values_told")
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    as_of_date = models.DateField(_("measured on"))
    note = models.CharField(_("where it is from"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("value of a goal")
        verbose_name_plural = _("values of goals")
        indexes = [models.Index(fields=["goal", "-as_of_date", "-id"], name="goal_value_latest")]

    def __str__(self) -> str:
        return f"{self.value} ({self.as_of_date})"
