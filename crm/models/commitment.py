"""What was promised, either way, and what is expected: the register of promises.

A promise of ours is the company's: one of us gave it, a team's name stands under it, and somebody
delivers it. The database keeps that the first due day stays, that days move only by a term the
other side agreed to, and that what has ended has ended.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from core.models.protected import ProtectedState
from crm.models.activity import Activity
from crm.models.contact import Contact
from crm.models.customer import Customer
from crm.models.ringing import LEVELS, Ringing


class Commitment(ProtectedState, Ringing):
    """A promise: who gave it to whom, in whose name, what, by when, and whether it was kept."""

    class Direction(models.TextChoices):
        OURS = "ours", pgettext_lazy("who promised", "We promised")
        THEIRS = "theirs", pgettext_lazy("who promised", "They promised")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("promise", "Draft")
        MADE = "made", pgettext_lazy("promise", "Open")
        KEPT = "kept", pgettext_lazy("promise", "Kept")
        KEPT_LATE = "kept_late", pgettext_lazy("promise", "Kept late")
        BROKEN = "broken", pgettext_lazy("promise", "Broken")
        CANCELLED = "cancelled", pgettext_lazy("promise", "Cancelled together")

    OPEN = (State.DRAFT, State.MADE)
    OWED = (State.DRAFT, State.MADE, State.BROKEN)
    """What somebody still has to do something about: a broken promise can be made good, late."""

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="commitments",
        db_index=False,
    )
    direction = models.CharField(_("direction"), max_length=6, choices=Direction)
    text = models.CharField(_("what was promised"), max_length=300)
    promised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("promised by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who of us gave it."),
    )
    promised_by_contact = models.ForeignKey(
        Contact,
        verbose_name=_("promised by (customer)"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="promised",
    )
    to_contact = models.ForeignKey(
        Contact,
        verbose_name=_("promised to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="promised_to",
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("followed up by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who of us waits for it."),
    )
    in_name_of = models.ForeignKey(
        "accounts.Team",
        verbose_name=_("in the name of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The company promises, never a person alone."),
    )
    deliverer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("delivered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="delivers",
        db_index=False,
    )
    due_date = models.DateField(_("due"), null=True, blank=True)
    original_due_date = models.DateField(_("first due day"), null=True, blank=True, editable=False)
    due_at = models.DateTimeField(
        null=True, editable=False, help_text="When the due day ends where the customer is."
    )
    state = FSMField(
        _("state"), protected=True, max_length=10, choices=State.choices, default=State.DRAFT
    )
    activity = models.ForeignKey(
        Activity,
        verbose_name=_("where it was promised"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="commitments",
    )
    evidence = models.TextField(_("what shows it"), blank=True, max_length=2000)
    evidence_activity = models.ForeignKey(
        Activity,
        verbose_name=_("activity that shows it"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="keeps",
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    agreed_by = models.ForeignKey(
        Contact,
        verbose_name=_("agreed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Who of the customer agreed that it falls away."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, editable=False)
    broken_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    direction="ours",
                    in_name_of__isnull=False,
                    promised_by__isnull=False,
                    deliverer__isnull=False,
                    promised_by_contact__isnull=True,
                    to_user__isnull=True,
                )
                | Q(
                    direction="theirs",
                    to_user__isnull=False,
                    promised_by__isnull=True,
                    deliverer__isnull=True,
                    to_contact__isnull=True,
                    in_name_of__isnull=True,
                ),
                name="commitment_has_its_sides",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | Q(
                    Q(to_contact__isnull=False) | Q(promised_by_contact__isnull=False),
                    due_date__isnull=False,
                    original_due_date__isnull=False,
                    due_at__isnull=False,
                    made_at__isnull=False,
                ),
                name="commitment_made_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "made"], closed_at__isnull=True)
                | Q(
                    state__in=["kept", "kept_late", "broken", "cancelled"],
                    closed_at__isnull=False,
                ),
                name="commitment_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["kept", "kept_late"])
                | ~Q(evidence="")
                | Q(evidence_activity__isnull=False),
                name="commitment_kept_is_shown",
            ),
            models.CheckConstraint(
                condition=~Q(state="broken") | Q(broken_at__isnull=False),
                name="commitment_broken_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="commitment_says_something"),
        ]
        indexes = [
            models.Index(fields=["customer", "direction", "due_date"], name="commitment_customer"),
            models.Index(fields=["due_date", "id"], name="commitment_by_due"),
            models.Index(
                fields=["deliverer", "due_date", "id"],
                condition=Q(state__in=["draft", "made", "broken"]),
                name="commitment_owed",
            ),
            models.Index(
                fields=["due_at", "id"], condition=Q(state="made"), name="commitment_open_due"
            ),
            models.Index(
                fields=["next_level_at", "id"],
                condition=Q(next_level_at__isnull=False),
                name="commitment_next_level",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_ours(self) -> bool:
        return self.direction == self.Direction.OURS

    @property
    def holder_id(self) -> int | None:
        """Who of us has it on his list: who delivers ours, who waits for theirs."""
        return self.deliverer_id if self.is_ours else self.to_user_id

    @property
    def contact(self) -> Contact | None:
        """The person at the customer, on whichever side."""
        return self.to_contact if self.is_ours else self.promised_by_contact

    @transition(field=state, source=State.DRAFT, target=State.MADE)
    def give(self) -> None:
        """From now on it counts."""

    @transition(field=state, source=State.MADE, target=State.KEPT)
    def keep(self) -> None:
        """Done, and shown, before the due day was over."""

    @transition(field=state, source=[State.MADE, State.BROKEN], target=State.KEPT_LATE)
    def keep_late(self) -> None:
        """Done, and shown, after the day; a broken promise is made good, never undone."""

    @transition(field=state, source=State.MADE, target=State.BROKEN)
    def lapse(self) -> None:
        """The day is over and nothing shows that it was kept."""

    @transition(field=state, source=[State.DRAFT, State.MADE], target=State.CANCELLED)
    def call_off(self) -> None:
        """Both sides let it go."""


class CommitmentTerm(models.Model):
    """A day a promise was due by, since when, and who agreed to it. Rows are only added."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="terms")
    due_date = models.DateField(_("due"))
    since_at = models.DateTimeField(_("since"))
    agreed_by = models.ForeignKey(
        Contact,
        verbose_name=_("agreed by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    consent = models.CharField(_("how they agreed"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "since_at"], name="commitment_term_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}: {self.due_date}"


class CommitmentReminder(models.Model):
    """An open promise of ours has reached a level. One per promise, level and due day."""

    class Level(models.IntegerChoices):
        OWNER = 0, _("two working days before")
        MANAGER = 1, _("on the day")
        DIRECTOR = 2, _("three working days after")
        TOP = 3, _("five working days after")

    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="reminders", db_index=False
    )
    level = models.PositiveSmallIntegerField(choices=Level)
    due_date = models.DateField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "level", "due_date"], name="commitment_reminder_once"
            ),
            models.CheckConstraint(
                condition=Q(level__range=(0, LEVELS - 1)), name="commitment_reminder_level_0_to_3"
            ),
        ]

    def __str__(self) -> str:
        return f"commitment {self.commitment_id} level {self.level}"


