"""Reassigning 1,000 customers, and one round of the clocks: the command against its bare SQL.

Both run in a transaction that is rolled back, so that they measure the same rows again and again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

MOVED = 1_000
ROUNDS = 5


class _RollBack(Exception):
    """Ends a measured transaction without keeping it."""


def measure(work: Callable[[], None]) -> tuple[float, int]:
    """Milliseconds and queries of the work, deferred constraints included; nothing is kept."""
    count = 0

    def counting(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    started = time.perf_counter()
    try:
        with transaction.atomic(), connection.execute_wrapper(counting):
            work()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            raise _RollBack
    except _RollBack:
        elapsed = (time.perf_counter() - started) * 1000
    return elapsed, count - 1


def reassign_by_command() -> Callable[[], None]:
    """Move 1,000 customers of one team to two of its other reps."""
    from accounts.models import User  # noqa: PLC0415 - after django.setup()
    from crm.commands.reassign import (  # noqa: PLC0415 - after django.setup()
        reassign,
        spread_evenly,
    )
    from crm.models import Assignment, Customer  # noqa: PLC0415 - after django.setup()

    by = User.objects.get(username="director")
    receivers = list(User.objects.filter(username__in=["rep1_8", "rep1_9"]))
    customers = list(
        Customer.objects.filter(team__external_id="team1", assignments__ends_at=None)
        .exclude(assignments__user__in=receivers)
        .order_by("pk")[:MOVED]
    )

    giver_of = dict(
        Assignment.objects.filter(customer__in=customers, part="primary", ends_at=None).values_list(
            "customer_id", "user_id"
        )
    )

    def work() -> None:
        distribution = spread_evenly(giver_of, receivers)
        reassign(distribution, by=by, at=timezone.now(), reason="bench")

    return work


REASSIGN = """
WITH locked AS MATERIALIZED (
    SELECT c.id AS customer_id, a.id AS assignment_id, a.user_id AS from_id
    FROM crm_customer c
    JOIN crm_assignment a ON a.customer_id = c.id AND a.part = 'primary' AND a.ends_at IS NULL
    WHERE c.id = ANY(%(ids)s)
    ORDER BY c.id FOR UPDATE OF c, a
), giver AS MATERIALIZED (
    SELECT locked.*, r.ids[1 + row_number() OVER (ORDER BY customer_id) %% 2] AS to_id
    FROM locked CROSS JOIN (SELECT array_agg(id) AS ids FROM accounts_user
                            WHERE username IN ('rep1_8', 'rep1_9')) r
), ended AS (
    UPDATE crm_assignment a SET ends_at = %(at)s, end_reason = 'bench'
    FROM giver g WHERE a.id = g.assignment_id RETURNING a.customer_id
), revoked AS (
    DELETE FROM crm_customeruserpermission p USING giver g
    WHERE p.content_object_id = g.customer_id AND p.user_id = g.from_id
    RETURNING 1
), moved AS (
    UPDATE pipeline_opportunity o SET owner_id = g.to_id
    FROM giver g WHERE o.customer_id = g.customer_id AND o.owner_id = g.from_id
      AND o.state IN ('open', 'on_hold', 'nurture') RETURNING o.id
), actions AS (
    UPDATE crm_action x SET owner_id = g.to_id
    FROM giver g WHERE x.customer_id = g.customer_id AND x.owner_id = g.from_id
      AND x.state = 'planned' RETURNING 1
), granted AS (
    INSERT INTO crm_customeruserpermission (content_object_id, user_id, permission_id, origin)
    SELECT g.customer_id, g.to_id, p.id, 'assignment' FROM giver g, auth_permission p
    JOIN django_content_type t ON t.id = p.content_type_id
    WHERE t.app_label = 'crm' AND t.model = 'customer'
      AND p.codename IN ('view_customer', 'change_customer')
    ON CONFLICT DO NOTHING RETURNING 1
), told AS (
    INSERT INTO core_event (name, subject_label, subject_id, scope_id, actor_id, actor_name, at,
        data, is_demo)
    SELECT 'customer.reassigned', 'crm.customer', customer_id, customer_id, from_id, 'Bench',
        %(at)s, '{}', false FROM giver RETURNING 1
)
SELECT (SELECT count(*) FROM ended), (SELECT count(*) FROM moved), (SELECT count(*) FROM told)
"""
ASSIGN = """
INSERT INTO crm_assignment (customer_id, user_id, part, starts_at, reason, end_reason)
SELECT a.customer_id,
       (SELECT array_agg(id) FROM accounts_user WHERE username IN ('rep1_8', 'rep1_9'))
           [1 + row_number() OVER (ORDER BY a.customer_id) %% 2],
       'primary', %(at)s, 'bench', ''
FROM crm_assignment a WHERE a.customer_id = ANY(%(ids)s) AND a.part = 'primary'
  AND a.ends_at = %(at)s
"""


def reassign_by_sql() -> Callable[[], None]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.id FROM crm_customer c JOIN accounts_team t ON t.id = c.team_id
               JOIN crm_assignment a ON a.customer_id = c.id AND a.ends_at IS NULL
               JOIN accounts_user u ON u.id = a.user_id
               WHERE t.external_id = 'team1' AND u.username NOT IN ('rep1_8', 'rep1_9')
               ORDER BY c.id LIMIT %s""",
            [MOVED],
        )
        ids = [row[0] for row in cursor.fetchall()]

    def work() -> None:
        with connection.cursor() as cursor:
            params = {"ids": ids, "at": timezone.now()}
            cursor.execute(REASSIGN, params)
            cursor.execute(ASSIGN, params)

    return work


def ring_by_command() -> Callable[[], None]:
    from pipeline.commands.clocks import ring  # noqa: PLC0415 - after django.setup()

    at = timezone.now() + timedelta(days=105)

    def work() -> None:
        ring(at=at, batch=500)

    return work


RING = """
WITH due AS MATERIALIZED (
    SELECT visit_id, opportunity_id, next_level, level_moments FROM pipeline_stageclock
    WHERE next_level_at <= %(at)s ORDER BY next_level_at, visit_id LIMIT 500
    FOR UPDATE SKIP LOCKED
), raised AS (
    INSERT INTO pipeline_reminder (visit_id, opportunity_id, level, raised_at)
    SELECT visit_id, opportunity_id, next_level, %(at)s FROM due
    ON CONFLICT DO NOTHING RETURNING id, visit_id, opportunity_id, level
), pushed AS (
    UPDATE pipeline_stageclock k SET next_level = d.next_level + 1,
        next_level_at = d.level_moments[d.next_level + 2]
    FROM due d WHERE k.visit_id = d.visit_id RETURNING 1
), told AS (
    INSERT INTO core_event (name, subject_label, subject_id, scope_id, actor_id, actor_name, at,
        data, is_demo)
    SELECT 'reminder.raised', 'pipeline.reminder', r.id, o.customer_id, 1, 'Baton', %(at)s,
        jsonb_build_object('opportunity', r.opportunity_id, 'level', r.level), false
    FROM raised r JOIN pipeline_opportunity o ON o.id = r.opportunity_id
    RETURNING id
)
INSERT INTO core_outboxentry (event_id, consumer, available_at, attempts, last_error)
SELECT id, 'bench', %(at)s, 0, '' FROM told
"""


def ring_by_sql() -> Callable[[], None]:
    at = timezone.now() + timedelta(days=105)

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pipeline_stageclock WHERE next_level_at <= %s", [at]
            )
            for _ in range(1 + cursor.fetchone()[0] // 500):
                cursor.execute(RING, {"at": at})

    return work
