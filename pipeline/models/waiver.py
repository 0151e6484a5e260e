"""Letting a sale pass a gate without one of its criteria: asked for, decided by somebody else."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from core.models.protected import ProtectedState
from pipeline.models.definition import ExitCriterion
from pipeline.models.ledger import StageVisit
from pipeline.models.opportunity import Opportunity


def in_this_stay() -> Q:
    """Asked for since the sale entered the stage it is in; an earlier stay's let nothing pass."""
    stays = StageVisit.objects.filter(opportunity=OuterRef("opportunity"), left_at__isnull=True)
    return Q(asked_at__gte=Subquery(stays.values("entered_at")))


class Waiver(ProtectedState):
    """What is let pass, why, what compensates for it, by whom, until when. Never deleted."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("waiver", "Asked for")
        GRANTED = "granted", pgettext_lazy("waiver", "Granted")
        REFUSED = "refused", pgettext_lazy("waiver", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("waiver", "Withdrawn")
        ENDED = "ended", pgettext_lazy("waiver", "Ended")

    LIVE = (State.ASKED, State.GRANTED)

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="waivers", db_index=False
    )
    criterion = models.ForeignKey(ExitCriterion, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why"), max_length=500)
    compensation = models.CharField(_("what compensates for it"), max_length=500)
    until_date = models.DateField(_("until"))
    expires_at = models.DateTimeField(help_text="The end of that day at the customer.")
    state = FSMField(
        _("state"), protected=True, max_length=9, choices=State.choices, default=State.ASKED
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "criterion"],
                condition=Q(state__in=["asked", "granted"]),
                name="waiver_one_live",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="waiver_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "refused"]) | ~Q(decided_by=F("asked_by")),
                name="waiver_not_by_who_asked",
            ),
        ]
        indexes = [models.Index(fields=["opportunity", "state"], name="waiver_of_sale")]

    def __str__(self) -> str:
        return f"waiver of {self.criterion_id} for {self.opportunity_id}"

    @transition(field=state, source=State.ASKED, target=State.GRANTED)
    def grant(self) -> None:
        """Somebody above lets it pass."""

    @transition(field=state, source=State.ASKED, target=State.REFUSED)
    def refuse(self) -> None:
        """Somebody above does not."""

    @transition(field=state, source=State.ASKED, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """Who asked does not need it any more."""

    @transition(field=state, source=State.GRANTED, target=State.ENDED)
    def end(self) -> None:
        """It holds no longer: taken back, or its day is over."""
