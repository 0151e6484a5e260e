"""Real pages in a real browser: visitors who sign in, look, and whose console must stay empty.

    def test_call(visit, cast):
        anna = visit(cast.anna, path="/", language="zh-hans", theme="dark", width=390)
        anna.page.get_by_role("button", name="…").click()
        anna.check()  # axe, nothing wider than the window

Every visitor is closed with the test, and a console message or a script error fails it;
`anna.expect("409")` lets pass what a test provokes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from tests.kept import ticket

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HEIGHTS = {390: 844}
AXE = """axe.run({resultTypes: ["violations"]})
  .then(found => ({...found, passes: [], incomplete: [], inapplicable: []}))"""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; without one browser tests are skipped, except in CI."""
    if not CHROMIUM.exists():
        reason = f"no browser at {CHROMIUM}: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {"executable_path": str(CHROMIUM), "args": ARGUMENTS}


class Visitor:
    """One person before one window."""

    def __init__(self, page: Any, base: str) -> None:
        self.page = page
        self.base = base
        self.said: list[str] = []
        self.expected: list[str] = []
        self.loading: set[Any] = set()
        page.on("request", lambda one: self.loading.add(one))
        for ended in ("requestfinished", "requestfailed"):
            page.on(ended, lambda one: self.loading.discard(one))
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"script: {error}"))

    def open(self, path: str) -> Visitor:
        """Go to a page of this site and wait until its scripts have run."""
        self.page.goto(f"{self.base}{path}")
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until nothing has been fetched for a tenth of a second.

        What Playwright calls "networkidle" takes half a second, some hundred times in a run.
        """
        until, quiet = time.monotonic() + 30, 0
        while quiet < 4:
            assert time.monotonic() < until, f"still loading {[one.url for one in self.loading]}"
            self.page.wait_for_timeout(25)
            quiet = 0 if self.loading else quiet + 1

    def expect(self, text: str) -> None:
        """Let pass console messages holding this text."""
        self.expected.append(text)

    def complaints(self) -> list[str]:
        """What the console said that no test expected."""
        return [one for one in self.said if not any(part in one for part in self.expected)]

    def axe(self) -> str:
        """Findings of axe on the page as it stands, "" when there are none.

        What it found to be right stays in the browser: to carry that over takes half of the time.
        """
        from axe_playwright_python.base import AXE_SCRIPT, AxeResults

        self.page.evaluate(AXE_SCRIPT)
        found = AxeResults(self.page.evaluate(AXE))
        return found.generate_report() if found.violations_count else ""

    def overflow(self) -> int:
        """How many pixels the page is wider than its window."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return max(0, wider)

    def check(self) -> None:
        """Nothing for axe to find, nothing wider than the window, an empty console."""
        assert self.axe() == ""
        assert self.overflow() == 0
        assert self.complaints() == []


@pytest.fixture(scope="session")
def connection_beside_the_loop(playwright: Any) -> Iterator[None]:
    """While Playwright's loop runs Django keeps a second connection here; it goes with the loop."""
    yield
    connections.close_all()


@pytest.fixture
def visit(
    live_server: Any, new_context: Any, connection_beside_the_loop: None
) -> Iterator[Callable[..., Visitor]]:
    """Open windows: `visit(user or None, path=, language=, theme=, width=)`."""
    visitors: list[Visitor] = []

    def open_window(
        user: Any = None,
        *,
        path: str = "",
        language: str = "en",
        theme: str = "light",
        width: int = 1440,
    ) -> Visitor:
        phone = width < 720
        context = new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=theme,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
        )
        cookies = {settings.LANGUAGE_COOKIE_NAME: language, "baton_theme": theme}
        if user is not None:
            cookies[settings.SESSION_COOKIE_NAME] = session_key(user, language, theme)
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in cookies.items()
            ]
        )
        visitor = Visitor(context.new_page(), live_server.url)
        visitors.append(visitor)
        return visitor.open(path) if path else visitor

    yield open_window
    complaints = [one for visitor in visitors for one in visitor.complaints()]
    assert complaints == [], "the console must stay empty"


def session_key(user: Any, language: str = "en", theme: str = "light") -> str:
    """Sign a person in without the form; his language and theme are set on the way."""
    user.language, user.theme = language, theme
    user.save(update_fields=["language", "theme"])
    return ticket(user)
