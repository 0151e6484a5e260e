"""How sales are told on the timeline of their customer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from crm.queries.stories import tell
from pipeline.models import ForecastOverride, MeddpiccScore, Opportunity, Waiver
from pipeline.models.definition import in_language, stages_of


def sales(ids: set[int]) -> dict[int, dict[str, Any]]:
    """Name and pipeline version of each sale, in one query."""
    rows = Opportunity.objects.filter(pk__in=ids).values_list("pk", "name", "version_id")
    return {pk: {"sale": name, "version": version} for pk, name, version in rows}


def stages(data: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of stages become their names in the page's language."""
    version = data.get("version")
    names = {stage.key: str(stage) for stage in stages_of(version)} if version else {}
    states = dict(Opportunity.State.choices)
    keys = [word for word in ("from_stage", "to_stage") if word in data]
    more = {word: names.get(data[word], data[word]) for word in keys}
    if "outcome" in data:
        more["outcome"] = str(states.get(data["outcome"], data["outcome"]))
    if "until" in data:
        more["until_date"] = str(data["until"])[:10]
    return {**data, **more}


def _tell(name: str, sentence: str, icon: str, tone: str = "") -> None:
    tell(
        f"opportunity.{name}",
        sentence,
        icon,
        tone,
        topic="opportunities",
        prepare=stages,
        subjects=sales,
        url="/opportunities/{id}/",
    )


_tell("opened", gettext_noop("opened the opportunity {sale}"), "square-plus", "info")
_tell("changed", gettext_noop("changed the opportunity {sale}"), "pencil")
_tell("imported", gettext_noop("imported the opportunity {sale}"), "download")
_tell(
    "advanced",
    gettext_noop("moved {sale} from {from_stage} to {to_stage}"),
    "arrow-right",
    "good",
)
_tell(
    "sent_back",
    gettext_noop("sent {sale} back from {from_stage} to {to_stage}"),
    "arrow-left",
    "soon",
)
_tell("held", gettext_noop("waits with {sale} until {until_date}"), "hourglass", "wait")
_tell("resumed", gettext_noop("goes on with {sale}"), "play")
_tell("won", gettext_noop("won {sale}"), "trophy", "good")
_tell("lost", gettext_noop("closed {sale}: {outcome}"), "circle-x", "late")
_tell("reopened", gettext_noop("opened {sale} again"), "rotate-ccw", "info")


def waived(ids: set[int]) -> dict[int, dict[str, Any]]:
    """The sale and the criterion of each waiver, in one query."""
    rows = Waiver.objects.filter(pk__in=ids).select_related("opportunity", "criterion")
    return {
        row.pk: {
            "sale": row.opportunity.name,
            "texts": row.criterion.texts,
            "reason": row.reason,
            "note": row.note,
        }
        for row in rows
    }


def waiver_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """The criterion in the page's language."""
    return {**data, "criterion": in_language(data.get("texts", {}))}


for _name, _sentence, _tone in (
    ("asked", gettext_noop("asked to let “{criterion}” of {sale} pass: {reason}"), "soon"),
    ("granted", gettext_noop("let “{criterion}” of {sale} pass until {until_date}"), "good"),
    ("refused", gettext_noop("did not let “{criterion}” of {sale} pass: {note}"), "late"),
    ("withdrawn", gettext_noop("took back the request for “{criterion}” of {sale}"), ""),
    ("ended", gettext_noop("ended the waiver of “{criterion}” for {sale}"), ""),
):
    tell(
        f"waiver.{_name}",
        _sentence,
        "shield-check" if _name == "granted" else "shield-question-mark",
        _tone,
        topic="opportunities",
        prepare=waiver_words,
        subjects=waived,
    )


def letters(data: Mapping[str, Any]) -> dict[str, Any]:
    """The key of a letter becomes its name in the page's language."""
    names = dict(MeddpiccScore.Letter.choices)
    key = data.get("letter", "")
    return {**data, "letter": str(names.get(key, key))}


tell(
    "meddpicc.scored",
    gettext_noop("scored {letter} of {sale}: {from} → {to}, in all {total} of 24"),
    "gauge",
    topic="opportunities",
    prepare=letters,
    subjects=sales,
    url="/opportunities/{id}/?tab=case",
)


def expectations(data: Mapping[str, Any]) -> dict[str, Any]:
    """Side, category and probability in the page's language; a dash where the stage says it."""
    sides, categories = dict(ForecastOverride.Side.choices), dict(ForecastOverride.CATEGORIES)
    category, probability = data["category"][1], data["probability"][1]
    percent = "–" if probability is None else f"{Decimal(probability) * 100:.1f} %"
    return {
        **data,
        "side": str(sides[data["side"]]),
        "category": str(categories.get(category, "–")),
        "percent": percent.replace(".0 %", " %"),
    }


tell(
    "opportunity.forecast_set",
    gettext_noop("({side}) expects of {sale}: {category}, {percent}. {reason}"),
    "scale",
    topic="opportunities",
    prepare=expectations,
    subjects=sales,
    url="/opportunities/{id}/",
)


def _tell_of_case(name: str, sentence: str, icon: str, tone: str = "") -> None:
    """Something written down under “Why us”, told with the name of its sale."""
    tell(
        name,
        sentence,
        icon,
        tone,
        topic="opportunities",
        subjects=sales,
        url="/opportunities/{id}/?tab=case",
    )


_tell_of_case("pain.noted", gettext_noop("noted a pain of the customer in {sale}"), "activity")
_tell_of_case("pain.changed", gettext_noop("wrote a pain down better in {sale}"), "pencil")
_tell_of_case(
    "pain.confirmed",
    gettext_noop("had the customer confirm a pain in {sale}"),
    "check",
    "good",
)
_tell_of_case("pain.dropped", gettext_noop("dropped a pain in {sale}"), "circle-x")
_tell_of_case("solution_line.added", gettext_noop("answered a pain in {sale}"), "gem")
_tell_of_case("solution_line.changed", gettext_noop("changed an answer in {sale}"), "pencil")
_tell_of_case(
    "solution_line.confirmed",
    gettext_noop("had the customer confirm an answer in {sale}"),
    "check",
    "good",
)
_tell_of_case("solution_line.dropped", gettext_noop("dropped an answer in {sale}"), "circle-x")

_tell_of_case("rival.noted", gettext_noop("noted a competitor in {sale}"), "swords")
_tell_of_case(
    "rival.changed", gettext_noop("wrote down what is new of a competitor in {sale}"), "swords"
)
_tell_of_case(
    "proposal.added",
    gettext_noop("wrote version {version} of the proposal for {sale}"),
    "file-text",
    "info",
)
_tell_of_case(
    "proposal.made_current",
    gettext_noop("made version {version} of the proposal for {sale} current"),
    "file-text",
)
_tell_of_case(
    "proposal.approved",
    gettext_noop("approved version {version} of the proposal for {sale}"),
    "badge-check",
    "good",
)
_tell_of_case(
    "proposal.sent",
    gettext_noop("sent version {version} of the proposal for {sale} to the customer"),
    "send",
    "info",
)

_tell_of_case(
    "criterion.confirmed",
    gettext_noop("confirmed with evidence what the stage of {sale} asks for"),
    "check",
    "good",
)
_tell_of_case(
    "criterion.taken_back", gettext_noop("took a confirmation in {sale} back"), "undo-2", "soon"
)
