import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.house.source import FLOORS, python_files, text

OURS = {*FLOORS, "config", "tests"}
# Part of a package that is listed, and of no use without it.
BROUGHT_ALONG = {"kombu": "celery", "playwright": "pytest-playwright"}


def listed(name: str) -> set[str]:
    """The distributions a requirements file pins."""
    lines = text(Path(name)).splitlines()
    return {plain(re.split(r"[\[=<>]", line)[0]) for line in lines if line[:1].isalpha()}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> set[str]:
    """Top-level packages a file imports, at its head or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names} - OURS - set(sys.stdlib_module_names)


def unlisted(paths: list[Path], pinned: set[str]) -> list[str]:
    of = packages_distributions()
    return sorted(
        f"{path}: {name}"
        for path in paths
        for name in imported(path)
        if BROUGHT_ALONG.get(name) not in pinned
        and not pinned & {plain(found) for found in of.get(name, [])}
    )


def test_production_imports_only_what_it_pins():
    """A package that only the tools bring along is missing in the image and in `make run`."""
    paths = [path for path in python_files() if path.parts[0] != "tests"]
    production = [path for path in paths if path.parts[:2] != ("config", "dev")]
    assert unlisted(production, listed("requirements.txt")) == []


def test_tools_and_tests_import_only_what_is_pinned():
    pinned = listed("requirements.txt") | listed("requirements-dev.txt")
    assert unlisted(python_files(), pinned) == []
