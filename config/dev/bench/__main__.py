"""Fill two databases, ask every question at both doors and of the bare app, print the ratios."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config import environment
from config.dev.bench.cases import PEOPLE, Question, Row, questions
from config.dev.bench.fill import FULL, TENTH, Size, fill, filled
from config.dev.bench.servers import Client, serve

LIMITS = {"page": 25.0, "api": 8.0, "bulk": 3.0}
GROWTH_LIMIT = 1.3
QUERY_LIMIT = 12
BULK = ("reassign 1,000", "one round of clocks")


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def _url_of(base: str, name: str) -> str:
    return urlunsplit(urlsplit(base)._replace(path=f"/{name}"))


def prepare(base: str, size: Size, *, refill: bool) -> str:
    """A database of this size, migrated, with the default pipeline; its URL."""
    name = f"baton_bench_{size.name}"
    url = _url_of(base, name)
    with psycopg.connect(base, autocommit=True) as admin:
        if refill:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute(f"CREATE DATABASE {name}")
    _manage("migrate", "-v0", url=url)
    _manage("load_pipeline", "pipeline/definitions/b2b8.yaml", url=url)
    with psycopg.connect(url, autocommit=True) as connection:
        if not filled(connection, size):
            print(f"filling {name}: {size.customers:,} customers ...", flush=True)
            fill(connection, size)
    return url


def _manage(*arguments: str, url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=True,
        env={**os.environ, "DATABASE_URL": url, "DEBUG": "0"},
        stdout=subprocess.DEVNULL,
    )


def measure(url: str, rounds: int, only: str) -> list[Row]:
    """Every question, interleaved: ours, bare, ours, bare, ..."""
    from config.dev.bench.inside import Inside  # noqa: PLC0415 - sets Django up for this database

    inside = Inside(url)
    with (
        serve("config.wsgi:application", url) as ours,
        serve("config.dev.bench.bare:application", url) as bare,
    ):
        rows = [
            _measure_one(question, person, door, ours, bare, inside, rounds)
            for question in questions(inside.shared_customer())
            if only in question.name
            for person in PEOPLE
            for door in ("page", "api")
        ]
    return rows + [inside.bulk(name) for name in BULK if only in name]


def _measure_one(
    question: Question,
    person: str,
    door: str,
    ours: Client,
    bare: Client,
    inside: Any,
    rounds: int,
) -> Row:
    path = getattr(question, door)
    headers = inside.headers(person, door)
    row = Row(question.name, person, door)
    row.queries = inside.count_queries(path, headers)
    for index in range(rounds + 2):
        elapsed, status, _size = ours.get(path, headers)
        if status != 200:
            raise RuntimeError(f"{path} answered {status} to {person}")
        bare_elapsed, bare_status, _size = bare.get(question.bare_of(person, door), {})
        if bare_status != 200:
            raise RuntimeError(f"the bare app answered {bare_status} to {question.bare}")
        if index >= 2:
            row.ours.append(elapsed)
            row.bare.append(bare_elapsed)
    return row


def report(rows: list[Row], smaller: dict[tuple[str, str, str], Row]) -> bool:
    """Print the table; True when every limit held."""
    print(
        f"{'question':<20}{'person':<10}{'door':<6}{'p50 ms':>9}{'p95 ms':>9}{'bare p50':>10}"
        f"{'ratio':>8}{'growth':>8}{'queries':>9}"
    )
    held = True
    for row in rows:
        growth = row.ratio / smaller[row.key].ratio if row.key in smaller else float("nan")
        broken = [
            name
            for name, over in (
                ("ratio", row.ratio > LIMITS[row.door]),
                ("growth", growth > GROWTH_LIMIT),
                ("queries", row.door != "bulk" and row.queries > QUERY_LIMIT),
            )
            if over
        ]
        held = held and not broken
        print(
            f"{row.question:<20}{row.person:<10}{row.door:<6}{statistics.median(row.ours):>9.1f}"
            f"{_p95(row.ours):>9.1f}{statistics.median(row.bare):>10.2f}{row.ratio:>8.1f}"
            f"{growth:>8.2f}{row.queries:>9}  {', '.join(broken)}"
        )
    return held


def table(rows: list[Row], smaller: dict[tuple[str, str, str], Row]) -> str:
    """The same for the README: a line for each question and door, a column for each person."""
    lines: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        growth = f", {row.ratio / smaller[row.key].ratio:.2f}" if row.key in smaller else ""
        lines.setdefault((row.question, row.door), []).append(
            f"{statistics.median(row.ours):.0f} / {_p95(row.ours):.0f} ms, "
            f"**{row.ratio:.1f}**{growth}, {row.queries} q"
        )
    head = ["| | | rep | manager | director |", "|---|---|---|---|---|"]
    body = [
        f"| {question} | {door} | " + " | ".join([""] * (3 - len(cells)) + cells) + " |"
        for (question, door), cells in lines.items()
    ]
    return "\n".join([*head, *body])


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="measure the questions whose name has this")
    parser.add_argument(
        "--check", type=int, metavar="CUSTOMERS", help="only compare both answers, on so many"
    )
    parser.add_argument("--refill", action="store_true", help="fill the databases anew")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DEBUG", "0")
    try:
        environment.prepare()
    except environment.NotReady as reason:
        print(reason, file=sys.stderr)
        return 2
    base = os.environ["DATABASE_URL"]
    if options.check:
        size = Size("check", options.check)
        return check(prepare(base, size, refill=options.refill))
    _manage("collectstatic", "--noinput", "-v0", url=base)
    urls = {size: prepare(base, size, refill=options.refill) for size in (TENTH, FULL)}
    smaller = {row.key: row for row in _in_own_process(urls[TENTH], options.rounds, options.only)}
    rows = _in_own_process(urls[FULL], options.rounds, options.only)
    print(
        f"\n{FULL.customers:,} customers, {FULL.opportunities:,} opportunities, "
        f"{FULL.activities:,} activities; growth against a tenth of it\n"
        f"limits: page {LIMITS['page']:.0f}, api {LIMITS['api']:.0f}, bulk {LIMITS['bulk']:.0f} "
        f"times the bare answer; growth {GROWTH_LIMIT}; {QUERY_LIMIT} queries\n"
    )
    held = report(rows, smaller)
    print("\nfor the README: p50 / p95, times the bare answer, growth of that, queries\n")
    print(table(rows, smaller))
    print("\nevery limit held" if held else "\nlimits broken: see the last column")
    return 0 if held else 1


def check(url: str) -> int:
    """Compare the ids of both answers to every question, and count queries; 0 when all fit."""
    from config.dev.bench.inside import Inside  # noqa: PLC0415 - sets Django up for this database

    inside = Inside(url)
    from django.test.utils import setup_test_environment  # noqa: PLC0415 - after django.setup()

    from config.dev.bench.check import differences  # noqa: PLC0415 - after django.setup()

    setup_test_environment()
    found = differences(inside, most_queries=QUERY_LIMIT)
    print("\n".join(found) if found else "both sides answer the same")
    return 1 if found else 0


def _in_own_process(url: str, rounds: int, only: str) -> list[Row]:
    """Django binds one database per process, so each size is measured in a fork."""
    import multiprocessing  # noqa: PLC0415 - only here

    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(measure, (url, rounds, only))


if __name__ == "__main__":
    sys.exit(main())
