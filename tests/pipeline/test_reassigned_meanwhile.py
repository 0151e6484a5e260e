"""A customer changes hands while somebody writes about its sales: nothing stays behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.commands.inbox import Delivery, deliver
from accounts.models import InboxItem, User
from accounts.queries.users import system_user
from core import relay
from core.errors import Invalid, Refused
from crm import callbacks
from crm.commands.reassign import reassign_customer
from crm.models import Customer
from pipeline.commands import clocks, holds
from pipeline.commands import opportunities as verbs
from pipeline.commands.pipelines import publish
from pipeline.models import Opportunity
from tests.cast import NOW, gather
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.sales import open_sale
from tests.pipeline.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def cast() -> SimpleNamespace:
    """The cast and the pipeline, committed."""
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    return gather()


def wait_for_somebody_to_wait(seconds: float = 2) -> None:
    """Until another connection waits for what this one holds, or did not and has finished."""
    until = monotonic() + seconds
    while monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        sleep(0.02)


def while_acme_goes_to_nils(cast: SimpleNamespace, run: Callable[[], Any]) -> Any:
    """What comes of `run` when it starts after the reassignment and before its commit."""
    under_way = Event()

    def reassign() -> None:
        with transaction.atomic():
            reassign_customer(cast.acme, to=cast.nils, by=cast.boris, at=LATER, reason="Area")
            under_way.set()
            wait_for_somebody_to_wait()

    def other() -> Any:
        assert under_way.wait(timeout=10)
        return run()

    moved, answer = at_once(reassign, other)
    assert moved is None
    return answer


def test_the_former_rep_opens_no_sale(cast):
    answer = while_acme_goes_to_nils(cast, lambda: open_sale(cast, at=LATER))

    assert isinstance(answer, Refused)
    assert not Opportunity.objects.exists()


def test_nobody_opens_a_sale_for_the_former_rep(cast):
    answer = while_acme_goes_to_nils(
        cast, lambda: open_sale(cast, at=LATER, by=cast.boris, owner=cast.anna)
    )

    assert isinstance(answer, Invalid)
    assert answer.code == "owner_does_not_serve"
    assert not Opportunity.objects.exists()


def test_nobody_hands_a_sale_to_the_former_rep(cast):
    sale = open_sale(cast, by=cast.boris, owner=cast.boris)

    answer = while_acme_goes_to_nils(
        cast,
        lambda: verbs.change_opportunity(
            Opportunity.objects.get(pk=sale.pk), by=cast.boris, at=LATER, owner=cast.anna
        ),
    )

    assert isinstance(answer, Invalid)
    assert answer.code == "owner_does_not_serve"
    assert Opportunity.objects.get(pk=sale.pk).owner == cast.boris


def in_between(monkeypatch: pytest.MonkeyPatch, run: Callable[[], Any]) -> list[Any]:
    """Have somebody else `run` this after all was counted and before the first of it moved."""
    answers: list[Any] = []

    def other() -> None:
        try:
            answers.append(run())
        finally:
            connections.close_all()

    def meddle(_move: object) -> dict[str, int]:
        thread = Thread(target=other)
        thread.start()
        thread.join(timeout=1)
        threads.append(thread)
        return {}

    threads: list[Thread] = []
    monkeypatch.setattr(callbacks, "REASSIGNED", [meddle, *callbacks.REASSIGNED])
    reassign_customer(
        Customer.objects.get(name="Acme"),
        to=User.objects.get(username="nils"),
        by=User.objects.get(username="boris"),
        at=LATER,
        reason="Area",
    )
    threads[0].join(timeout=10)
    return answers


def test_a_message_that_comes_meanwhile_hinders_nothing(cast, monkeypatch):
    open_sale(cast)
    message = Delivery(cast.nils.pk, "note", "note:1", scope_id=cast.acme.pk)
    in_between(monkeypatch, lambda: deliver([message], at=LATER))

    assert Opportunity.objects.get().owner == cast.nils
    assert InboxItem.objects.filter(user=cast.nils, key="note:1").exists()


def test_a_sale_that_is_lost_meanwhile_waits(cast, monkeypatch):
    sale = open_sale(cast)
    in_between(
        monkeypatch,
        lambda: verbs.lose(sale, by=cast.boris, at=LATER, outcome="lost", reason="price"),
    )

    sale = Opportunity.objects.get()
    assert (sale.owner, sale.state) == (cast.nils, "lost")


@pytest.mark.parametrize("which", ["reminder", "end of a wait"])
def test_the_former_rep_hears_nothing_more(cast, which):
    sale = open_sale(cast)
    if which == "reminder":
        clocks.ring(at=datetime(2026, 3, 20, 2, tzinfo=UTC))
    else:
        verbs.hold(sale, by=cast.anna, at=NOW, until=(NOW + timedelta(3)).date(), reason="wait")
        holds.resume_overdue(at=NOW + timedelta(days=5))

    while_acme_goes_to_nils(cast, lambda: relay.drain(at=NOW + timedelta(days=20)))

    told = InboxItem.objects.filter(kind__in=("reminder.80", "hold.ended"))
    assert [item.user for item in told] == [cast.nils]
