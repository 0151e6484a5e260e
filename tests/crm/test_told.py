"""Every event the commands record is told on the timeline, or is left out on purpose."""

import pytest

from core.models import Event
from crm.queries import stories, timeline
from tests.cast import NOW, gather

pytestmark = pytest.mark.django_db


def test_what_nobody_tells_is_not_shown():
    cast = gather()
    Event.objects.create(
        name="opportunity.unheard",
        subject_label="pipeline.opportunity",
        subject_id=1,
        scope_id=cast.acme.pk,
        actor=cast.anna,
        actor_name="Anna",
        at=NOW,
    )

    assert timeline.of_customer(cast.acme.pk).entries == []


def test_what_is_missing_is_a_gap_and_nothing_is_run():
    cast = gather()
    Event.objects.create(
        name="customer.reassigned",
        subject_label="crm.customer",
        subject_id=cast.acme.pk,
        scope_id=cast.acme.pk,
        actor=cast.anna,
        actor_name="Anna",
        at=NOW,
        data={"from_name": "{to_name.__class__}", "reason": "{0}"},
    )

    entry = timeline.of_customer(cast.acme.pk).entries[0]

    assert entry.title == "passed it from {to_name.__class__} to …: {0}"


def test_all_topics_are_told():
    for topic in stories.TOPICS:
        assert stories.names_told(topic)
