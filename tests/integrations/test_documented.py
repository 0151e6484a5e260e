"""docs/import.md tells every field and every option there is."""

import re

import pytest
from django.conf import settings
from django.core.management import load_command_class

from integrations.queries.fields import KINDS

TEXT = (settings.BASE_DIR / "docs" / "import.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_documented(kind):
    line = next(line for line in TEXT.splitlines() if line.startswith(f"| {kind} |"))
    _empty, _kind, needed, further, _end = line.split("|")
    told = KINDS[kind]

    assert set(re.findall(r"`(\w+)`", needed)) == set(told.required)
    assert set(re.findall(r"`(\w+)`", further)) == set(told.fields) - set(told.required)


@pytest.mark.parametrize(
    ("app", "command"),
    [("integrations", "import_csv"), ("integrations", "demo"), ("analytics", "figures")],
)
def test_every_option_is_documented(app, command):
    ours = load_command_class(app, command).create_parser("manage.py", command)
    options = {option for action in ours._actions for option in action.option_strings}
    common = {
        "--help",
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
        "--skip-checks",
    }

    told = set(re.findall(r"--[a-z-]+", TEXT))

    assert {o for o in options if o.startswith("--")} - common - told == set()
