"""Standard steps planned so far keep the day they have now; few at a time, beside the writers."""

from typing import Any

from django.db import connection, migrations

BATCH = 5000
FILL = """
WITH part AS (
    SELECT id FROM pipeline_opportunityaction
    WHERE id > %s AND standard_id IS NOT NULL ORDER BY id LIMIT %s
), filled AS (
    UPDATE pipeline_opportunityaction l SET planned_date = a.due_date
    FROM part, crm_action a
    WHERE l.id = part.id AND a.id = l.action_id AND l.planned_date IS NULL
)
SELECT max(id) FROM part
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """In statements of their own, so that it can be run again when it was interrupted."""
    last = 0
    with connection.cursor() as cursor:
        while last is not None:
            cursor.execute(FILL, [last, BATCH])
            [last] = cursor.fetchone()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("pipeline", "0024_planned_day")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
