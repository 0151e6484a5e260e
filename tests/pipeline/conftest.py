"""The cast, the default pipeline, and one sale of Anna's at its first stage."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from accounts.queries.users import system_user
from pipeline.commands.pipelines import PipelineDraft, publish
from pipeline.models import PipelineVersion
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, gather

B2B8 = Path(settings.BASE_DIR) / "pipeline" / "definitions" / "b2b8.yaml"


@cache
def default_pipeline() -> PipelineDraft:
    """The definition of the default pipeline; frozen, so it is read once for all tests."""
    return read_definition(B2B8.read_text())


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    return gather()


@pytest.fixture
def b2b8(db: None) -> PipelineVersion:
    return publish(draft=default_pipeline(), by=system_user(), at=NOW).version
