"""Decisions of a committee at the gates of a sale: ATI, ATB, ATC, and after winning ATAC, ATCC.

`state` is protected: only the transitions below set it, and the database accepts the result only
with the votes, conditions and names that make it valid (docs/adr/0007-gate-decisions.md).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from accounts.models import Department, Level
from pipeline.models.opportunity import Opportunity

MOST_PAYMENT_DAYS = 3650


class Gate(models.TextChoices):
    """What is authorised; the last two come after winning."""

    ATI = "ATI", _("ATI: authorise to invest")
    ATB = "ATB", _("ATB: authorise to bid")
    ATC = "ATC", _("ATC: authorise to contract")
    ATAC = "ATAC", _("ATAC: authorise a change of contract")
    ATCC = "ATCC", _("ATCC: authorise to close the contract")


BEFORE_WIN = (Gate.ATI, Gate.ATB, Gate.ATC)
AFTER_WIN = (Gate.ATAC, Gate.ATCC)


class GateDecision(models.Model):
    """One request for a decision at a gate of a sale, and what was decided."""

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("gate decision", "Requested")
        SCHEDULED = "scheduled", pgettext_lazy("gate decision", "Scheduled")
        GO = "go", pgettext_lazy("gate decision", "Go")
        CONDITIONAL = "conditional", pgettext_lazy("gate decision", "Go on conditions")
        NO_GO = "no_go", pgettext_lazy("gate decision", "No-go")
        DEFERRED = "deferred", pgettext_lazy("gate decision", "Deferred")
        FULFILLED = "fulfilled", pgettext_lazy("gate decision", "Conditions fulfilled")
        LAPSED = "lapsed", pgettext_lazy("gate decision", "Lapsed")
        WITHDRAWN = "withdrawn", pgettext_lazy("gate decision", "Withdrawn")

    LIVE = (State.REQUESTED, State.SCHEDULED)

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="gate_decisions", db_index=False
    )
    gate = models.CharField(_("gate"), max_length=4, choices=Gate)
    state = FSMField(
        _("state"), protected=True, max_length=11, choices=State.choices, default=State.REQUESTED
    )
    stage = models.CharField(max_length=40, help_text="Where the sale was when it was requested.")
    pack = models.JSONField(default=dict, help_text="What the deciders read, by topic.")
    facts = models.JSONField(default=dict, help_text="Amount and terms when it was decided.")
    departments = ArrayField(models.CharField(max_length=8, choices=Department), size=5)
    min_level = models.PositiveSmallIntegerField(choices=Level, default=Level.STAFF)
    min_role = models.CharField(max_length=20, blank=True)
    payment_days = models.PositiveSmallIntegerField(
        _("days to pay"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_PAYMENT_DAYS)],
        help_text=_("The longest term of payment that is asked for."),
    )
    scheduled_at = models.DateTimeField(_("decided on at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    deferred_until = models.DateField(null=True)
    lapses_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="Fulfilled, lapsed or withdrawn since.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()

    class Meta:
        verbose_name = _("gate decision")
        verbose_name_plural = _("gate decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "gate"],
                condition=Q(state__in=["requested", "scheduled"]),
                name="gate_one_live_request",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["requested", "scheduled", "withdrawn"],
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                )
                | Q(
                    state__in=["go", "conditional", "no_go", "deferred", "fulfilled", "lapsed"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="gate_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="gate_not_by_who_requested",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "withdrawn"]) | Q(scheduled_at__isnull=False),
                name="gate_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="deferred", deferred_until__isnull=False)
                | (~Q(state="deferred") & Q(deferred_until__isnull=True)),
                name="gate_deferred_until_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["no_go", "deferred", "withdrawn"]) | ~Q(reason=""),
                name="gate_refusal_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="conditional") | Q(lapses_at__isnull=False),
                name="gate_conditional_lapses",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["fulfilled", "lapsed", "withdrawn"], closed_at__isnull=False)
                | (~Q(state__in=["fulfilled", "lapsed", "withdrawn"]) & Q(closed_at__isnull=True)),
                name="gate_closed_has_a_time",
            ),
            models.CheckConstraint(condition=Q(departments__len__gt=0), name="gate_asks_somebody"),
        ]
        indexes = [
            models.Index(fields=["opportunity", "gate", "-id"], name="gate_newest"),
            models.Index(
                fields=["lapses_at", "id"], condition=Q(state="conditional"), name="gate_lapses"
            ),
            models.Index(
                fields=["-requested_at", "-id"],
                condition=Q(state__in=["requested", "scheduled"]),
                name="gate_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate} {self.opportunity}"

    @property
    def is_live(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state in self.LIVE

    @transition(field=state, source=LIVE, target=State.SCHEDULED)
    def schedule(self) -> None:
        """A time is set, or another one."""

    @transition(field=state, source=State.SCHEDULED, target=State.GO)
    def go(self) -> None:
        """It is authorised."""

    @transition(field=state, source=State.SCHEDULED, target=State.CONDITIONAL)
    def go_on_conditions(self) -> None:
        """It is authorised as long as conditions are fulfilled by their days."""

    @transition(field=state, source=State.SCHEDULED, target=State.NO_GO)
    def refuse(self) -> None:
        """It is not authorised."""

    @transition(field=state, source=State.SCHEDULED, target=State.DEFERRED)
    def defer(self) -> None:
        """Nobody decides before a day."""

    @transition(field=state, source=State.CONDITIONAL, target=State.FULFILLED)
    def fulfil(self) -> None:
        """Every condition is done."""

    @transition(field=state, source=State.CONDITIONAL, target=State.LAPSED)
    def lapse(self) -> None:
        """A condition was not done by its day."""

    @transition(field=state, source=LIVE, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """Nobody wants it decided any more."""


class GateSeat(models.Model):
    """Somebody asked to speak for his department: while it is live, he may see this decision."""

    decision = models.ForeignKey(
        GateDecision, on_delete=models.CASCADE, related_name="seats", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="gate_seats"
    )
    department = models.CharField(max_length=8, choices=Department)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "user"], name="gate_seat_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.department}"


class GateVote(models.Model):
    """What one person said for his department. Rows are only added."""

    class Voice(models.TextChoices):
        GO = "go", pgettext_lazy("gate vote", "Go")
        NO_GO = "no_go", pgettext_lazy("gate vote", "No-go")

    decision = models.ForeignKey(
        GateDecision, on_delete=models.CASCADE, related_name="votes", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department = models.CharField(max_length=8, choices=Department)
    voice = models.CharField(_("vote"), max_length=5, choices=Voice)
    reason = models.CharField(_("reason"), max_length=500)
    level = models.PositiveSmallIntegerField(choices=Level)
    role = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "user", "department"], name="gate_vote_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="gate_vote_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.department}: {self.voice}"


class GateCondition(models.Model):
    """What has to be done by a day for a conditional go to hold."""

    decision = models.ForeignKey(GateDecision, on_delete=models.CASCADE, related_name="conditions")
    text = models.CharField(_("condition"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("done by whom"),
        on_delete=models.PROTECT,
        related_name="gate_conditions",
    )
    due_date = models.DateField(_("due"))
    due_at = models.DateTimeField()
    evidence = models.CharField(_("what shows it"), max_length=500, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="gate_condition_says_something"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True, evidence="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(evidence="")),
                name="gate_condition_done_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return self.text
