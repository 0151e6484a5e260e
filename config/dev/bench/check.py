"""Whether both sides answer the same: the ids of ours and of the bare app, row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.dev.bench.cases import PEOPLE, Question, questions
from config.dev.bench.inside import Inside

ROWS, TOLD = 50, 30
CUSTOMER_PARTS = ("customer", "assignments", "contacts", "actions", "told")
Ids = list[tuple[str, int]]


def differences(inside: Inside, *, most_queries: int) -> list[str]:
    """A sentence for every answer that differs or takes too many queries; prints each answer."""
    found = []
    for question in questions(inside.shared_customer()):
        for person in PEOPLE:
            for door in ("page", "api"):
                ours, queries = _ours(inside, question, person, door)
                bare = _bare(question, person, door)
                name = f"{question.name}, {person}, {door}"
                print(f"{name}: {len(ours)} rows, {queries} queries")
                if ours != bare:
                    found.append(f"{name}: {_first_difference(ours, bare)}")
                if queries > most_queries:
                    found.append(f"{name}: {queries} queries")
    return found


def _first_difference(ours: Ids, bare: Ids) -> str:
    for place, (one, other) in enumerate(zip(ours, bare, strict=False)):
        if one != other:
            return f"row {place} is {one} here and {other} there"
    return f"{len(ours)} rows here, {len(bare)} there"


def _ours(inside: Inside, question: Question, person: str, door: str) -> tuple[Ids, int]:
    client = Client(headers=inside.headers(person, door), SERVER_NAME="localhost")
    path = getattr(question, door)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code} to {person}")
    kind = urlsplit(question.bare).path.strip("/")
    if door == "page":
        return PAGES[kind](response.context), len(queries)
    return APIS[kind](response.json()), len(queries)


def _bare(question: Question, person: str, door: str) -> Ids:
    from config.dev.bench import bare  # noqa: PLC0415 - reads DATABASE_URL at its first question

    address = urlsplit(question.bare_of(person, door))
    environ = {"PATH_INFO": address.path, "QUERY_STRING": address.query}
    [body] = bare.application(environ, lambda status, headers: None)
    answer = orjson.loads(body)
    kind = address.path.strip("/")
    if kind == "board":
        by_stage = sorted(
            answer["rows"], key=lambda row: list(answer["stages"]).index(row["stage"])
        )
        return [(row["stage"], row["id"]) for row in by_stage]
    if kind != "customer":
        return [("", row["id"]) for row in answer["rows"][:ROWS]]
    if door == "page":
        told = [(datetime.fromisoformat(row["at"]), 0, row["id"]) for row in answer["events"]]
        for row in answer["activities"]:
            told.append((datetime.fromisoformat(row["starts_at"]), 1, row["id"]))
        answer["told"] = [{"id": row[2]} for row in sorted(told, reverse=True)[:TOLD]]
    return [(name, row["id"]) for name in CUSTOMER_PARTS for row in answer.get(name, [])]


def _customer_page(context: Any) -> Ids:
    page = context["page"]
    assignments = sorted(
        [*page.serving, *page.before], key=lambda row: (row.starts_at, row.pk), reverse=True
    )
    return [
        ("customer", context["customer"].pk),
        *(("assignments", row.pk) for row in assignments),
        *(("contacts", row.pk) for row in page.contacts),
        *(("actions", row["id"]) for row in page.actions),
        *(("told", entry.id) for entry in context["timeline"].entries),
    ]


PAGES: dict[str, Callable[[Any], Ids]] = {
    "customers": lambda context: [("", row["id"]) for row in context["page"].rows],
    "customer": _customer_page,
    "board": lambda context: [
        (column.stage.key, card.row["id"]) for column in context["columns"] for card in column.cards
    ],
    "opportunities": lambda context: [("", line.row["id"]) for line in context["page"].rows],
    "timeline": lambda context: [("", row["id"]) for row in context["page"].rows],
}
APIS: dict[str, Callable[[Any], Ids]] = {
    "customers": lambda answer: [("", row["id"]) for row in answer["results"]],
    "customer": lambda answer: [
        ("customer", answer["id"]),
        *(("assignments", row["id"]) for row in answer["assignments"]),
    ],
    "board": lambda answer: [
        (column["stage"], card["id"]) for column in answer["columns"] for card in column["cards"]
    ],
    "opportunities": lambda answer: [("", row["id"]) for row in answer["results"]],
    "timeline": lambda answer: [("", row["id"]) for row in answer["results"]],
}
