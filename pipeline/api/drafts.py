"""Designing processes, and taking them out of use."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.api.views import ChangesOne, ReadOne, ReadRows, Removes, RunsCommand
from core.errors import Invalid
from pipeline import access
from pipeline.commands import drafts, retirement
from pipeline.commands.pipelines import definition_of
from pipeline.models import DefinitionDraft, PipelineVersion
from pipeline.queries.pipelines import current_version
from pipeline.serializers import drafts as shapes
from pipeline.serializers.definition import read_document
from pipeline.serializers.opportunities import PipelineSerializer
from pipeline.serializers.preview import Preview, PreviewSerializer, preview_of


class Drafts(ReadRows, RunsCommand):
    """What is being designed, for who may publish it."""

    serializer_class = shapes.DraftSerializer
    input_class = shapes.DefinitionInput
    orders = {"key": ("key", "id")}

    def queryset(self) -> QuerySet[Any]:
        """All of them; none for others."""
        return access.visible_drafts(self.request.user)

    def run(self, data: dict[str, Any]) -> DefinitionDraft:
        """Begin one."""
        if ("definition" in data) == ("pipeline" in data):
            raise Invalid(_("Give either a pipeline or a definition."))
        if "definition" in data:
            definition = read_document(data["definition"])
        else:
            definition = definition_of(current_version(data["pipeline"]))
        return drafts.begin(definition=definition, by=self.request.user, at=self.now)

    def location(self, thing: DefinitionDraft) -> str:
        """Its address."""
        return reverse("api-pipeline-draft", args=[thing.key])


class OneDraft(ChangesOne, Removes):
    """The draft of a pipeline; what is sent takes the place of what stands there."""

    serializer_class = shapes.DraftSerializer
    input_class = shapes.DefinitionChange

    def thing(self, key: str) -> DefinitionDraft:
        """It, or 404."""
        return access.get_draft(self.request.user, key)

    def read(self, serializer_class: Any, *, partial: bool = False) -> Any:
        """Both fields at once: a definition follows a revision."""
        return super().read(serializer_class)

    def change(self, thing: DefinitionDraft, data: dict[str, Any]) -> DefinitionDraft:
        """Follow the revision that was seen."""
        definition = read_document(data["definition"])
        return drafts.change(
            thing,
            definition=definition,
            revision=data["revision"],
            by=self.request.user,
            at=self.now,
        )

    def remove(self, key: str) -> None:
        """Discard it as it is now, or as If-Match saw it."""
        thing = self.thing(key)
        drafts.discard(thing, revision=thing.revision, by=self.request.user, at=self.now)


class DraftPreview(ReadOne):
    """What a draft would change in the version in force, and what it would meet."""

    serializer_class = PreviewSerializer

    def thing(self, key: str) -> Preview:
        """It, or 404."""
        return preview_of(access.get_draft(self.request.user, key), self.now)


class DraftPublish(RunsCommand):
    """Bring a draft into force."""

    input_class = shapes.DefinitionPublish
    output_class = PipelineSerializer

    def run(self, data: dict[str, Any], key: str) -> PipelineVersion:
        """Publish what was seen."""
        draft = access.get_draft(self.request.user, key)
        return drafts.publish_draft(draft, by=self.request.user, at=self.now, **data)


class Use(RunsCommand):
    """Whether new sales run through a pipeline; `command` decides it."""

    output_class = PipelineSerializer
    success_status = 200
    command: ClassVar[Any]

    def run(self, data: dict[str, Any], key: str) -> PipelineVersion:
        """Decide it."""
        version = current_version(key)
        type(self).command(version.pipeline, by=self.request.user, at=self.now)
        return version


class Retire(Use):
    """No new sales run through it; those under way run on."""

    command = staticmethod(retirement.retire)


class BringBack(Use):
    """New sales may run through it again."""

    command = staticmethod(retirement.bring_back)
