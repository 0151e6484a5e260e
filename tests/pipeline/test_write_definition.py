"""A process written out is the same process when it is read again, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.queries.users import system_user
from core.errors import Invalid
from pipeline.commands.pipelines import (
    ActionDraft,
    CriterionDraft,
    PipelineDraft,
    StageDraft,
    definition_of,
    publish,
)
from pipeline.serializers.definition import read_definition
from pipeline.serializers.document import write_definition
from tests.cast import NOW
from tests.crm.doors import as_user
from tests.pipeline.conftest import default_pipeline
from tests.pipeline.test_definition import SMALL

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30
).filter(lambda text: text.strip() == text)
TEXTS = st.fixed_dictionaries({"en": WORDS}, optional={"zh-hans": WORDS, "zh-hant": WORDS})
GUIDES = st.one_of(st.just({}), TEXTS)
KEYS = st.from_regex(r"\A[a-z][a-z0-9-]{0,20}\Z").filter(lambda key: not key.startswith("do-"))
PARAMS = st.sampled_from(
    [
        ("field_filled", {"fields": ["problem", "impact"]}),
        ("activity_held", {"kinds": ["call"], "min": 2, "with_contact": True}),
        ("coverage_at_least", {"share": 0.65}),
        ("coverage_at_least", {"share": 1e-05}),
        ("attitude_at_least", {"roles": ["economic_buyer"], "value": -1}),
        ("no_veto_against", {}),
    ]
)
CRITERIA = st.builds(
    lambda key, kind, texts, mandatory: CriterionDraft(key, *kind, texts, mandatory),
    KEYS, PARAMS, TEXTS, st.booleans(),
)  # fmt: skip
ACTIONS = st.builds(
    ActionDraft,
    key=KEYS,
    texts=TEXTS,
    due_days=st.integers(0, 1000),
    part=st.sampled_from(["owner", "sponsor"]),
    mandatory=st.booleans(),
    guides=GUIDES,
    link=st.sampled_from(["", "https://sheets.example/a?b=c#d: e"]),
)


def several(each, least=0):
    return st.lists(each, min_size=least, max_size=3, unique_by=lambda one: one.key).map(tuple)


STAGES = st.builds(
    StageDraft,
    key=KEYS,
    kind=st.just("open"),
    names=TEXTS,
    buyer_states=GUIDES,
    probability=st.integers(0, 1000).map(lambda n: (Decimal(n) / 1000).quantize(Decimal("0.001"))),
    category=st.sampled_from(["omitted", "best_case"]),
    limits=st.dictionaries(st.sampled_from("SABC"), st.integers(1, 1000)),
    criteria=several(CRITERIA),
    actions=several(ACTIONS),
)
DEFINITIONS = st.builds(PipelineDraft, key=KEYS, names=TEXTS, stages=several(STAGES, 1))


@settings(max_examples=60, deadline=None)
@given(DEFINITIONS)
def test_what_is_written_reads_back_to_the_same(definition):
    again = read_definition(write_definition(definition))
    assert again == definition
    assert again.digest == definition.digest


@pytest.mark.parametrize("text", ['"a\\0b"', '"\\ud800"'])
def test_a_text_no_database_can_keep_is_a_mistake_with_its_line(text):
    with pytest.raises(Invalid) as caught:
        read_definition(SMALL.replace("A problem is named", text))
    assert [each["line"] for each in caught.value.details["lines"]] == [13]


@pytest.mark.django_db
def test_each_version_is_written_as_it_was_published(cast, b2b8):
    renamed = read_definition(write_definition(default_pipeline()).replace("en: B2B-8", "en: B8"))
    new = publish(draft=renamed, by=system_user(), at=NOW).version
    b2b8.refresh_from_db()
    assert definition_of(b2b8) == default_pipeline()
    assert definition_of(b2b8).digest == b2b8.digest
    assert definition_of(new).digest == new.digest != b2b8.digest


@pytest.mark.django_db
def test_the_same_file_by_command_page_and_api(cast, b2b8):
    said = StringIO()
    call_command("dump_pipeline", "b2b-8", stdout=said)
    page = as_user(cast.anna).get("/pipelines/b2b-8/definition.yaml")
    api = as_user(cast.anna).get("/api/v1/pipelines/b2b-8/definition/").json()
    of_version = as_user(cast.anna).get("/api/v1/pipelines/b2b-8/versions/1/definition/").json()

    assert said.getvalue() == page.content.decode() == api["yaml"]
    assert page["Content-Disposition"] == 'attachment; filename="b2b-8-1.yaml"'
    assert (api["pipeline"], api["number"], api["digest"]) == ("b2b-8", 1, b2b8.digest)
    assert of_version == api


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/pipelines/other/definition.yaml",
        "/pipelines/b2b-8/definition.yaml?version=2",
        "/api/v1/pipelines/other/definition/",
        "/api/v1/pipelines/b2b-8/versions/99999999999999999999/definition/",
    ],
)
def test_what_was_never_published_is_not_there(cast, b2b8, path):
    assert as_user(cast.otto).get(path).status_code == 404


@pytest.mark.django_db
def test_the_command_says_in_one_sentence_what_is_not_there(b2b8):
    with pytest.raises(CommandError, match=r"^other: No such pipeline has been published\.$"):
        call_command("dump_pipeline", "other")
    with pytest.raises(CommandError, match="No such pipeline has been published"):
        call_command("dump_pipeline", "b2b-8", number=2)


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_is_read_back(mark):
    definition = read_definition(SMALL)
    [stage, *rest] = definition.stages
    criterion = replace(stage.criteria[0], texts={"en": f"A problem{mark}is named"})
    changed = replace(
        definition, stages=(replace(stage, criteria=(criterion, *stage.criteria[1:])), *rest)
    )

    assert read_definition(write_definition(changed)) == changed
