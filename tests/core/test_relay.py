"""The relay keeps what it has done, whatever a consumer does to it."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, connections

from accounts.queries.users import system_user
from core import relay, tasks
from core.models import Event, OutboxEntry
from tests.cast import NOW

CONSUMER = "test.consumer"


def fill(count):
    """Entries of a consumer, the oldest first."""
    actor = system_user()
    for number in range(count):
        event = Event.objects.create(
            name="test.happened",
            subject_label="test",
            subject_id=number,
            at=NOW,
            actor=actor,
            actor_name="t",
        )
        OutboxEntry.objects.create(event=event, consumer=CONSUMER, available_at=NOW)


def draining(handler, **options):
    with patch.object(relay, "handler_of", return_value=handler):
        return relay.drain(at=NOW, **options)


def left():
    entries = OutboxEntry.objects.filter(consumer=CONSUMER).order_by("event_id")
    return list(entries.values_list("event__subject_id", "attempts"))


@pytest.mark.django_db
def test_a_failing_consumer_keeps_only_its_own_entry():
    fill(3)

    def handler(event):
        if event.subject_id == 1:
            raise ValueError

    assert draining(handler) == 3
    assert left() == [(1, 1)]
    assert OutboxEntry.objects.get().available_at == NOW + timedelta(seconds=5)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_keeps_what_was_done_before():
    fill(3)

    def handler(event):
        if event.subject_id == 2:
            raise SystemExit

    with pytest.raises(SystemExit):
        draining(handler)

    assert left() == [(2, 0)]


@pytest.mark.django_db(transaction=True)
def test_the_time_limit_ends_the_drain_and_the_slow_entry_goes_to_the_back():
    fill(3)
    seen = []

    def handler(event):
        seen.append(event.subject_id)
        if event.subject_id == 1:
            raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        draining(handler)

    assert seen == [0, 1]
    assert left() == [(1, 1), (2, 0)]
    assert draining(handler) == 1
    assert left() == [(1, 1)]


@pytest.mark.django_db
def test_no_entry_is_begun_when_the_time_is_over():
    fill(5)
    clock = [0.0]

    def handler(event):
        clock[0] += 20

    with patch.object(relay, "monotonic", side_effect=lambda: clock[0]):
        assert draining(handler, within=timedelta(seconds=50)) == 3
    assert left() == [(3, 0), (4, 0)]
    assert draining(handler) == 2


@pytest.mark.django_db
def test_the_task_stops_before_its_time_limit(settings):
    with patch.object(tasks, "drain") as drain:
        tasks.relay()

    within = drain.call_args.kwargs["within"].total_seconds()
    assert within < settings.CELERY_TASK_SOFT_TIME_LIMIT


@pytest.mark.django_db(transaction=True)
def test_an_entry_another_process_has_is_left_to_it():
    fill(3)
    other = connections["default"].copy()
    first = OutboxEntry.objects.order_by("id").first()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM core_outboxentry WHERE id = %s FOR UPDATE", [first.pk])
        assert draining(lambda event: None) == 2
        other.rollback()
    finally:
        other.close()

    assert not connection.in_atomic_block
    assert left() == [(0, 0)]
    assert draining(lambda event: None) == 1
