"""Migrations that may meet full tables: their indexes are built while the tables are written to."""

import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import NotSupportedError, connection, models, transaction
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from core.indexes import BuildIndex
from tests.house.source import FLOORS


def builds(operation) -> bool:
    """Whether an index is built by it under the lock of its table."""
    if isinstance(operation, operations.AddField):
        return bool(operation.field.db_index or operation.field.unique)
    if isinstance(operation, operations.AddConstraint):
        return isinstance(operation.constraint, models.UniqueConstraint | ExclusionConstraint)
    return isinstance(operation, operations.AddIndex) and not isinstance(operation, BuildIndex)


def test_no_index_is_built_under_a_lock():
    found = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        new = {
            operation.name_lower
            for operation in migration.operations
            if isinstance(operation, operations.CreateModel)
        }
        found += [
            f"{app} {name}: {operation.describe()}"
            for operation in migration.operations
            if app in FLOORS
            and builds(operation)
            and getattr(operation, "model_name_lower", "") not in new
        ]
    assert found == []


def test_indexes_are_built_by_migrations_that_can_be_run_again():
    found = [
        key
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if any(isinstance(operation, BuildIndex) for operation in migration.operations)
        and (migration.atomic or not all(map(can_be_repeated, migration.operations)))
    ]
    assert found == []


def can_be_repeated(operation) -> bool:
    """An index that is built or removed anew, or SQL that says how it is repeated."""
    if isinstance(operation, operations.RunSQL):
        return "OR REPLACE" in operation.sql and "IF EXISTS" in operation.reverse_sql
    return isinstance(operation, BuildIndex | operations.RemoveIndex)


@pytest.mark.django_db(transaction=True)
def test_what_an_interrupted_build_left_goes_first():
    build = BuildIndex("activity", models.Index(fields=["subject"], name="of_a_test"))
    state = ProjectState.from_apps(apps)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX of_a_test ON crm_activity (kind)")

    with connection.schema_editor(atomic=False) as editor:
        with transaction.atomic(), pytest.raises(NotSupportedError):
            build.database_forwards("crm", editor, state, state)
        assert columns() == ["kind"]
        build.database_forwards("crm", editor, state, state)
        assert columns() == ["subject"]
        build.database_backwards("crm", editor, state, state)
        assert columns() == []


def columns() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "crm_activity")
    return found["of_a_test"]["columns"] if "of_a_test" in found else []
