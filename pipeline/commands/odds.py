"""Counting how sales that entered each stage ended; in one statement, however many there are."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from pipeline.models import StageOdds

_COUNT = """
WITH reached AS (
    SELECT o.version_id, v.pipeline_id, c.tier, o.state,
        max(s.position) AS furthest
    FROM pipeline_opportunity o
    JOIN crm_customer c ON c.id = o.customer_id
    JOIN pipeline_pipelineversion v ON v.id = o.version_id
    JOIN pipeline_stagevisit i ON i.opportunity_id = o.id
    JOIN pipeline_stage s ON s.version_id = o.version_id AND s.key = i.stage
    GROUP BY o.id, o.version_id, v.pipeline_id, c.tier, o.state
), ended AS (
    SELECT version_id, pipeline_id, tier, furthest,
        CASE WHEN state = 'won' THEN 'won'
             WHEN state IN ('lost', 'no_decision', 'withdrawn') THEN 'failed'
             ELSE 'live' END AS fate,
        count(*) AS n
    FROM reached GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO pipeline_stageodds
    (pipeline_id, stage, segment, wins, decided, advanced, failed, still_there, counted_at)
SELECT e.pipeline_id, s.key, e.tier,
    coalesce(sum(n) FILTER (WHERE fate = 'won'), 0),
    coalesce(sum(n) FILTER (WHERE fate <> 'live'), 0),
    coalesce(sum(n) FILTER (WHERE fate = 'won' OR furthest > s.position), 0),
    coalesce(sum(n) FILTER (WHERE fate = 'failed' AND furthest = s.position), 0),
    coalesce(sum(n) FILTER (WHERE fate = 'live' AND furthest = s.position), 0),
    %(at)s
FROM ended e
JOIN pipeline_stage s ON s.version_id = e.version_id AND s.kind = 'open'
    AND (e.fate = 'won' OR s.position <= e.furthest)
GROUP BY e.pipeline_id, s.key, e.tier
ORDER BY e.pipeline_id, s.key, e.tier
ON CONFLICT (pipeline_id, stage, segment) DO UPDATE SET
    wins = excluded.wins, decided = excluded.decided, advanced = excluded.advanced,
    failed = excluded.failed, still_there = excluded.still_there, counted_at = excluded.counted_at
"""


@transaction.atomic
def count(*, at: datetime) -> int:
    """Count every stage and segment anew; how many rows there are. Two at once do no harm."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"at": at})
        counted = cursor.rowcount
    StageOdds.objects.filter(counted_at__lt=at).delete()
    return counted
