"""The company's processes: what holds, as pages and as a file; taking them out of use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may as role_may
from accounts.views.profile import menu
from core.keyset import key_of
from core.web import done
from pipeline import access
from pipeline.commands import retirement
from pipeline.commands.pipelines import (
    ActionDraft,
    CriterionDraft,
    PipelineDraft,
    StageDraft,
    definition_of,
)
from pipeline.forms.params import name_of, said
from pipeline.models import Stage, StandardAction
from pipeline.models.definition import in_language
from pipeline.queries.pipelines import current_version, listed, published_version
from pipeline.serializers.document import write_definition


@dataclass(frozen=True)
class Line:
    """A criterion or an action of a column."""

    key: str
    text: str
    kind: str
    more: str
    mandatory: bool


@dataclass(frozen=True)
class Column:
    """A stage as its column shows it."""

    key: str
    name: str
    buyer_state: str
    percent: float
    category: str
    after_win: bool
    limits: list[tuple[str, int]]
    criteria: list[Line]
    actions: list[dict[str, Any]]


def columns(definition: PipelineDraft) -> list[Column]:
    """The stages of a definition in the reader's language."""
    return [_column(stage) for stage in definition.stages]


def shown(definition: PipelineDraft) -> dict[str, Any]:
    """What the page of columns needs of a definition."""
    return {
        "definition": definition,
        "columns": columns(definition),
        "name": in_language(dict(definition.names)),
    }


def _column(stage: StageDraft) -> Column:
    return Column(
        key=stage.key,
        name=in_language(dict(stage.names)),
        buyer_state=in_language(dict(stage.buyer_states)),
        percent=float(stage.probability * 100),
        category=str(Stage.Category(stage.category).label),
        after_win=stage.kind == Stage.Kind.AFTER_WIN,
        limits=[(tier, stage.limits[tier]) for tier in "SABC" if tier in stage.limits],
        criteria=[_criterion(each) for each in stage.criteria],
        actions=[_action(each) for each in stage.actions],
    )


def _criterion(criterion: CriterionDraft) -> Line:
    return Line(
        key=criterion.key,
        text=in_language(dict(criterion.texts)),
        kind=name_of(criterion.kind),
        more=said(criterion.kind, criterion.params),
        mandatory=criterion.mandatory,
    )


def _action(action: ActionDraft) -> dict[str, Any]:
    return {
        "key": action.key,
        "text": in_language(dict(action.texts)),
        "guide": in_language(dict(action.guides)),
        "link": action.link,
        "part": StandardAction.Part(action.part).label,
        "due_days": action.due_days,
        "mandatory": action.mandatory,
    }


@login_required
@require_GET
def pipelines(request: HttpRequest) -> HttpResponse:
    """Every pipeline with its versions; for who may publish also the drafts, and what runs."""
    user: Any = request.user
    may_design = role_may(user, "pipeline.publish")
    found = access.visible_drafts(user)
    context = {
        "pipelines": listed(with_sales=may_design),
        "drafts": {draft.key: draft for draft in found},
        "fresh": [draft for draft in found if draft.base_id is None],
        "may_design": may_design,
        "here": "pipelines",
    }
    return render(request, "pipeline/pipelines.html", context | menu(user))


@login_required
@require_GET
def pipeline(request: HttpRequest, key: str) -> HttpResponse:
    """A version of a pipeline, by default the newest, to read."""
    version = published_version(key, key_of(request.GET.get("version", "")))
    definition = definition_of(version)
    context = {"version": version} | shown(definition)
    return render(request, "pipeline/design.html", context)


@login_required
@require_GET
def definition(request: HttpRequest, key: str) -> HttpResponse:
    """A version of a pipeline, by default the one in force, as a YAML file."""
    version = published_version(key, key_of(request.GET.get("version", "")))
    return HttpResponse(
        write_definition(definition_of(version)),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{key}-{version.number}.yaml"'},
    )


@login_required
@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Take a pipeline out of use."""
    retirement.retire(current_version(key).pipeline, by=request.user, at=timezone.now())
    return done(request, reverse("pipeline-list"))


@login_required
@require_POST
def bring_back(request: HttpRequest, key: str) -> HttpResponse:
    """Take it back into use."""
    retirement.bring_back(current_version(key).pipeline, by=request.user, at=timezone.now())
    return done(request, reverse("pipeline-list"))
