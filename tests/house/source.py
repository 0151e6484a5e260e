"""The files of this repository, as the house rules look at them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {"core": 0, "accounts": 1, "crm": 2, "pipeline": 3, "analytics": 4, "integrations": 4}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control or about to be, relative to the root."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(Path(name) for name in sorted(set(listed)) if (ROOT / name).is_file())


def python_files() -> list[Path]:
    """Python we wrote; migrations are Django's."""
    return [path for path in tracked() if path.suffix == ".py" and "migrations" not in path.parts]


def text(path: Path) -> str:
    """Content of a tracked file."""
    return (ROOT / path).read_text(encoding="utf-8")
