"""The company's processes: what holds, as a page and as a file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from core.keyset import key_of
from pipeline.commands.pipelines import definition_of
from pipeline.queries.pipelines import published_version
from pipeline.serializers.document import write_definition


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
