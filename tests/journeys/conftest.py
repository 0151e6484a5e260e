"""The cast with the default pipeline, and two sales of Anna's on the board."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.queries.users import system_user
from pipeline.commands.pipelines import publish
from tests.cast import NOW, ContactFactory, gather
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale, satisfy

PASSWORD = "a long enough one"


@pytest.fixture
def company(transactional_db: None) -> SimpleNamespace:
    cache.clear()
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    cast = gather()
    for user in (cast.anna, cast.boris):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    cast.doctor = ContactFactory(customer=cast.acme, name="Dr. Li")
    now = timezone.now()
    cast.fresh = open_sale(cast, at=now - timedelta(days=1), name="Second plant", amount=860000)
    ready = open_sale(cast, at=now - timedelta(days=9), name="Service contract", amount=48000)
    cast.ready = satisfy(ready, now - timedelta(days=1))
    return cast
