import re

import pytest

from tests.house.source import text, tracked

FORBIDDEN = {
    "style attribute": re.compile(r"\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "hx-on": re.compile(r"hx-on", re.I),
    "js: value": re.compile(r"hx-(vals|headers)\s*=\s*[\"']\s*(js|javascript):", re.I),
    "foreign host": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.I),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_templates_keep_the_content_security_policy(name):
    """The policy would block each of these in the browser; here it fails before that."""
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if path.suffix == ".html"
        for number, line in enumerate(text(path).splitlines(), 1)
        if FORBIDDEN[name].search(line)
    ]
    assert found == []
