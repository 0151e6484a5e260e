"""`make run`: programs live and die together, and what cannot start says why in one sentence."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.house.source import ROOT

pytestmark = pytest.mark.processes

SCRIPT = """
import sys
from config.dev.supervisor import Program, Supervisor
def program(name, code):
    command = [sys.executable, "-c", code]
    return Program(name, command, prepares="prepares" in code, waits="waits" in code)
programs = [program(str(i), code) for i, code in enumerate(sys.argv[2:])]
sys.exit(Supervisor(programs, grace=float(sys.argv[1])).run())
"""
SLEEPS = "import os, time; print('pid', os.getpid()); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"
PARENT = (
    "import subprocess, sys, time; "
    f"child = subprocess.Popen([sys.executable, '-uc', {SLEEPS!r}]); time.sleep(60)"
)


def supervise(*programs: str, grace: float = 5) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(grace), *programs],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def pids(process: subprocess.Popen[str], count: int) -> list[int]:
    """Wait until so many programs have said who they are."""
    found = []
    while len(found) < count:
        line = process.stdout.readline()
        assert line, "the supervisor ended before its programs spoke"
        if "pid" in line:
            found.append(int(line.split()[-1]))
    return found


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all(number):
    process = supervise(SLEEPS, SLEEPS)
    children = pids(process, 2)
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Stopping ..." in output
    assert [gone(pid) for pid in children] == [True, True]


def test_one_that_dies_takes_the_others_along():
    process = supervise(SLEEPS, "import time; time.sleep(1); raise SystemExit(3)")
    children = pids(process, 1)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "1 ended with status 3; stopping the others." in output
    assert gone(children[0])


def test_the_stubborn_and_grandchildren_go_too():
    process = supervise(STUBBORN, PARENT, grace=1)
    children = pids(process, 2)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert [gone(pid) for pid in children] == [True, True]


def test_output_carries_the_name_of_who_spoke():
    process = supervise("print('one'); print('two')")
    output, _ = process.communicate(timeout=30)
    assert "0 | one\n0 | two\n" in output


def test_what_waits_starts_when_the_preparation_is_done():
    process = supervise(
        "print('first')  # waits", "print('prepares'); import time; time.sleep(0.3)"
    )
    output, _ = process.communicate(timeout=30)
    assert output.startswith("prepares\n0 | first\n")
    assert "0 ended with status 0; stopping the others." in output


def test_a_preparation_that_fails_stops_all_and_starts_nothing():
    process = supervise(SLEEPS, "print('waits')", "raise SystemExit(2)  # prepares")
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "2 ended with status 2; stopping the others." in output
    assert "waits" not in output


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.dev.supervisor"],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start(PORT=str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Port {port} is taken by another program; choose another: PORT={port + 1} make run.\n"
    )


@pytest.mark.parametrize("value", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none(value):
    done = start(PORT=value)
    assert (done.returncode, done.stderr) == (
        2,
        f"PORT is {value}, which is no port; try PORT=8001 make run.\n",
    )


def test_a_server_that_does_not_answer():
    done = start(PORT="0", DATABASE_URL="postgres://x@127.0.0.1:1/x")
    assert done.returncode == 2
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    done = start(PORT=port, DATABASE_URL="postgres://x@127.0.0.1:1/x")
    assert done.returncode == 2
    assert done.stderr.startswith("DATABASE_URL: PostgreSQL at 127.0.0.1:1 does not answer: ")
    assert "Traceback" not in done.stderr


def test_an_old_python(tmp_path):
    """A python that is too old, or none at all: a sentence, not a syntax error."""
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if "VENV" not in name}
    done = subprocess.run(
        ["make", "environment", f"PYTHON={old}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        f"{old} will not do: Baton needs Python 3.11, 3.12 or 3.13 with venv "
        "(on Debian: apt-get install python3 python3-venv); PYTHON=/path/to/python3 names one."
    )


def test_an_environment_that_is_none():
    done = subprocess.run(
        ["make", "environment", "VENV=/no/such"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[0] == "VENV names /no/such, which is no Python environment."
