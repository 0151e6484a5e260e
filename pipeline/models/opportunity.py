"""A sale in progress, and the machine that moves it.

`state` and `stage` are protected: only the transitions below set them, only
pipeline.commands.opportunities calls these, and the database accepts the result only beside a
ledger row that says exactly this (docs/adr/0004-ledger-triggers.md).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import GET_STATE, FSMField, transition

from core.models.events import CurrentTransactionId
from core.models.protected import ProtectedState
from crm.models import Activity, Chain, Customer
from crm.models.customer import Grams
from pipeline.models.definition import PipelineVersion, Stage, stages_of
from pipeline.models.product import Product


def _is_open(opportunity: Opportunity) -> bool:
    return opportunity.state == Opportunity.State.OPEN


def _is_moving(opportunity: Opportunity) -> bool:
    """Open in an open stage, or won in a stage after winning."""
    return opportunity.state in (Opportunity.State.OPEN, Opportunity.State.WON)


def _gate_is_open(opportunity: Opportunity) -> bool:
    """The last lock: the command must have asked the gate of this very stage."""
    return opportunity.gate_passed_for == opportunity.stage


def _has_next(opportunity: Opportunity) -> bool:
    return opportunity.next_stage is not None


def _has_previous(opportunity: Opportunity) -> bool:
    return opportunity.previous_stage is not None


def _is_at_last_open_stage(opportunity: Opportunity) -> bool:
    return opportunity.next_stage is None


class Opportunity(ProtectedState):
    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ON_HOLD = "on_hold", _("On hold")
        NURTURE = "nurture", _("Nurture")
        WON = "won", _("Won")
        LOST = "lost", pgettext_lazy("opportunity", "Lost")
        NO_DECISION = "no_decision", _("No decision")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    LIVE = (State.OPEN, State.ON_HOLD, State.NURTURE)
    CLOSED = (State.WON, State.LOST, State.NO_DECISION, State.WITHDRAWN)

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="opportunities"
    )
    name = models.CharField(_("name"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("led by"),
        on_delete=models.PROTECT,
        related_name="opportunities",
        db_index=False,
        help_text=_("Who of us leads this sale. Closed sales keep the name they were closed with."),
    )
    chain = models.OneToOneField(
        Chain,
        verbose_name=_("decision chain"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        help_text=_("Its own copy; without one it goes by the customer's standing chain."),
    )
    product = models.ForeignKey(
        Product,
        verbose_name=_("product"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    expected_close_date = models.DateField(_("expected close date"), null=True, blank=True)
    problem = models.TextField(_("problem in the customer's words"), blank=True, max_length=2000)
    impact = models.TextField(_("what doing nothing costs"), blank=True, max_length=2000)
    budget_source = models.CharField(_("budget source"), blank=True, max_length=300)
    decision_date = models.DateField(_("the customer decides by"), null=True, blank=True)
    decision_procedure = models.TextField(_("how they decide"), blank=True, max_length=2000)
    success_metric = models.CharField(_("success metric"), blank=True, max_length=300)
    decision_criteria = models.TextField(_("decision criteria"), blank=True, max_length=2000)
    differentiator = models.TextField(
        _("what the customer says only we do"), blank=True, max_length=2000
    )
    offer_date = models.DateField(_("offer received by the customer"), null=True, blank=True)
    signature_plan = models.TextField(_("plan to signature"), blank=True, max_length=2000)
    selection_statement = models.TextField(
        _("how the customer told us we are selected"), blank=True, max_length=2000
    )
    signed_date = models.DateField(_("signed"), null=True, blank=True)
    acceptance_date = models.DateField(_("accepted by the customer"), null=True, blank=True)
    paid_date = models.DateField(_("paid in full"), null=True, blank=True)

    version = models.ForeignKey(
        PipelineVersion, on_delete=models.PROTECT, related_name="opportunities", editable=False
    )
    stage = FSMField(_("stage"), protected=True, max_length=40)
    state = FSMField(
        _("state"), protected=True, max_length=12, choices=State.choices, default=State.OPEN
    )
    ledger_seq = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    waiting_until = models.DateField(
        _("waiting for the customer until"), null=True, blank=True, editable=False
    )
    close_reason = models.CharField(_("reason it closed"), max_length=500, blank=True)
    updated_at = models.DateTimeField()
    waiver_count = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Waivers ever asked for; a trigger counts, so that most sales need not be asked.",
    )
    is_imported = models.BooleanField(default=False, editable=False)
    birth_xact = models.BigIntegerField(db_default=CurrentTransactionId(), editable=False)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    gate_passed_for: str | None = None
    protected_fields = ("stage", "state")

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="opportunity_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "on_hold", "nurture"], closed_at__isnull=True)
                | models.Q(
                    state__in=["won", "lost", "no_decision", "withdrawn"], closed_at__isnull=False
                ),
                name="opportunity_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(waiting_until__isnull=True) | models.Q(state="on_hold"),
                name="opportunity_waits_only_on_hold",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="opportunity_external_id_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waiting_until"],
                condition=models.Q(waiting_until__isnull=False),
                name="opportunity_waiting",
            ),
            models.Index(fields=["owner", "state"], name="opportunity_owner"),
            models.Index(
                models.F("version"),
                models.F("stage"),
                models.F("amount").desc(nulls_last=True),
                models.F("id").desc(),
                condition=models.Q(state__in=["open", "on_hold"]),
                include=["currency"],
                name="opportunity_board",
            ),
            models.Index(
                models.F("amount").desc(nulls_last=True),
                models.F("id").desc(),
                name="opportunity_amount",
            ),
            models.Index(fields=["-updated_at", "-id"], name="opportunity_changed"),
            GinIndex(Grams("name"), name="opportunity_grams"),
            models.Index(
                models.F("expected_close_date").asc(nulls_last=True),
                models.F("id").asc(),
                name="opportunity_close_date",
            ),
            models.Index(
                models.F("expected_close_date").asc(nulls_last=True),
                models.F("id").asc(),
                condition=models.Q(state="open"),
                name="opportunity_open_close_date",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of this opportunity's own version, in order; cached, as they never change."""
        return stages_of(self.version_id)

    @property
    def stage_row(self) -> Stage:
        return next(stage for stage in self.stages if stage.key == self.stage)

    @property
    def next_stage(self) -> Stage | None:
        """The stage after this one of the same kind; None at the last."""
        return self._neighbour(+1)

    @property
    def previous_stage(self) -> Stage | None:
        return self._neighbour(-1)

    def _neighbour(self, step: int) -> Stage | None:
        here = self.stage_row
        same_kind = [stage for stage in self.stages if stage.kind == here.kind]
        index = same_kind.index(here) + step
        return same_kind[index] if 0 <= index < len(same_kind) else None

    @property
    def first_stage_after_win(self) -> Stage | None:
        return next((s for s in self.stages if s.kind == Stage.Kind.AFTER_WIN), None)

    @transition(
        field=stage,
        source="*",
        target=GET_STATE(lambda self: self.next_stage.key),
        conditions=[_is_moving, _has_next, _gate_is_open],
    )
    def advance(self) -> None:
        """To the next stage, through an open gate."""

    @transition(
        field=stage,
        source="*",
        target=GET_STATE(lambda self: self.previous_stage.key),
        conditions=[_is_moving, _has_previous],
    )
    def send_back(self) -> None:
        """To the stage before; what was learned there has to be learned again."""

    @transition(field=state, source=State.OPEN, target=State.ON_HOLD)
    def hold(self) -> None:
        """Wait for the customer; the clock pauses."""

    @transition(field=state, source=[State.ON_HOLD, State.NURTURE], target=State.OPEN)
    def resume(self) -> None:
        """Go on where it was."""

    @transition(
        field=state,
        source=State.OPEN,
        target=State.WON,
        conditions=[_is_at_last_open_stage, _gate_is_open],
    )
    def win(self) -> None:
        """The contract is in force."""

    @transition(
        field=stage,
        source="*",
        target=GET_STATE(lambda self: (self.first_stage_after_win or self.stage_row).key),
        conditions=[lambda self: self.state == Opportunity.State.WON],
    )
    def begin_delivery(self) -> None:
        """The second half of winning: on to the first stage after it."""

    @transition(field=state, source=LIVE, target=State.LOST)
    def lose(self) -> None:
        """A competitor, or doing it themselves, was preferred."""

    @transition(field=state, source=LIVE, target=State.NO_DECISION)
    def close_undecided(self) -> None:
        """The customer decided nothing."""

    @transition(field=state, source=LIVE, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """We left."""

    @transition(
        field=state,
        source=[State.LOST, State.NO_DECISION, State.WITHDRAWN],
        target=State.OPEN,
    )
    def reopen(self) -> None:
        """It lives again, at the stage where it ended."""


class OpportunityActivity(models.Model):
    """An activity that belongs to this sale."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="activity_links", db_index=False
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="opportunity_links"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "activity"], name="opportunity_activity_once"
            )
        ]
