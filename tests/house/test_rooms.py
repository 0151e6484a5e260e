import ast
import re
from pathlib import Path

import pytest

from tests.house.source import FLOORS, python_files, text, tracked

DOORS = {"views", "api", "tasks", "subscribers", "admin", "management", "middleware", "urls"}
LONGEST_FILE, LONGEST_FUNCTION = 500, 60
FOLDERS = {
    "demo",
    "profiles",
    "locale",
    "static",
    "templates",
    "definitions",
    "fixtures",
    "migrations",
}
WEB = ("django.http", "django.shortcuts", "django.views", "django.urls")


def room(path: Path) -> str:
    """`views` for crm/views/customers.py and crm/views.py; empty outside the apps."""
    return path.parts[1].removesuffix(".py") if path.parts[0] in FLOORS else ""


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_doors_ask_access_and_queries_for_objects():
    found = [
        f"{path}:{number}"
        for path in python_files()
        if room(path) in DOORS
        for number, line in enumerate(text(path).splitlines(), 1)
        if re.search(r"\.(_default_manager|objects)\b", line)
    ]
    assert found == []


def test_commands_know_nothing_of_http():
    """Import contracts see packages, not parts of Django; this sees the parts."""
    found = [
        f"{path}: {name}"
        for path in python_files()
        if room(path) in {"commands", "models"}
        for name in sorted(imported(ast.parse(text(path))))
        if name.startswith(WEB)
    ]
    assert found == []


def test_everything_in_an_app_has_a_room():
    """Python files are import-linter's part (`exhaustive`); this is for the rest."""
    strays = [
        str(path)
        for path in tracked()
        if path.parts[0] in FLOORS and path.suffix != ".py" and path.parts[1] not in FOLDERS
    ]
    assert strays == []


@pytest.mark.parametrize("kind", [".py", ".html", ".css", ".js"])
def test_files_stay_short(kind):
    counted = {
        str(path): text(path).count("\n")
        for path in tracked()
        if path.suffix == kind and "migrations" not in path.parts
    }
    assert {path: lines for path, lines in counted.items() if lines > LONGEST_FILE} == {}


def test_functions_stay_short():
    found = [
        f"{path}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in python_files()
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert found == []


def test_no_file_is_named_for_nothing():
    nameless = {"utils", "helpers", "common", "misc", "manager"}
    assert [str(path) for path in tracked() if path.stem in nameless] == []


def test_exceptions_to_the_rules_carry_their_reason():
    """`noqa: X - why`, `type: ignore[x]  # why`: a bare one says nothing to the next reader."""
    bare = re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+ - \S)|#\s*type: ignore(?!\[[a-z-]+\]  # \S)")
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in python_files()
        if path != Path("tests/house/test_rooms.py")
        for number, line in enumerate(text(path).splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []
