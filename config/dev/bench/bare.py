"""The same answers from a bare WSGI app: psycopg, orjson, hand-written SQL, nothing else.

Equal to Baton's answers are the rule of who sees what, the rows, their order, every column that is
shown, and whatever else a page shows of them: sums, ages, what the gate of a card lacks, next
steps, the timeline (`--check` compares the ids). Not equal is what a framework is for: it trusts
the user named in the URL, knows who may read which team from its start, and writes no words, no
HTML and no links.
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
    WHERE user_id = %(user)s AND permission_id = crm_view_customer()
    UNION ALL
    SELECT g.content_object_id FROM crm_customergrouppermission g
    JOIN accounts_user_groups m ON m.group_id = g.group_id
    WHERE m.user_id = %(user)s AND g.permission_id = crm_view_customer()
      AND g.origin <> 'team')))"""
NARROW = f"o.customer_id = ANY(ARRAY(SELECT c.id FROM crm_customer c WHERE {VISIBLE}))"
WIDE = f"o.customer_id IN (SELECT c.id FROM crm_customer c WHERE {VISIBLE})"

# A line of the list as the page shows it, and what the API gives beyond that.
LINE = """c.id, c.name, c.tier, c.state, c.industry, c.region, c.team_id, c.last_activity_at,
    c.created_at, t.name AS team, a.user_id AS primary_id, u.name AS primary_name"""
MORE = ", c.country, c.updated_at, c.source, c.external_id"
CUSTOMER_JOINS = """JOIN accounts_team t ON t.id = c.team_id
    LEFT JOIN crm_assignment a ON a.customer_id = c.id AND a.part = 'primary'
        AND a.ends_at IS NULL
    LEFT JOIN accounts_user u ON u.id = a.user_id"""
CUSTOMERS = f"""SELECT {LINE}{{more}} FROM crm_customer c {CUSTOMER_JOINS}
    WHERE {{visible}} ORDER BY c.name, c.id LIMIT 51"""
SEARCH = f"""SELECT {LINE}{{more}} FROM crm_customer c {CUSTOMER_JOINS}
    WHERE {{visible}} AND crm_grams(c.search_text) @> crm_grams(%(q)s)
      AND c.search_text LIKE %(like)s ORDER BY c.name, c.id LIMIT 51"""

# One customer: its facts, and by the page also who serves and served it, people, next steps and
# the first 30 of the timeline. Its opportunities are a request of their own.
CUSTOMER = """SELECT c.id, c.name, c.other_names, c.registration_number, c.tier, c.state,
       c.industry, c.region, c.country, c.website, c.address, c.parent_id, p.name AS parent,
       c.team_id, t.name AS team, c.last_activity_at, c.created_at, c.updated_at, c.source,
       c.external_id
    FROM crm_customer c JOIN accounts_team t ON t.id = c.team_id
    LEFT JOIN crm_customer p ON p.id = c.parent_id
    WHERE {visible} AND c.id = %(pk)s"""
SERVING = """SELECT a.id, a.user_id, u.name, a.part, a.starts_at FROM crm_assignment a
    JOIN accounts_user u ON u.id = a.user_id
    WHERE a.customer_id = %(pk)s AND a.ends_at IS NULL ORDER BY a.starts_at, a.id"""
