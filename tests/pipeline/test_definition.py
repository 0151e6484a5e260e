"""Loading a process: every mistake told by its line, the same file changes nothing."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Role
from accounts.queries.users import system_user
from core.errors import Invalid, Refused
from core.models import Event
from pipeline.commands import opportunities as verbs
from pipeline.commands.pipelines import publish
from pipeline.criteria import known_kinds
from pipeline.models import ExitCriterion, PipelineVersion, Stage
from pipeline.queries.pipelines import current_version, versions_in_force
from pipeline.serializers.definition import read_definition
from tests.cast import NOW
from tests.pipeline.conftest import B2B8
from tests.pipeline.sales import advance_to, open_sale, satisfy

SMALL = """\
pipeline: small
names: {en: Small}
stages:
  - key: talk
    names: {en: Talk}
    probability: 0.2
    category: pipeline
    limits: {A: 5}
    criteria:
      - key: named
        kind: field_filled
        params: {fields: [problem]}
        texts: {en: A problem is named}
      - key: nice
        kind: field_filled
        params: {fields: [impact]}
        texts: {en: Its cost is known}
        mandatory: false
  - key: agree
    names: {en: Agree}
    probability: 0.8
    category: commit
"""


def told(text: str) -> list[tuple[int, str]]:
    """The mistakes of a definition, by line."""
    with pytest.raises(Invalid) as caught:
        read_definition(text)
    return [(each["line"], each["problem"]) for each in caught.value.details["lines"]]


def test_b2b8_says_what_the_domain_says():
    draft = read_definition(B2B8.read_text())
    rows = [
        (stage.names["zh-hans"], float(stage.probability), stage.kind, dict(stage.limits))
        for stage in draft.stages
    ]
    assert rows == [
        ("线索验证", 0.05, "open", {"C": 10, "B": 10, "A": 10, "S": 15}),
        ("机会立项", 0.15, "open", {"C": 10, "B": 10, "A": 15, "S": 20}),
        ("需求与决策链", 0.3, "open", {"C": 15, "B": 15, "A": 20, "S": 30}),
        ("方案价值验证", 0.5, "open", {"C": 20, "B": 20, "A": 30, "S": 45}),
        ("报价投标", 0.65, "open", {"C": 15, "B": 15, "A": 20, "S": 30}),
        ("谈判签约", 0.85, "open", {"C": 15, "B": 15, "A": 20, "S": 30}),
        ("交付验收", 1.0, "after_win", {}),
        ("回款复盘转介绍", 1.0, "after_win", {}),
    ]
    for stage in draft.stages:
        assert set(stage.names) == set(stage.buyer_states) == {"en", "zh-hans", "zh-hant"}
        assert stage.criteria
        for criterion in stage.criteria:
            assert set(criterion.texts) == {"en", "zh-hans", "zh-hant"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("pipeline: small", "pipeline: Small!", (1, "pipeline: 'Small!' is not a key")),
        ("names: {en: Small}", "names: {fr: Petit}", (2, "names: unknown key 'fr'")),
        ("key: talk", "key: agree", (19, "stage agree: named already in line 4")),
        ("probability: 0.2", "probability: 20 %", (6, "stage talk: probability: give a number")),
        ("probability: 0.8", "probability: .nan", (21, "stage agree: probability: give a number")),
        ("probability: 0.8", "probability: NaN", (21, "stage agree: probability: give a number")),
        ("category: commit", "category: sure", (22, "stage agree: category: 'sure' is none of")),
        ("limits: {A: 5}", "limits: {D: 5}", (8, "stage talk: limits: unknown key 'D'")),
        ("limits: {A: 5}", "limits: {A: 0}", (8, "stage talk: limits: A: give working days")),
        ("limits: {A: 5}", "limits: {A: yes}", (8, "stage talk: limits: A: give working days")),
        ("limits: {A: 5}", "limits: 5", (8, "stage talk: limits: give a mapping")),
        ("limits: {A: 5}", "limit: {A: 5}", (8, "stage: unknown key 'limit'")),
        ("kind: field_filled", "kind: magic", (11, "stage talk: criterion named: kind: 'magic'")),
        ("[problem]", "[stage]", (12, "stage talk: criterion named: params: fields: unknown")),
        ("{fields: [problem]}", "{}", (12, "stage talk: criterion named: params: fields: give")),
        ("texts: {en: A problem is named}", "texts: {en: ''}", (13, "texts: en: give a text")),
        ("mandatory: false", "mandatory: maybe", (18, "mandatory: give true or false")),
        ("key: nice", "key: named", (14, "stage talk: criterion named is given twice")),
        ("    names: {en: Agree}\n", "", (19, "stage: names is missing")),
        ("names: {en: Talk}", "names: {en: Talk", (6, "")),
        ("pipeline: small", "pipeline: small\npipeline: big", (2, "pipeline is given twice")),
    ],
)
def test_a_mistake_is_told_by_its_line(old, new, expected):
    assert SMALL.count(old) >= 1
    mistakes = told(SMALL.replace(old, new, 1))
    line, sentence = expected
    assert any(at == line and sentence in problem for at, problem in mistakes), mistakes


@pytest.mark.parametrize(
    "text", ["", "[]", "just words", "stages: []", "\x00", "a: &a [*a]", "!!x y"]
)
def test_what_is_no_definition_at_all(text):
    assert told(text)


def test_all_mistakes_are_told_at_once():
    assert (
        len(told(SMALL.replace("0.2", "2").replace("commit", "sure").replace("en: T", "x: T"))) >= 3
    )


def test_an_open_stage_cannot_follow_one_after_winning():
    text = SMALL.replace("  - key: talk\n", "  - key: talk\n    kind: after_win\n")
    assert (20, "stage agree: an open stage cannot follow one after winning") in told(text)


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_a_change_is_a_new_version(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    said = StringIO()
    call_command("load_pipeline", path, stdout=said)
    path.write_text("# a remark\n" + SMALL.replace("{A: 5}", "{A:   5}"))
    call_command("load_pipeline", path, stdout=said)
    assert said.getvalue().splitlines() == [
        "published small version 1, 2 stages",
        "holds already, nothing changed: small version 1, 2 stages",
    ]
    assert (PipelineVersion.objects.count(), Stage.objects.count()) == (1, 2)
    path.write_text(SMALL.replace("{A: 5}", "{A: 6}"))
    call_command("load_pipeline", path, stdout=said)
    assert said.getvalue().splitlines()[-1] == "published small version 2, 2 stages"
    path.write_text(SMALL)
    call_command("load_pipeline", path, stdout=said)
    assert current_version("small").number == 3
    assert Event.objects.filter(name="pipeline.published").count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "No such file"),
        (b"\xff\xfe\x00", "not UTF-8 at byte 0"),
        (b"pipeline: x\nstages: 5\n", ":2: stages: give a list"),
    ],
)
def test_the_command_fails_in_one_sentence_and_loads_nothing(tmp_path, content, expected):
    path = tmp_path / "bad.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=expected):
        call_command("load_pipeline", path)
    assert not PipelineVersion.objects.exists()


@pytest.mark.django_db
def test_only_keepers_publish(cast):
    draft = read_definition(SMALL)
    for who in ("anna", "boris", "dora"):
        with pytest.raises(Refused):
            publish(draft=draft, by=getattr(cast, who), at=NOW)
    assert not PipelineVersion.objects.exists()
    assert cast.otto.role == Role.ADMINISTRATOR
    assert publish(draft=draft, by=cast.otto, at=NOW).is_new


@pytest.mark.django_db
def test_sales_under_way_keep_their_version(cast, b2b8):
    old = open_sale(cast)
    text = B2B8.read_text().replace("  - key: qualify", "  - key: qualify-again")
    new = publish(draft=read_definition(text), by=system_user(), at=NOW).version
    assert [version.number for version in versions_in_force()] == [2]
    moved = verbs.advance(satisfy(old, NOW), by=cast.anna, at=NOW)
    assert (moved.version, moved.stage) == (b2b8, "qualify")
    fresh = open_sale(cast, name="Fresh")
    assert fresh.version == new
    fresh = verbs.advance(satisfy(fresh, NOW), by=cast.anna, at=NOW)
    assert fresh.stage == "qualify-again"


@pytest.mark.django_db
def test_an_optional_criterion_does_not_shut_the_gate_and_a_sale_can_end_without_delivery(cast):
    publish(draft=read_definition(SMALL), by=system_user(), at=NOW)
    sale = advance_to(open_sale(cast), "agree")
    first = sale.transitions.get(name="advance")
    nice = ExitCriterion.objects.get(key="nice")
    assert nice.pk not in first.criteria_met
    won = verbs.win(sale, by=cast.anna, at=first.at)
    assert (won.stage, won.state, won.closed_at) == ("agree", "won", first.at)
    assert not won.visits.filter(left_at=None).exists()


def test_every_kind_of_criterion_is_documented():
    text = (Path(settings.BASE_DIR) / "docs" / "pipelines.md").read_text()
    for kind in known_kinds():
        assert f"`{kind}`" in text
