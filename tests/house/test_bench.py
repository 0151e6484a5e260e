"""The bench measures equal answers: on a small database, ours and the bare app's, row by row."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from config.dev.bench.cases import PEOPLE, questions

pytestmark = [pytest.mark.processes, pytest.mark.django_db]
CUSTOMERS = "300"
ANSWER = re.compile(r"^(.+), (\w+), (page|api): (\d+) rows, (\d+) queries$", re.MULTILINE)


@pytest.fixture
def base():
    """The server of the tests; the bench makes its own database beside theirs."""
    at = connection.settings_dict
    host, port = at["HOST"] or "127.0.0.1", at["PORT"] or 5432
    secret = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
    url = f"postgres://{at['USER']}{secret}@{host}:{port}/postgres"
    yield url
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS baton_bench_check WITH (FORCE)")


def test_both_sides_answer_the_same_in_few_queries(base):
    done = subprocess.run(
        [sys.executable, "-m", "config.dev.bench", "--check", CUSTOMERS, "--refill"],
        env={**os.environ, "DATABASE_URL": base, "SECRET_KEY": "x", "DEBUG": "1"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    answers = ANSWER.findall(done.stdout)
    assert len(answers) == len(questions(1)) * len(PEOPLE) * 2
    assert all(int(rows) for *_name, rows, _queries in answers), done.stdout
    assert all(int(queries) <= 12 for *_name, queries in answers)
    assert done.stdout.strip().endswith("both sides answer the same")
