"""Signed-in clients of the cast, and a sale of Anna's that began a while ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from pipeline.models import Opportunity, PipelineVersion
from tests.kept import BACKEND
from tests.pipeline.sales import open_sale


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    cache.clear()


@pytest.fixture
def sign_in() -> Callable[[Any], Client]:
    def open_client(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return open_client


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def sale(cast: SimpleNamespace, b2b8: PipelineVersion, now: datetime) -> Opportunity:
    return open_sale(cast, at=now - timedelta(days=2), amount=120000)
