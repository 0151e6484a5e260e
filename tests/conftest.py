"""What every test gets: a Redis of its own, the words in three languages, a browser.

Databases per worker come from pytest-django.
"""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import redis
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate

from config.dev import messages
from tests import emptying

pytest_plugins = ["tests.kept", "tests.browser"]

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("baton", deadline=None, print_blob=True)
hypothesis.settings.load_profile("baton")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, before Django reads them."""
    if not hasattr(config, "workerinput"):
        messages.compile_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start processes first, then those before a browser, then those of most tests.

    A long file that came last would keep one worker busy while the others are done.
    """
    cases = Counter(item.path for item in items)
    started = {item.path for item in items if item.get_closest_marker("processes")}
    shown = {item.path for item in items if "visit" in getattr(item, "fixturenames", ())}

    def place(item: pytest.Item) -> tuple[bool, bool, int, str]:
        path = item.path
        return path not in started, path not in shown, -cases[path], str(path)

    items.sort(key=place)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of this worker; it is left when nobody else is in it.

    A thread that answered a browser last, or a worker just stopped, is given time to go.
    """
    emptying.install()
    yield
    with django_db_blocker.unblock():
        others = _others(seconds=10)
        connection.close()
    assert others == [], "somebody is still connected to the test database"


def _others(*, seconds: float) -> list[tuple[Any, ...]]:
    until = time.monotonic() + seconds
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT application_name, state, backend_start, query FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            found = cursor.fetchall()
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.1)


@pytest.fixture(scope="session", autouse=True)
def _forget_stages_with_their_rows() -> Iterator[None]:
    """A flush lets numbers begin anew, so the next version 1 is another one than the cached."""
    from pipeline.models.definition import stages_of

    def forget(**_kwargs: object) -> None:
        stages_of.cache_clear()

    post_migrate.connect(forget)
    yield
    post_migrate.disconnect(forget)


@pytest.fixture(scope="session", autouse=True)
def _own_redis_keys() -> Iterator[None]:
    """Start and leave without keys of this worker, whatever an interrupted run left."""
    _forget_keys()
    yield
    _forget_keys()


def _forget_keys() -> None:
    prefix = settings.CACHES["default"]["KEY_PREFIX"]
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter(match=f"{prefix}*", count=1000):
            client.delete(key)
