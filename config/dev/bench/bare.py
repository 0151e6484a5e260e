"""The same answers from a bare WSGI app: psycopg, orjson, hand-written SQL, nothing else.

It asks who may see what exactly as Baton does, and trusts the user named in the URL.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import orjson
import psycopg
from psycopg.rows import dict_row

_local = threading.local()

VISIBLE = """(c.team_id = ANY(%(teams)s) OR c.id = ANY(ARRAY(
    SELECT content_object_id FROM crm_customeruserpermission
    WHERE user_id = %(user)s AND permission_id = crm_view_customer())))"""

CUSTOMER_COLUMNS = """c.id, c.name, c.tier, c.state, c.industry, c.region, c.last_activity_at,
    t.name AS team, u.name AS primary_name"""
CUSTOMER_JOINS = """JOIN accounts_team t ON t.id = c.team_id
    LEFT JOIN crm_assignment a ON a.customer_id = c.id AND a.part = 'primary'
        AND a.ends_at IS NULL
    LEFT JOIN accounts_user u ON u.id = a.user_id"""

CUSTOMERS = f"""SELECT {CUSTOMER_COLUMNS} FROM crm_customer c {CUSTOMER_JOINS}
    WHERE {{visible}} ORDER BY c.name, c.id LIMIT 50"""
SEARCH = f"""SELECT {CUSTOMER_COLUMNS} FROM crm_customer c {CUSTOMER_JOINS}
    WHERE {{visible}} AND crm_grams(c.search_text) @> crm_grams(%(q)s)
      AND c.search_text LIKE %(like)s ORDER BY c.name, c.id LIMIT 50"""
CUSTOMER = (
    f"SELECT {CUSTOMER_COLUMNS} FROM crm_customer c {CUSTOMER_JOINS} "
    "WHERE {visible} AND c.id = %(pk)s",
    "SELECT id, name, title, department, level FROM crm_contact c WHERE customer_id = %(pk)s",
    """SELECT a.part, a.starts_at, a.ends_at, u.name FROM crm_assignment a
       JOIN accounts_user u ON u.id = a.user_id WHERE a.customer_id = %(pk)s""",
    """SELECT o.id, o.name, o.stage, o.state, o.amount, o.expected_close_date
       FROM pipeline_opportunity o WHERE o.customer_id = %(pk)s""",
    """SELECT a.id, a.kind, a.subject, a.starts_at, u.name FROM crm_activity a
       JOIN accounts_user u ON u.id = a.author_id WHERE a.customer_id = %(pk)s
       ORDER BY a.starts_at DESC, a.id DESC LIMIT 30""",
    """SELECT e.id, e.name, e.at, e.actor_name, e.data FROM core_event e
       WHERE e.scope_id = %(pk)s ORDER BY e.at DESC, e.id DESC LIMIT 30""",
    """SELECT x.id, x.text, x.due_date FROM crm_action x
       WHERE x.customer_id = %(pk)s AND x.state = 'planned'""",
)
NARROW = f"o.customer_id = ANY(ARRAY(SELECT c.id FROM crm_customer c WHERE {VISIBLE}))"
WIDE = f"o.customer_id IN (SELECT c.id FROM crm_customer c WHERE {VISIBLE})"
BOARD = (
    """SELECT o.stage, count(*) AS n, sum(o.amount) AS amount FROM pipeline_opportunity o
       WHERE o.state IN ('open', 'on_hold') AND {sales} GROUP BY o.stage""",
    """SELECT s.key, card.* FROM pipeline_stage s CROSS JOIN LATERAL (
           SELECT o.id, o.name, o.amount, c.name AS customer, k.due_at, k.limit_days,
                  v.entered_at, u.name AS owner
           FROM pipeline_opportunity o JOIN crm_customer c ON c.id = o.customer_id
           JOIN accounts_user u ON u.id = o.owner_id
           LEFT JOIN pipeline_stageclock k ON k.opportunity_id = o.id
           LEFT JOIN pipeline_stagevisit v ON v.id = k.visit_id
           WHERE o.state IN ('open', 'on_hold') AND o.version_id = s.version_id
             AND o.stage = s.key
             AND {sales}
           ORDER BY o.amount DESC NULLS LAST, o.id DESC LIMIT 50) card
       WHERE s.kind = 'open' AND s.version_id = (SELECT max(id) FROM pipeline_pipelineversion)
       ORDER BY s.position""",
)
SALES = """SELECT o.id, o.name, o.stage, o.state, o.amount, o.currency, o.expected_close_date,
       c.name AS customer, u.name AS owner, k.due_at
    FROM pipeline_opportunity o JOIN crm_customer c ON c.id = o.customer_id
    JOIN accounts_user u ON u.id = o.owner_id
    LEFT JOIN pipeline_stageclock k ON k.opportunity_id = o.id
    WHERE o.state = 'open' AND {sales}
    ORDER BY o.expected_close_date ASC NULLS LAST, o.id ASC LIMIT 50"""
TIMELINE = """SELECT a.* FROM (
        SELECT c.id, c.name FROM crm_customer c WHERE {visible}
        ORDER BY c.last_activity_at DESC NULLS LAST, c.id DESC LIMIT 50) c
    CROSS JOIN LATERAL (
        SELECT a.id, a.kind, a.subject, a.starts_at, c.name AS customer, u.name AS author
        FROM crm_activity a JOIN accounts_user u ON u.id = a.author_id
        WHERE a.customer_id = c.id ORDER BY a.starts_at DESC, a.id DESC LIMIT 50) a
    ORDER BY a.starts_at DESC, a.id DESC LIMIT 50"""

STATEMENTS: dict[str, tuple[str, ...]] = {
    "customers": (CUSTOMERS,),
    "search": (SEARCH,),
    "customer": CUSTOMER,
    "board": BOARD,
    "opportunities": (SALES,),
    "timeline": (TIMELINE,),
}


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row, options="-c jit=off"
        )
        _local.who = {}
    return _local.connection


def _who(connection: psycopg.Connection[Any], username: str) -> dict[str, Any]:
    """The user's id, role and reading teams, asked once a thread, as constants of the app."""
    known = _local.who.get(username)
    if known is None:
        known = connection.execute(
            """SELECT u.id AS user, u.role, array(
                   SELECT t.id FROM accounts_team t
                   JOIN accounts_user_groups g ON g.group_id = t.group_id
                   WHERE g.user_id = u.id) AS teams
               FROM accounts_user u WHERE username = %s""",
            [username],
        ).fetchone()
        known["wide"] = len(known["teams"]) > 4
        _local.who[username] = known
    return known


def _plain(value: Any) -> Any:
    return str(value)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    query = {k: v[0] for k, v in parse_qs(environ["QUERY_STRING"]).items()}
    connection = _connection()
    who = _who(connection, query["user"])
    director = who["role"] == "director"
    sales = "true" if director else WIDE if who["wide"] else NARROW
    params = {
        "user": who["user"],
        "teams": who["teams"],
        "q": query.get("q", ""),
        "like": f"%{query.get('q', '')}%",
        "pk": int(query.get("pk", 0)),
    }
    answer = [
        connection.execute(
            statement.format(visible="true" if director else VISIBLE, sales=sales), params
        ).fetchall()
        for statement in STATEMENTS[environ["PATH_INFO"].strip("/")]
    ]
    body = orjson.dumps(answer, default=_plain)
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