ABOUT = {
    "assignments": """SELECT a.id, a.part, a.starts_at, a.ends_at, a.reason, a.end_reason,
           a.user_id, u.name, b.name AS passed_on_by
        FROM crm_assignment a JOIN accounts_user u ON u.id = a.user_id
        LEFT JOIN crm_reassignment r ON r.id = a.reassignment_id
        LEFT JOIN accounts_user b ON b.id = r.by_id
        WHERE a.customer_id = %(pk)s ORDER BY a.starts_at DESC, a.id DESC LIMIT 200""",
    "contacts": """SELECT id, name, title, department, level, email, phone, state
        FROM crm_contact WHERE customer_id = %(pk)s ORDER BY state, name, id LIMIT 50""",
    "actions": """SELECT x.id, x.text, x.due_date, x.owner_id, u.name FROM crm_action x
        JOIN accounts_user u ON u.id = x.owner_id
        WHERE x.customer_id = %(pk)s AND x.state = 'planned'
        ORDER BY x.due_date ASC NULLS LAST, x.id LIMIT 30""",
    "activities": """SELECT a.id, a.kind, a.subject, a.body, a.outcome, a.next_step, a.starts_at,
           a.ends_at, a.two_way, a.author_id, u.name AS who, ARRAY(
               SELECT k.name FROM crm_activitycontact l JOIN crm_contact k ON k.id = l.contact_id
               WHERE l.activity_id = a.id ORDER BY k.name) AS met
        FROM crm_activity a JOIN accounts_user u ON u.id = a.author_id
        WHERE a.customer_id = %(pk)s ORDER BY a.starts_at DESC, a.id DESC LIMIT 31""",
    "events": """SELECT e.id, e.name, e.at, e.actor_name, e.subject_id, e.data, o.name AS sale
        FROM core_event e LEFT JOIN pipeline_opportunity o
            ON e.subject_label = 'pipeline.opportunity' AND o.id = e.subject_id
        WHERE e.scope_id = %(pk)s ORDER BY e.at DESC, e.id DESC LIMIT 31""",
}

CARD = """o.id, o.name, o.customer_id, c.name AS customer, c.tier, o.amount, o.currency, o.stage,
    o.state, o.owner_id, u.name AS owner, o.ledger_seq, k.starts_at, k.limit_days, k.due_at,
    k.paused_at, k.paused_days, o.waiting_until, c.country, c.team_id"""
SALE_JOINS = """FROM pipeline_opportunity o JOIN crm_customer c ON c.id = o.customer_id
    JOIN accounts_user u ON u.id = o.owner_id
    LEFT JOIN pipeline_stageclock k ON k.opportunity_id = o.id"""
ON_BOARD = "o.state IN ('open', 'on_hold') AND o.version_id = %(version)s"
STAGES = """SELECT key, probability FROM pipeline_stage
    WHERE kind = 'open' AND version_id = %(version)s ORDER BY position"""
BEST = "ORDER BY o.amount DESC NULLS LAST, o.id DESC"

# Few customers: one pass over their sales. Many: along the board's index, stage by stage.
CARDS_NARROW = f"""SELECT * FROM (SELECT {CARD},
        row_number() OVER (PARTITION BY o.stage {BEST}) AS place
    {SALE_JOINS} WHERE {{sales}} AND {ON_BOARD} AND o.stage = ANY(%(stages)s)) ranked
    WHERE place <= 50 ORDER BY place"""
SUMS = f"""SELECT o.stage, o.currency, count(*) AS n, sum(o.amount) AS amount
    FROM pipeline_opportunity o
    WHERE {{sales}} AND {ON_BOARD} AND o.stage = ANY(%(stages)s) GROUP BY 1, 2"""
CARDS_WIDE = f"SELECT {CARD} {SALE_JOINS} WHERE {{sales}} AND {ON_BOARD} AND o.stage = '{{stage}}' "
CARDS_WIDE += f"{BEST} LIMIT 50"
# What the cards show beyond their row: what the gate lacks, the next step, who may move it.
GATE_FACTS = """SELECT id, stage, acceptance_date, amount, budget_source, decision_criteria,
       decision_date, decision_procedure, differentiator, expected_close_date, impact, offer_date,
       paid_date, problem, selection_statement, signature_plan, signed_date, success_metric
    FROM pipeline_opportunity WHERE id = ANY(%(ids)s)"""
GATE_ACTIVITIES = """SELECT v.opportunity_id, v.entered_at, a.kind, count(*) AS n,
       count(*) FILTER (WHERE a.two_way AND EXISTS (
           SELECT FROM crm_activitycontact x WHERE x.activity_id = a.id)) AS with_contact
    FROM pipeline_stagevisit v
    LEFT JOIN pipeline_opportunityactivity l ON l.opportunity_id = v.opportunity_id
    LEFT JOIN crm_activity a ON a.id = l.activity_id AND a.starts_at >= v.entered_at
    WHERE v.left_at IS NULL AND v.opportunity_id = ANY(%(ids)s) GROUP BY 1, 2, 3"""
