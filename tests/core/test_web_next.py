"""Where a form wants to return to: only within this site, and only what a header can say."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from core.web import done, next_url


def asks_for(wanted):
    return RequestFactory().post("/", {"next": wanted})


@pytest.mark.parametrize("wanted", ["/customers/?q=a b", "/customers/?q=华为", "?tab=people"])
def test_a_page_of_this_site_is_returned_to(wanted):
    assert next_url(asks_for(wanted), "/home/") == wanted


@pytest.mark.parametrize(
    "wanted",
    ["", "//evil.example/", "https://evil.example/", "javascript:alert(1)"]
    + [f"/a{character}b" for character in "\x00\t\n\r\x1b\x7f\x85"],
)
def test_elsewhere_and_control_characters_are_not(wanted):
    assert next_url(asks_for(wanted), "/home/") == "/home/"


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("/customers/?q=华为", "/customers/?q=%E5%8D%8E%E4%B8%BA"),
        ("/customers/?q=a%20b#people", "/customers/?q=a%20b#people"),
        ("/a\r\nX-Evil: 1", "/a%0D%0AX-Evil:%201"),
    ],
)
def test_htmx_and_the_browser_are_sent_to_the_same_address(url, sent):
    request = asks_for("")
    assert done(request, url)["Location"] == sent
    request.htmx = SimpleNamespace()
    assert done(request, url)["HX-Redirect"] == sent
