"""A pipeline as data. A version is immutable once published; a trigger sees to it."""

from functools import lru_cache

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(texts: dict[str, str]) -> str:
    """The text of the reader's language, else English."""
    return texts.get(get_language() or "en") or texts.get("en", "")


class Pipeline(models.Model):
    key = models.SlugField(unique=True)
    names = models.JSONField(help_text="Language code to name.")
    retired_at = models.DateTimeField(null=True, help_text="Since when it opens no new sales.")

    def __str__(self) -> str:
        return in_language(self.names)


class PipelineVersion(models.Model):
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    names = models.JSONField(default=dict, help_text="What the pipeline was called in it.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the definition it came from.")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "number"], name="pipeline_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.pipeline} v{self.number}"


class Stage(models.Model):
    class Kind(models.TextChoices):
        OPEN = "open", _("open")
        AFTER_WIN = "after_win", _("after winning")

    class Category(models.TextChoices):
        OMITTED = "omitted", _("Omitted")
        PIPELINE = "pipeline", _("Pipeline")
        BEST_CASE = "best_case", _("Best case")
        COMMIT = "commit", _("Commit")
        CLOSED = "closed", _("Closed")

    version = models.ForeignKey(PipelineVersion, on_delete=models.PROTECT, related_name="stages")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OPEN)
    names = models.JSONField()
    buyer_states = models.JSONField(default=dict)
    probability = models.DecimalField(max_digits=4, decimal_places=3)
    category = models.CharField(max_length=10, choices=Category)
    limits = models.JSONField(
        default=dict, help_text="Tier to working days; a missing tier has no limit."
    )

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="stage_key_once"),
            models.UniqueConstraint(fields=["version", "position"], name="stage_position_once"),
            models.CheckConstraint(
                condition=models.Q(probability__range=(0, 1)), name="stage_probability_is_one"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.names)


class ExitCriterion(models.Model):
    """A condition to leave a stage; `kind` names a check in pipeline/criteria."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="criteria")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    texts = models.JSONField()
    mandatory = models.BooleanField(default=True)

    class Meta:
        ordering = ["stage", "position"]
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="criterion_key_once")]

    def __str__(self) -> str:
        return in_language(self.texts)


@lru_cache(maxsize=256)
def stages_of(version_id: int) -> tuple[Stage, ...]:
    """The stages of a published version with criteria and actions, cached for the process's life.

    Safe because a trigger refuses any change to a published version.
    """
    return tuple(
        Stage.objects.filter(version_id=version_id)
        .order_by("position")
        .prefetch_related("criteria", "actions")
    )
