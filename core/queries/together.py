"""Several questions in one round trip to the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def fetch_together(questions: Sequence[QuerySet[Any, Any]]) -> list[list[tuple[Any, ...]]]:
    """The rows of each `values_list`, in the order asked; one statement to the database.

    The texts go together and the answers are read one after the other, so that it makes no
    difference to their columns, their order or their indexes who else asks.
    """
    found: list[list[tuple[Any, ...]]] = [[] for _question in questions]
    asked = []
    for place, question in enumerate(questions):
        compiler = question.query.get_compiler(using=question.db)
        try:
            asked.append((place, compiler, *compiler.as_sql()))
        except EmptyResultSet:
            continue
    if not asked:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            ";\n".join(sql for _place, _compiler, sql, _params in asked),
            [value for _place, _compiler, _sql, params in asked for value in params],
        )
        for number, (place, compiler, _sql, _params) in enumerate(asked):
            if number:
                cursor.nextset()
            found[place] = [tuple(row) for row in compiler.results_iter([cursor.fetchall()])]
    return found
