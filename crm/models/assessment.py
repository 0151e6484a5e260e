"""Two pairs of eyes: rep and manager judge one chain, neither seeing what the other says."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.chain import Chain
from crm.models.stakeholder import Role, Stakeholder


class Assessment(models.Model):
    """One round: it waits for both, then it is revealed, then they talk about it.

    A round that nobody will finish is dropped; what was said in it stays unseen.
    """

    chain = models.ForeignKey(
        Chain,
        verbose_name=_("decision chain"),
        on_delete=models.PROTECT,
        related_name="assessments",
    )
    rep = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("rep"), on_delete=models.PROTECT, related_name="+"
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("manager"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rep_saved_at = models.DateTimeField(null=True, editable=False)
    manager_saved_at = models.DateTimeField(null=True, editable=False)
    revealed_at = models.DateTimeField(null=True, editable=False)
    dropped_at = models.DateTimeField(null=True, editable=False)
    talk = models.TextField(_("what we agreed on"), max_length=2000, blank=True)
    talked_at = models.DateTimeField(null=True, editable=False)
    talked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        editable=False,
    )

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(
                fields=["chain"],
                condition=Q(revealed_at__isnull=True, dropped_at__isnull=True),
                name="assessment_one_waiting",
                violation_error_message=_("One is waiting here already."),
            ),
            models.CheckConstraint(condition=~Q(rep=F("manager")), name="assessment_by_two"),
            models.CheckConstraint(
                condition=Q(revealed_at__isnull=True)
                | Q(rep_saved_at__isnull=False, manager_saved_at__isnull=False),
                name="assessment_revealed_after_both",
            ),
            models.CheckConstraint(
                condition=Q(revealed_at__isnull=True) | Q(dropped_at__isnull=True),
                name="assessment_dropped_or_revealed",
            ),
            models.CheckConstraint(
                condition=Q(talk="", talked_at__isnull=True, talked_by__isnull=True)
                | (
                    ~Q(talk="")
                    & Q(
                        talked_at__isnull=False,
                        talked_by__isnull=False,
                        revealed_at__isnull=False,
                    )
                ),
                name="assessment_talked_after_revealed",
            ),
        ]

    def __str__(self) -> str:
        return f"assessment {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.revealed_at is None and self.dropped_at is None

    @property
    def both(self) -> list[tuple[Any, datetime | None]]:
        """The two who judge, with when they did."""
        return [(self.rep, self.rep_saved_at), (self.manager, self.manager_saved_at)]

    def saved_at(self, user_id: int) -> datetime | None:
        """When one of the two has saved; None for anybody else."""
        if user_id == self.rep_id:
            return self.rep_saved_at
        return self.manager_saved_at if user_id == self.manager_id else None


class Judgement(models.Model):
    """What one of the two says of one place; written once (trigger of migration 0007)."""

    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="judgements", db_index=False
    )
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stakeholder = models.ForeignKey(
        Stakeholder, verbose_name=_("stakeholder"), on_delete=models.PROTECT, related_name="+"
    )
    attitude = models.SmallIntegerField(
        _("attitude"), choices=Stakeholder.Attitude, null=True, blank=True
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "assessor", "stakeholder"], name="judgement_once"
            ),
            models.CheckConstraint(
                condition=Q(attitude__isnull=True) | Q(attitude__range=(-2, 2)),
                name="judgement_attitude_known",
            ),
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=Role.values), name="judgement_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"judgement {self.pk}"
