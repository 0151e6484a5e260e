"""What the company's process has people do in a stage, and what was planned of it for a sale."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import Action
from pipeline.models.definition import Stage, in_language
from pipeline.models.opportunity import Opportunity


class StandardAction(models.Model):
    """A step everybody takes in a stage: who, by when, with what. Immutable once published."""

    class Part(models.TextChoices):
        OWNER = "owner", pgettext_lazy("who does it", "Who leads the sale")
        PRIMARY = "primary", pgettext_lazy("who does it", "Primary")
        DEPUTY = "deputy", pgettext_lazy("who does it", "Deputy")
        SPONSOR = "sponsor", pgettext_lazy("who does it", "Sponsor")
        SOLUTION = "solution", pgettext_lazy("who does it", "Solution")
        DELIVERY = "delivery", pgettext_lazy("who does it", "Delivery")

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="actions")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    texts = models.JSONField()
    guides = models.JSONField(default=dict, help_text="How to do it, by language.")
    link = models.URLField(blank=True, help_text="The tool or template to do it with.")
    part = models.CharField(max_length=10, choices=Part, default=Part.OWNER)
    due_days = models.PositiveSmallIntegerField(
        help_text="Working days from the day the stage is entered."
    )
    mandatory = models.BooleanField(default=True)

    class Meta:
        ordering = ["stage", "position"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "key"], name="standard_action_key_once")
        ]

    def __str__(self) -> str:
        return in_language(self.texts)

    @property
    def guide(self) -> str:
        return in_language(self.guides)


class OpportunityAction(models.Model):
    """A planned step that belongs to this sale; a standard one says which, and has one current."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.CASCADE, related_name="action_links", db_index=False
    )
    action = models.OneToOneField(Action, on_delete=models.CASCADE, related_name="opportunity_link")
    standard = models.ForeignKey(
        StandardAction, on_delete=models.PROTECT, null=True, related_name="+"
    )
    planned_date = models.DateField(
        null=True, help_text="By which day the process wants a standard step; it stays as it was."
    )
    is_current = models.BooleanField(
        default=True, help_text="False once the same step was planned anew."
    )

    class Meta:
        verbose_name = _("step of a sale")
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "standard"],
                condition=Q(is_current=True, standard__isnull=False),
                name="standard_action_planned_once",
            )
        ]
        indexes = [models.Index(fields=["opportunity"], name="opportunity_action_of")]

    def __str__(self) -> str:
        return f"step {self.action_id} of sale {self.opportunity_id}"
