"""The log holds no secrets and no addresses, and one name for each request."""

import logging
import time

import pytest

from core.redaction import Redact, redact
from core.request_id import RequestIdMiddleware, current_id


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer baton_abc.def-123", "Authorization: [secret]"),
        ("authorization=Token abc123", "authorization=[secret]"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "{'Authorization': [secret]}"),
        ('{"password": "hun\\"ter 2", "name": "Wei"}', '{"password": [secret], "name": "Wei"}'),
        ("Cookie: sessionid=abc; csrftoken=def\nnext", "Cookie: [secret]\nnext"),
        ("HTTP_COOKIE=sessionid=abc; other=1", "HTTP_COOKIE=[secret]"),
        ("POST /x?token=abc&page=2", "POST /x?token=[secret]&page=2"),
        ("sent Bearer abcdefgh to it", "sent Bearer [secret] to it"),
        ("postgres://baton:pa55@db:5432/x", "postgres://baton:[secret]@db:5432/x"),
        ("redis://:pa55@cache/0", "redis://:[secret]@cache/0"),
        ("mail to zhang.wei+crm@mail.example.com.cn failed", "mail to [e-mail] failed"),
        ("an 张伟@例子.中国 too", "an [e-mail] too"),
        ("csrfmiddlewaretoken=x1y2", "csrfmiddlewaretoken=[secret]"),
        ("Idempotency-Key: 7f3a", "Idempotency-Key: [secret]"),
        ("nothing to hide: 42 rows, 3 tokens left", "nothing to hide: 42 rows, 3 tokens left"),
        ("华衡 客户 12 @ 北京", "华衡 客户 12 @ 北京"),
    ],
)
def test_secrets_and_addresses_are_taken_out(text, clean):
    assert redact(text) == clean


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "token", "token ", " ", "a:", "://", '"'])
def test_no_text_takes_long(piece):
    started = time.perf_counter()
    redact(piece * 20_000)
    assert time.perf_counter() - started < 1


def test_a_line_has_an_end():
    assert redact("x" * 30_000) == "x" * 20_000 + " [cut]"


@pytest.fixture
def lines():
    found = []

    class Keep(logging.Handler):
        def emit(self, record):
            found.append(self.format(record))

    handler = Keep()
    handler.setFormatter(logging.Formatter("%(request_id)s %(message)s"))
    handler.addFilter(Redact())
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    yield logger, found
    logger.removeHandler(handler)


def test_arguments_are_cleaned(lines):
    logger, found = lines
    logger.warning("user %s with %s", "a@b.example", {"token": "abc"})
    assert found == ["- user [e-mail] with {'token': [secret]}"]


def test_tracebacks_are_cleaned(lines):
    logger, found = lines
    try:
        raise ValueError("password=abc for a@b.example")
    except ValueError:
        logger.exception("failed")
    assert "ValueError: password=[secret] for [e-mail]" in found[0]
    assert "abc" not in found[0].replace('password=abc for a@b.example")', "")


def test_arguments_that_do_not_fit_are_no_second_failure(lines):
    logger, found = lines
    logger.warning("%d and %d", "a@b.example")
    assert found == ["- %d and %d (arguments do not fit)"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("0123456789abcdef", True), ("short", False), ("x" * 65, False), ("a b c d e f g", False)],
)
def test_a_request_has_one_name(rf, given, kept, lines):
    logger, found = lines

    def view(request):
        from django.http import HttpResponse

        logger.warning("working")
        return HttpResponse(current_id.get())

    response = RequestIdMiddleware(view)(rf.get("/", headers={"X-Request-ID": given}))
    name = response["X-Request-ID"]
    assert (name == given) is kept
    assert response.content.decode() == name
    assert found == [f"{name} working"]
    assert current_id.get() == "-"


def test_the_log_of_this_program_is_cleaned(settings):
    handler = settings.LOGGING["handlers"]["console"]
    assert handler["filters"] == ["redact"]
    assert settings.LOGGING["filters"]["redact"] == {"()": "core.redaction.Redact"}


def test_a_problem_names_its_request(client):
    response = client.get("/api/v1/nothing/", headers={"X-Request-ID": "0123456789abcdef"})
    assert response["X-Request-ID"] == "0123456789abcdef"
    assert response.json()["request_id"] == "0123456789abcdef"
