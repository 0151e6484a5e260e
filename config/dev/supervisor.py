"""`make run`: the whole of Baton on this machine, under one process that stops all of it."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

from config.dev import messages, servers
from config.environment import NotReady, prepare

COLOURS = ("36", "33", "35", "32")
QUIET = "ignore:You're running the worker with superuser:UserWarning"  # a laptop's container
GRACE = 12  # seconds a program has to end by itself


@dataclass(frozen=True)
class Program:
    """One process to keep: its name in the output, its command, its extra variables.

    One that `prepares` speaks without a name and ends by itself; those that wait start then.
    """

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    prepares: bool = False
    waits: bool = False


class Supervisor:
    """Runs programs side by side; when one ends, or a signal comes, all end."""

    def __init__(
        self, programs: Sequence[Program], *, output: TextIO | None = None, grace: float = GRACE
    ) -> None:
        self.programs = programs
        self.output = output or sys.stdout
        self.grace = grace
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.readers: list[threading.Thread] = []
        self.stopping = threading.Event()
        self.signals = 0
        self.status = 0
        self._waiting = [program for program in programs if program.waits]
        self._printing = threading.Lock()
        self._width = max(len(program.name) for program in programs)

    def run(self) -> int:
        """Start all, wait for the first end or a signal, stop all; return the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            for program in self.programs:
                if not program.waits:
                    self._start(program)
            while not self.stopping.wait(0.2):
                self._look()
        finally:
            self._stop()
        return self.status

    def say(self, text: str, *, name: str = "", colour: str = "1") -> None:
        """Print a line under the name of who said it."""
        label = name.ljust(self._width)
        if self.output.isatty() and "NO_COLOR" not in os.environ:
            label = f"\033[{colour}m{label}\033[0m"
        with self._printing, contextlib.suppress(OSError, ValueError):
            self.output.write(f"{label} | {text}\n" if name else f"{text}\n")
            self.output.flush()

    def _start(self, program: Program) -> None:
        colour = COLOURS[self.programs.index(program) % len(COLOURS)]
        process = subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=servers.ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | program.environment,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then asks in order
        )
        self.running[program.name] = process
        reader = threading.Thread(target=self._relay, args=(program, process, colour), daemon=True)
        reader.start()
        self.readers.append(reader)

    def _relay(self, program: Program, process: subprocess.Popen[bytes], colour: str) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            text = line.decode(errors="replace").rstrip()
            self.say(text, name="" if program.prepares else program.name, colour=colour)

    def _look(self) -> None:
        for program in self.programs:
            process = self.running.get(program.name)
            if process is None or process.poll() is None or self.stopping.is_set():
                continue
            if program.prepares and process.returncode == 0:
                del self.running[program.name]
                while self._waiting:
                    self._start(self._waiting.pop(0))
                continue
            status = process.returncode
            self.say(f"{program.name} ended with status {status}; stopping the others.")
            self.status = 1
            self.stopping.set()

    def _on_signal(self, number: int, frame: object) -> None:
        self.signals += 1
        self.stopping.set()

    def _stop(self) -> None:
        if self.signals:
            self.say("Stopping ...")
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + self.grace
        while any(process.poll() is None for process in self.running.values()):
            if time.monotonic() > end or self.signals > 1:
                break
            time.sleep(0.05)
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # the stubborn, and what they left behind
            process.wait()
        for reader in self.readers:
            reader.join(timeout=2)


def programs(port: int) -> list[Program]:
    """Web, worker and beat as production runs them, but with reload and one process each.

    Web loads while the data are brought up to date; worker and beat, which need the tables and
    which nobody waits for, start when both stand.
    """
    run = [sys.executable, "-m"]
    web = [*run, "gunicorn", "--config", "config/dev/gunicorn.py", "config.wsgi"]
    celery = [*run, "celery", "--app", "config", "--quiet"]
    # Quiet unless asked: the relay looks for work every few seconds.
    level = ["--loglevel", os.environ.get("LOG_LEVEL", "WARNING")]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    apart = {"REMAP_SIGTERM": "SIGQUIT", "PYTHONWARNINGS": QUIET}
    return [
        Program("web", web, {"PORT": str(port)}),
        Program("prepare", [*run, "config.dev.prepare"], {"PORT": str(port)}, prepares=True),
        Program("worker", [*worker, *level], apart, waits=True),
        Program("beat", [*celery, "beat", *level], waits=True),
    ]


def wanted_port() -> int:
    """The port of PORT, when it is one and free."""
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise NotReady(f"PORT is {value}, which is no port; try PORT=8001 make run.")
    port = int(value)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is taken by another program" if taken else "may not be used by you"
            other = port + 1 if taken and port < 65535 else 8001
            sentence = f"Port {port} {reason}; choose another: PORT={other} make run."
            raise NotReady(sentence) from error
    return port


def main() -> int:
    """Prepare everything, run it, and leave nothing behind."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # while preparing, as Ctrl-C
    try:
        port = wanted_port()
        prepare()
        os.environ.setdefault("DEBUG", "1")
        os.environ.setdefault("BASE_URL", f"http://localhost:{port}")
        messages.compile_all()  # before any process reads them
        return Supervisor(programs(port)).run()
    except NotReady as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        servers.leave()


if __name__ == "__main__":
    sys.exit(main())
