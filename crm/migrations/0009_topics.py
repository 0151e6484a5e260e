"""What activities speak of, found by words: Latin ones, and Chinese by two characters at a time."""

import django.contrib.postgres.indexes
from django.db import migrations

import crm.models.activity
from core.indexes import BuildIndex

TOPICS = r"""
CREATE OR REPLACE FUNCTION crm_topics(subject text, body text, outcome text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
    SELECT to_tsvector('pg_catalog.simple', regexp_replace(said, han, ' ', 'g'))
        || coalesce((
            SELECT array_to_tsvector(array_agg(DISTINCT substr(run[1], i, 2)))
            FROM regexp_matches(said, han, 'g') AS run, generate_series(1, length(run[1])) AS i
        ), ''::tsvector)
    FROM (SELECT lower(subject || ' ' || body || ' ' || outcome) AS said,
                 '[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+' AS han) AS given
$$;
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0008_commitments")]
    operations = [
        migrations.RunSQL(TOPICS, "DROP FUNCTION IF EXISTS crm_topics(text, text, text)"),
        BuildIndex(
            model_name="activity",
            index=django.contrib.postgres.indexes.GinIndex(
                crm.models.activity.Topics("subject", "body", "outcome"), name="activity_topics"
            ),
        ),
    ]
