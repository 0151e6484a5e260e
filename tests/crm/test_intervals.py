"""Whatever is done in whatever order, an active customer has exactly one primary at any instant."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import DomainError
from crm.commands import assignments, customers, reassign
from crm.models import Assignment, CustomerUserPermission
from tests.cast import NOW, UserFactory, gather

START = NOW - timedelta(days=300)
PEOPLE = st.integers(0, 3)
PARTS = st.sampled_from(Assignment.Part.values)
GAPS = st.integers(-30, 90)
STEPS = st.one_of(
    st.tuples(st.just("assign"), PEOPLE, PARTS, GAPS),
    st.tuples(st.just("pass on"), PEOPLE, PEOPLE, GAPS),
    st.tuples(st.just("end"), st.integers(0, 5), GAPS),
    st.tuples(st.just("state"), st.sampled_from(["active", "dormant", "lost"]), GAPS),
)


def at_every_instant(rows):
    """How many primaries there are just at and just before each edge."""
    edges = {row.starts_at for row in rows} | {row.ends_at for row in rows if row.ends_at}
    for edge in sorted(edges):
        yield sum(
            row.starts_at <= edge and (row.ends_at is None or edge < row.ends_at) for row in rows
        )


@pytest.mark.django_db
class TestIntervals(TestCase):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=st.lists(STEPS, max_size=10))
    def test_never_none_and_never_two(self, steps):
        cast = gather()
        people = [cast.anna, cast.nils, cast.boris, UserFactory(team=cast.north)]
        active_from, now = START, NOW
        for step in steps:
            now += timedelta(minutes=step[-1])
            with contextlib.suppress(DomainError):
                self.do(cast, people, step, now)
            cast.acme.refresh_from_db()
            if cast.acme.state != "active":
                active_from = None
            elif active_from is None:
                active_from = now
            self.check(cast, people)

    def do(self, cast, people, step, now):
        verb = step[0]
        if verb == "assign":
            assignments.assign(cast.acme, user=people[step[1]], part=step[2], by=cast.dora, at=now)
        elif verb == "pass on":
            reassign.reassign_customer(
                cast.acme,
                from_user=people[step[1]],
                to=people[step[2]],
                by=cast.dora,
                at=now,
                reason="x",
            )
        elif verb == "end":
            rows = list(Assignment.objects.filter(customer=cast.acme).order_by("pk"))
            assignments.end(rows[step[1] % len(rows)], by=cast.dora, at=now, reason="x")
        else:
            customers.change_state(cast.acme, state=step[1], by=cast.dora, at=now, reason="x")

    def check(self, cast, people):
        rows = list(Assignment.objects.filter(customer=cast.acme, part="primary"))
        counts = list(at_every_instant(rows))
        assert max(counts) <= 1
        open_rows = [row for row in rows if row.ends_at is None]
        if cast.acme.state == "active":
            assert len(open_rows) == 1
        for row in rows:
            assert row.ends_at is None or row.ends_at >= row.starts_at
        for person in people:
            self.check_access(cast, person)

    def check_access(self, cast, person):
        parts = set(
            Assignment.objects.filter(customer=cast.acme, user=person, ends_at=None).values_list(
                "part", flat=True
            )
        )
        held = set(
            CustomerUserPermission.objects.filter(
                user=person, content_object=cast.acme
            ).values_list("permission__codename", flat=True)
        )
        expected = {"view_customer"} if parts else set()
        if parts & {"primary", "deputy"}:
            expected.add("change_customer")
        assert held == expected
