"""The cast, the default pipeline, and one sale of Anna's at its first stage."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from accounts.queries.users import system_user
from pipeline.commands.pipelines import publish
from pipeline.models import PipelineVersion
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, gather

B2B8 = Path(settings.BASE_DIR) / "pipeline" / "definitions" / "b2b8.yaml"


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    return gather()


@pytest.fixture
def b2b8(db: None) -> PipelineVersion:
    return publish(draft=read_definition(B2B8.read_text()), by=system_user(), at=NOW).version
