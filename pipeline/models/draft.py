"""A process being designed: nobody sells by it before it is published."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pipeline.models.definition import PipelineVersion


class DefinitionDraft(models.Model):
    """The next version of a pipeline, or the first one of a new pipeline; one for each key.

    `revision` counts its changes: whoever changes it says which one was before his eyes.
    """

    key = models.SlugField(max_length=40, unique=True)
    base = models.ForeignKey(
        PipelineVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The version that was in force when it was begun.",
    )
    content = models.JSONField(help_text="The definition, checked for form.")
    revision = models.PositiveIntegerField(default=1)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"draft of {self.key}"
