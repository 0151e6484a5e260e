"""When beat last ran, as a light."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.commands.heartbeats import note
from core.models import Heartbeat
from core.queries.heartbeats import Light, light_of, pulses, worst
from core.tasks import forget_answers
from tests.cast import NOW, gather

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.mark.parametrize(
    ("age", "period", "light"),
    [
        (3 * MINUTE, MINUTE, Light.GREEN),
        (3 * MINUTE + timedelta(seconds=1), MINUTE, Light.AMBER),
        (15 * MINUTE, MINUTE, Light.AMBER),
        (15 * MINUTE + timedelta(seconds=1), MINUTE, Light.RED),
        (3 * HOUR, HOUR, Light.GREEN),
        (3 * HOUR + timedelta(seconds=1), HOUR, Light.RED),
        (None, MINUTE, Light.RED),
    ],
)
def test_light(age, period, light):
    assert light_of(None if age is None else NOW - age, period, NOW) == light


@pytest.mark.django_db
def test_a_task_done_is_noted_and_a_failed_one_is_not(monkeypatch):
    forget_answers.apply()
    assert list(Heartbeat.objects.values_list("task", flat=True)) == ["core.tasks.forget_answers"]
    Heartbeat.objects.all().delete()

    def fail(**_kwargs):
        raise ValueError

    monkeypatch.setattr("core.commands.idempotency.forget", fail)
    forget_answers.apply()
    assert not Heartbeat.objects.exists()


@pytest.mark.django_db
def test_the_worst_comes_first():
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        note(entry["task"], at=NOW)
    assert worst(at=NOW) == Light.GREEN
    note("core.tasks.relay", at=NOW - HOUR)
    assert worst(at=NOW + timedelta(seconds=15)) == Light.GREEN
    assert pulses(at=NOW + timedelta(seconds=16))[0].name == "relay-events"
    assert worst(at=NOW + timedelta(seconds=16)) == Light.AMBER
    assert worst(at=NOW + 16 * MINUTE) == Light.RED


@pytest.mark.django_db
def test_administrators_and_the_endpoint_see_it(client):
    cast = gather()
    client.force_login(cast.otto, backend=BACKEND)
    assert "stands still" in client.get("/settings/system/").content.decode()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        note(entry["task"], at=timezone.now())
    page = client.get("/settings/system/").content.decode()
    assert "Everything that is to run by the clock runs." in page
    assert client.get("/healthz").json() == {"status": "ok", "failing": [], "beat": "green"}


@pytest.mark.django_db
def test_before_its_table_is_there_the_process_is_well_all_the_same(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_heartbeat RENAME TO not_there_yet")

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["beat"]) == (200, None)