GATE_CHAINS = """SELECT o.id, p.roles, EXISTS (
           SELECT FROM crm_activitycontact l JOIN crm_activity a ON a.id = l.activity_id
           WHERE l.contact_id = p.contact_id AND a.two_way AND a.kind IN ('meeting', 'visit')
             AND a.starts_at BETWEEN now() - interval '180 days' AND now()) AS met
    FROM pipeline_opportunity o
    JOIN crm_chain h ON h.id = coalesce(o.chain_id, (
        SELECT id FROM crm_chain WHERE customer_id = o.customer_id AND is_standing))
    JOIN crm_stakeholder s ON s.chain_id = h.id
    JOIN crm_stakeholderspan p ON p.stakeholder_id = s.id AND p.ends_at IS NULL
    WHERE o.id = ANY(%(ids)s) AND o.stage IN ('qualify', 'discover', 'prove')
      AND p.contact_id IS NOT NULL"""
STEPS = """SELECT x.customer_id, l.opportunity_id, x.text, x.due_date FROM crm_action x
    LEFT JOIN pipeline_opportunityactivity l ON l.activity_id = x.activity_id
    WHERE x.customer_id = ANY(%(customers)s) AND x.state = 'planned'
    ORDER BY x.due_date ASC NULLS LAST, x.id LIMIT 1000"""
MOVABLE = """SELECT customer_id FROM crm_assignment WHERE customer_id = ANY(%(customers)s)
    AND user_id = %(user)s AND ends_at IS NULL AND part IN ('primary', 'deputy')"""
CALENDARS = "SELECT country, team_key, day, kind FROM core_calendarexception"

LINES = f"""SELECT {CARD}, o.expected_close_date, o.closed_at, o.updated_at, o.product_id,
        o.opened_at, o.source, o.external_id
    {SALE_JOINS} WHERE o.state = 'open' AND {{lines}}
    ORDER BY o.expected_close_date ASC NULLS LAST, o.id ASC LIMIT 51"""
TOTALS = """SELECT currency, count(*), sum(amount) FROM (
        SELECT o.currency, o.amount FROM pipeline_opportunity o
        WHERE o.state = 'open' AND {sales} LIMIT 10001) counted GROUP BY 1"""

TOLD = """a.id, a.kind, a.subject, a.outcome, a.starts_at, a.customer_id, c.name AS customer,
    a.author_id, u.name AS author"""
TIMELINE_NARROW = f"""SELECT {TOLD} FROM (
        SELECT c.id, c.name FROM crm_customer c
        WHERE {{visible}} AND c.last_activity_at IS NOT NULL
        ORDER BY c.last_activity_at DESC NULLS LAST, c.id DESC LIMIT 51) c
    CROSS JOIN LATERAL (
        SELECT a.* FROM crm_activity a WHERE a.customer_id = c.id
        ORDER BY a.starts_at DESC, a.id DESC LIMIT 51) a
    JOIN accounts_user u ON u.id = a.author_id
    ORDER BY a.starts_at DESC, a.id DESC LIMIT 51"""
TIMELINE_WIDE = f"""SELECT {TOLD} FROM crm_activity a JOIN crm_customer c ON c.id = a.customer_id
    JOIN accounts_user u ON u.id = a.author_id
    WHERE {{of_visible}} ORDER BY a.starts_at DESC, a.id DESC LIMIT 51"""
OF_VISIBLE = f"a.customer_id IN (SELECT c.id FROM crm_customer c WHERE {VISIBLE})"

Ask = Callable[[str], list[dict[str, Any]]]


def _customers(ask: Ask, who: dict[str, Any], params: dict[str, Any]) -> Any:
    return {"rows": ask(SEARCH if params["q"] else CUSTOMERS)}


def _customer(ask: Ask, who: dict[str, Any], params: dict[str, Any]) -> Any:
    found = {"customer": ask(CUSTOMER)}
    if params["door"] == "api":
        return found | {"assignments": ask(SERVING)}
    return found | {name: ask(statement) for name, statement in ABOUT.items()}


