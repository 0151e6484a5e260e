"""One of us asks another for help, or asks an executive to meet somebody, with a brief.

The database keeps who asked whom for what, that the states go one way, and the moments from which
response times follow.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from core.models.protected import ProtectedState
from crm.models.action import Action
from crm.models.contact import Contact
from crm.models.customer import Customer
from crm.models.ringing import LEVELS, Ringing


class HelpRequest(ProtectedState, Ringing):
    """Who asks whom, about a customer, a contact or a topic, by when, and what came of it."""

    class Kind(models.TextChoices):
        COLLEAGUE = "colleague", pgettext_lazy("request for help", "A colleague")
        EXECUTIVE = "executive", pgettext_lazy("request for help", "An executive")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("request for help", "Asked")
        ACCEPTED = "accepted", pgettext_lazy("request for help", "Accepted")
        DECLINED = "declined", pgettext_lazy("request for help", "Declined")
        DONE = "done", pgettext_lazy("request for help", "Done")
        WITHDRAWN = "withdrawn", pgettext_lazy("request for help", "Withdrawn")

    OPEN = (State.ASKED, State.ACCEPTED)

    kind = models.CharField(_("whom"), max_length=10, choices=Kind, default=Kind.COLLEAGUE)
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="help_requests",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("contact"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="help_requests",
    )
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who is asked"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    text = models.TextField(_("what is needed"), max_length=2000)
    purpose = models.TextField(_("purpose of the meeting"), blank=True, max_length=1000)
    promised = models.TextField(_("what was promised"), blank=True, max_length=1000)
    meets = models.TextField(_("whom they meet"), blank=True, max_length=1000)
    wanted = models.TextField(_("what we want from it"), blank=True, max_length=1000)
    unsaid = models.TextField(_("what not to say"), blank=True, max_length=1000)
    state = FSMField(
        _("state"), protected=True, max_length=10, choices=State.choices, default=State.ASKED
    )
    days = models.PositiveSmallIntegerField(_("working days"))
    asked_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(editable=False)
    due_at = models.DateTimeField(editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    result = models.CharField(_("what came of it"), max_length=500, blank=True)
    action = models.ForeignKey(
        Action,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The meeting an executive's yes has planned.",
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | (~Q(topic="") & Q(contact__isnull=True)),
                name="help_is_about_something",
            ),
            models.CheckConstraint(condition=~Q(asker=F("asked")), name="help_is_asked_of_another"),
            models.CheckConstraint(condition=~Q(text=""), name="help_says_something"),
            models.CheckConstraint(
                condition=Q(kind="colleague")
                | (
                    Q(kind="executive", customer__isnull=False, contact__isnull=False)
                    & ~Q(purpose="")
                    & ~Q(promised="")
                    & ~Q(meets="")
                    & ~Q(wanted="")
                    & ~Q(unsaid="")
                ),
                name="help_of_executive_has_a_brief",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True, closed_at__isnull=True)
                | Q(state="accepted", answered_at__isnull=False, closed_at__isnull=True)
                | (
                    Q(state="declined", answered_at__isnull=False, closed_at=F("answered_at"))
                    & ~Q(reason="")
                )
                | (
                    Q(state="done", answered_at__isnull=False, closed_at__gte=F("answered_at"))
                    & ~Q(result="")
                )
                | (Q(state="withdrawn", closed_at__isnull=False) & ~Q(reason="")),
                name="help_state_is_shown",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked", "due_at", "id"],
                condition=Q(state__in=["asked", "accepted"]),
                name="help_waiting",
            ),
            models.Index(fields=["asked", "-asked_at", "-id"], name="help_of_asked"),
            models.Index(fields=["asker", "-asked_at", "-id"], name="help_of_asker"),
            models.Index(fields=["customer", "-asked_at", "-id"], name="help_of_customer"),
            models.Index(
                fields=["next_level_at", "id"],
                condition=Q(next_level_at__isnull=False),
                name="help_next_level",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_executive(self) -> bool:
        return self.kind == self.Kind.EXECUTIVE

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def answered_after(self) -> timedelta | None:
        """How long the asker waited for a yes or a no."""
        return None if self.answered_at is None else self.answered_at - self.asked_at

    @transition(field=state, source=State.ASKED, target=State.ACCEPTED)
    def say_yes(self) -> None:
        """Who is asked helps."""

    @transition(field=state, source=State.ASKED, target=State.DECLINED)
    def say_no(self) -> None:
        """Who is asked does not help, and says why."""

    @transition(field=state, source=State.ACCEPTED, target=State.DONE)
    def finish(self) -> None:
        """The help was given."""

    @transition(field=state, source=[State.ASKED, State.ACCEPTED], target=State.WITHDRAWN)
    def take_back(self) -> None:
        """It is not needed any more."""


class HelpReminder(models.Model):
    """An open request has reached a level. One per request and level; rows are only added."""

    class Level(models.IntegerChoices):
        ANSWER_TODAY = 0, _("the answer is due today")
        ANSWER_OVERDUE = 1, _("the answer is overdue")
        HELP_TODAY = 2, _("the help is due today")
        HELP_OVERDUE = 3, _("the help is overdue")

    request = models.ForeignKey(
        HelpRequest, on_delete=models.PROTECT, related_name="reminders", db_index=False
    )
    level = models.PositiveSmallIntegerField(choices=Level)
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "level"], name="help_reminder_once"),
            models.CheckConstraint(
                condition=Q(level__range=(0, LEVELS - 1)), name="help_reminder_level_0_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.request_id} level {self.level}"
