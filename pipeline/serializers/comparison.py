"""What a definition would change in the one in force, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from pipeline.commands.pipelines import ActionDraft, CriterionDraft, PipelineDraft, StageDraft
from pipeline.models import Stage
from pipeline.models.definition import in_language

Part = TypeVar("Part", StageDraft, CriterionDraft, ActionDraft)


@dataclass(frozen=True)
class Change:
    """One difference; `stage` is the key of the stage it is about, empty for the whole.

    `what` is added, removed, renamed, moved or changed.
    """

    stage: str
    what: str
    part: str
    sentence: str


def changes(old: PipelineDraft, new: PipelineDraft) -> list[Change]:
    """Every difference, in the order of the new stages, what goes away last."""
    found = []
    if dict(old.names) != dict(new.names):
        sentence = _arrow(_text(old.names), _text(new.names))
        found.append(Change("", "renamed", "pipeline", sentence))
    before = _by_key(old.stages)
    for stage in new.stages:
        if stage.key not in before:
            found.append(Change(stage.key, "added", "stage", _text(stage.names)))
        else:
            found += _of_stage(before[stage.key], stage)
    gone = before.keys() - _by_key(new.stages).keys()
    found += [
        Change(stage.key, "removed", "stage", _text(stage.names))
        for stage in old.stages
        if stage.key in gone
    ]
    return [*found, *_moved("", "stage", old.stages, new.stages)]


def _of_stage(old: StageDraft, new: StageDraft) -> Iterator[Change]:
    key = new.key
    if dict(old.names) != dict(new.names):
        yield Change(key, "renamed", "stage", _arrow(_text(old.names), _text(new.names)))
    if dict(old.buyer_states) != dict(new.buyer_states):
        said = _arrow(_text(old.buyer_states), _text(new.buyer_states))
        yield Change(key, "changed", "buyer_state", said)
    if old.probability != new.probability:
        said = _arrow(_percent(old.probability), _percent(new.probability))
        yield Change(key, "changed", "probability", said)
    if old.category != new.category:
        said = _arrow(Stage.Category(old.category).label, Stage.Category(new.category).label)
        yield Change(key, "changed", "category", said)
    if old.kind != new.kind:
        said = _arrow(Stage.Kind(old.kind).label, Stage.Kind(new.kind).label)
        yield Change(key, "changed", "kind", said)
    if dict(old.limits) != dict(new.limits):
        yield Change(key, "changed", "limits", _arrow(_limits(old.limits), _limits(new.limits)))
    yield from _of_parts(key, "criterion", old.criteria, new.criteria)
    yield from _of_parts(key, "action", old.actions, new.actions)


def _of_parts(
    stage: str, part: str, old: tuple[Part, ...], new: tuple[Part, ...]
) -> Iterator[Change]:
    before, after = _by_key(old), _by_key(new)
    for key, each in after.items():
        if key not in before:
            yield Change(stage, "added", part, _name(each))
        elif each != before[key]:
            yield Change(stage, "changed", part, _name(each))
    for key, each in before.items():
        if key not in after:
            yield Change(stage, "removed", part, _name(each))
    yield from _moved(stage, part, old, new)


def _moved(stage: str, part: str, old: tuple[Part, ...], new: tuple[Part, ...]) -> Iterator[Change]:
    """One line where what both have stands in another order."""
    before, after = _by_key(old), _by_key(new)
    was = [key for key in before if key in after]
    now = [key for key in after if key in before]
    if was != now:
        yield Change(stage, "moved", part, _(", ").join(_name(after[key]) for key in now))


def _by_key(parts: tuple[Part, ...]) -> dict[str, Part]:
    return {part.key: part for part in parts}


def _name(part: StageDraft | CriterionDraft | ActionDraft) -> str:
    return _text(part.names if isinstance(part, StageDraft) else part.texts)


def _text(texts: Mapping[str, str]) -> str:
    return in_language(dict(texts)) or "–"


def _arrow(was: Any, now: Any) -> str:
    return f"{was} → {now}"


def _percent(share: Decimal) -> str:
    return f"{float(share * 100):g} %"


def _limits(limits: Mapping[str, int]) -> str:
    return " ".join(f"{tier} {limits[tier]}" for tier in "SABC" if tier in limits) or "–"