def _board(ask: Ask, who: dict[str, Any], params: dict[str, Any]) -> Any:
    """The order within a stage is the answer's; the stages come in that of the board."""
    stages = {row["key"]: row["probability"] for row in ask(STAGES)}
    params["stages"] = list(stages)
    if who["wide"]:
        cards = ask(" UNION ALL ".join(f"({CARDS_WIDE.replace('{stage}', k)})" for k in stages))
    else:
        cards = ask(CARDS_NARROW)
    sums = ask(SUMS)
    for row in sums:
        row["weighted"] = (row["amount"] or 0) * stages[row["stage"]]
    params["ids"] = [card["id"] for card in cards]
    params["customers"] = list({card["customer_id"] for card in cards})
    return {
        "stages": stages,
        "sums": sums,
        "rows": cards,
        "facts": ask(GATE_FACTS),
        "held": ask(GATE_ACTIVITIES),
        "chains": ask(GATE_CHAINS),
        "steps": ask(STEPS),
        "movable": ask(MOVABLE) if who["role"] == "rep" and params["door"] == "page" else [],
        "calendars": ask(CALENDARS),
    }


def _opportunities(ask: Ask, who: dict[str, Any], params: dict[str, Any]) -> Any:
    """The page shows age and sums, too."""
    found = {"rows": ask(LINES)}
    if params["door"] == "api":
        return found
    return found | {"totals": ask(TOTALS), "calendars": ask(CALENDARS)}


def _timeline(ask: Ask, who: dict[str, Any], params: dict[str, Any]) -> Any:
    return {"rows": ask(TIMELINE_WIDE if who["wide"] else TIMELINE_NARROW)}


ANSWERS: dict[str, Callable[[Ask, dict[str, Any], dict[str, Any]], Any]] = {
    "customers": _customers,
    "customer": _customer,
    "board": _board,
    "opportunities": _opportunities,
    "timeline": _timeline,
}


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(
            os.environ["DATABASE_URL"], autocommit=True, row_factory=dict_row, options="-c jit=off"
        )
        _local.who = {}
    return _local.connection


def _who(connection: psycopg.Connection[Any], username: str) -> dict[str, Any]:
    """Id, role, reading teams and whether the user sees many, asked once a thread."""
    known = _local.who.get(username)
    if known is None:
        known = connection.execute(
            """SELECT u.id AS user, u.role, array(
                   SELECT t.id FROM accounts_team t
                   JOIN accounts_user_groups g ON g.group_id = t.group_id
                   WHERE g.user_id = u.id) AS teams,
                   (SELECT max(id) FROM pipeline_pipelineversion) AS version
               FROM accounts_user u WHERE username = %s""",
            [username],
        ).fetchone()
        many = f"""SELECT seen > 10000 OR seen * 2 >= (SELECT count(*) FROM crm_customer) AS wide
            FROM (SELECT count(*) AS seen FROM crm_customer c WHERE {VISIBLE}) visible"""
        known["wide"] = (
            known["role"] == "director" or (connection.execute(many, known).fetchall()[0]["wide"])
        )
        _local.who[username] = known
    return known


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    query = {k: v[0] for k, v in parse_qs(environ["QUERY_STRING"]).items()}
    connection = _connection()
    who = _who(connection, query["user"])
    all_read = who["role"] == "director"
    places = {
        "visible": "true" if all_read else VISIBLE,
        "of_visible": "true" if all_read else OF_VISIBLE,
        "sales": "true" if all_read else WIDE if who["wide"] else NARROW,
        "lines": "true" if all_read else VISIBLE if who["wide"] else NARROW,
        "more": MORE if query["door"] == "api" else "",
    }
    params = {
        **who,
        "door": query["door"],
        "q": query.get("q", ""),
        "like": f"%{query.get('q', '')}%",
        "pk": int(query.get("pk", 0)),
    }

    def ask(statement: str) -> list[dict[str, Any]]:
        return connection.execute(statement.format(**places), params).fetchall()

    answer = ANSWERS[environ["PATH_INFO"].strip("/")](ask, who, params)
    body = orjson.dumps(answer, default=str)
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
