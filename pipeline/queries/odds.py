"""What the probability of each stage rests on, stage by stage and segment by segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.metrics.result import Result, Window
from crm.models import Customer
from pipeline.metrics.probability import Probability, conversion, stage_probability
from pipeline.models import Stage, StageOdds
from pipeline.models.definition import stages_of
from pipeline.queries.board import published


@dataclass(frozen=True)
class Row:
    """One open stage of a pipeline's newest version, for the customers of one tier."""

    pipeline: str
    pipeline_name: str
    stage: Stage
    segment: str
    probability: Probability
    conversion: Result
    still_there: int
    counted_at: datetime | None


def odds(*, at: datetime) -> list[Row]:
    """Every open stage by tier; two queries. Without a decided sale it is the pipeline's word."""
    counted = {(one.pipeline_id, one.stage, one.segment): one for one in StageOdds.objects.all()}
    return list(_rows(counted, at))


def _rows(counted: dict[tuple[int, str, str], StageOdds], at: datetime) -> Iterator[Row]:
    seen: set[int] = set()
    for version in published():
        if version.pipeline_id in seen:
            continue
        seen.add(version.pipeline_id)
        for stage in stages_of(version.pk):
            if stage.kind != Stage.Kind.OPEN:
                continue
            for segment in Customer.Tier.values:
                one = counted.get((version.pipeline_id, stage.key, segment))
                window = Window(None, one.counted_at if one else at)
                yield Row(
                    version.pipeline.key,
                    str(version.pipeline),
                    stage,
                    segment,
                    stage_probability(
                        stage.probability,
                        wins=one.wins if one else 0,
                        n=one.decided if one else 0,
                        window=window,
                    ),
                    conversion(one.advanced if one else 0, one.failed if one else 0, window=window),
                    one.still_there if one else 0,
                    one.counted_at if one else None,
                )