class Expectation(models.Model):
    """What somebody expects of the other side: one of them of us, or one of us of them."""

    class Priority(models.TextChoices):
        MUST = "must", pgettext_lazy("priority of an expectation", "Must")
        SHOULD = "should", pgettext_lazy("priority of an expectation", "Should")
        NICE = "nice", pgettext_lazy("priority of an expectation", "Nice to have")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("expectation", "Open")
        ANSWERED = "answered", pgettext_lazy("expectation", "Answered by a promise")
        DECLINED = "declined", pgettext_lazy("expectation", "Declined")

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="expectations",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("who expects it (customer)"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="expects",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who expects it (us)"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    about = models.CharField(_("what is expected"), max_length=300)
    priority = models.CharField(
        _("priority"), max_length=6, choices=Priority, default=Priority.SHOULD
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, editable=False
    )
    answered_by = models.ForeignKey(
        Commitment,
        verbose_name=_("answered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="expectations",
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("expectation")
        verbose_name_plural = _("expectations")
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user__isnull=True)
                | Q(contact__isnull=True, user__isnull=False),
                name="expectation_has_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, answered_by__isnull=True)
                | Q(state="answered", closed_at__isnull=False, answered_by__isnull=False)
                | Q(state="declined", closed_at__isnull=False, answered_by__isnull=True)
                & ~Q(reason=""),
                name="expectation_state_is_shown",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "state", "id"], name="expectation_customer"),
        ]

    def __str__(self) -> str:
        return self.about
