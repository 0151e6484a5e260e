"""Two transactions of which one is in the middle when the other comes, on the real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic, sleep
from typing import Any

from django.db import connection, connections, transaction

LONGEST = 1.5
"""Seconds to wait for the second one to get stuck, where it does not and does not end either."""


def overlap(
    first: Callable[[], Any], second: Callable[[], Any], then: Callable[[], Any] | None = None
) -> list[Any]:
    """Run `first`, leave its transaction open until `second` waits or ends, then run `then`.

    The result of each, or what it raised: [first, second], or [first, second, then].
    """
    begun, ended = Event(), Event()

    def one() -> list[Any]:
        results: list[Any] = []
        try:
            with transaction.atomic():
                results.append(first())
                begun.set()
                _until_stuck(ended)
                if then is not None:
                    results.append(then())
        except Exception as error:
            results.append(error)
        finally:
            begun.set()
            connections.close_all()
        return results

    def other() -> Any:
        begun.wait(timeout=30)
        try:
            return second()
        except Exception as error:
            return error
        finally:
            ended.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(one), pool.submit(other)
        firsts, result = running[0].result(), running[1].result()
    return [firsts[0], result, *firsts[1:]]


def _until_stuck(ended: Event) -> None:
    """Until somebody waits for a lock of this transaction; who is in one sees the activity of
    the others as it was when he first looked, but their locks as they are."""
    end = monotonic() + LONGEST
    while monotonic() < end and not ended.is_set():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        sleep(0.02)
