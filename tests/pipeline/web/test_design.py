"""The pages on which a process is designed: every edit is a plain form, checked as the YAML is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pipeline.commands import drafts
from pipeline.commands.pipelines import PipelineDraft, publish
from pipeline.criteria import known_kinds
from pipeline.forms.params import KINDS
from pipeline.models import DefinitionDraft, PipelineVersion
from pipeline.queries.foresight import live_by_stage, stays_of_a_year
from pipeline.serializers.comparison import changes
from pipeline.serializers.definition import read_definition
from tests.cast import NOW
from tests.crm.doors import as_user
from tests.pipeline.sales import advance_to, open_sale
from tests.pipeline.test_definition import SMALL

pytestmark = pytest.mark.django_db
SAID = read_definition(SMALL)
PAGE = "/pipelines/small/draft/"
STAGE = {
    "names_en": "Prove", "names_zh-hans": "验证", "probability": "40", "category": "best_case",
    "kind": "open", "limit_A": "9",
}  # fmt: skip


@pytest.fixture
def small(cast: SimpleNamespace) -> PipelineVersion:
    return publish(draft=SAID, by=cast.otto, at=NOW).version


@pytest.fixture
def otto(cast, small):
    drafts.begin(definition=SAID, by=cast.otto, at=NOW)
    return as_user(cast.otto)


def said() -> PipelineDraft:
    return drafts.definition_of_draft(DefinitionDraft.objects.get())


def edit(client, path, revision=1, **data):
    return client.post(f"{PAGE}{path}", {"revision": revision, **data})


def test_a_stage_is_added_changed_moved_and_removed(otto):
    assert edit(otto, "stage/", **STAGE).status_code == 302
    assert [stage.key for stage in said().stages] == ["talk", "agree", "prove"]
    assert edit(otto, "prove/edit/", 2, do="earlier").status_code == 302
    assert [stage.key for stage in said().stages] == ["talk", "prove", "agree"]
    talk = {"names_en": "Talked", "probability": "20", "category": "pipeline", "kind": "open"}
    assert edit(otto, "talk/edit/", 3, **talk, limit_S="15").status_code == 302
    first = said().stages[0]
    assert (first.key, first.names, dict(first.limits)) == ("talk", {"en": "Talked"}, {"S": 15})
    assert first.criteria == SAID.stages[0].criteria
    assert edit(otto, "talk/edit/", 4, do="remove").status_code == 302
    prove, agree = said().stages
    assert (prove.key, prove.names, float(prove.probability), dict(prove.limits)) == (
        "prove", {"en": "Prove", "zh-hans": "验证"}, 0.4, {"A": 9},
    )  # fmt: skip
    assert agree == SAID.stages[1]


def test_criteria_are_added_by_kind_changed_and_removed(otto):
    kinds = otto.get(f"{PAGE}talk/criterion/").content.decode()
    assert "?kind=met_by" in kinds
    assert "?kind=action_done" not in kinds
    wanted = {
        "texts_en": "The buyer was met", "mandatory": "on", "param_roles": ["economic_buyer"],
        "param_days": "60", "param_our_level": "3",
    }  # fmt: skip
    assert edit(otto, "talk/criterion/?kind=met_by", **wanted).status_code == 302
    added = said().stages[0].criteria[-1]
    assert (added.key, added.kind, added.params, added.mandatory) == (
        "the-buyer-was-met",
        "met_by",
        {"roles": ["economic_buyer"], "days": 60, "our_level": 3},
        True,
    )
    shown = otto.get(f"{PAGE}talk/criteria/the-buyer-was-met/").content.decode()
    assert 'value="60"' in shown
    change = wanted | {"param_days": "30", "mandatory": ""}
    assert edit(otto, "talk/criteria/the-buyer-was-met/", 2, **change).status_code == 302
    changed = said().stages[0].criteria[-1]
    assert (changed.params["days"], changed.mandatory) == (30, False)
    assert edit(otto, "talk/criteria/the-buyer-was-met/", 3, do="remove").status_code == 302
    assert said() == SAID


def test_letters_are_written_as_in_the_yaml(otto):
    wanted = {"texts_en": "Scored", "param_total": "12", "param_letters": "{P: 3, Ch: 2}"}
    edit(otto, "talk/criterion/?kind=meddpicc_at_least", **wanted)
    assert said().stages[0].criteria[-1].params == {"total": 12, "letters": {"P": 3, "Ch": 2}}
    shown = otto.get(f"{PAGE}talk/criteria/scored/").content.decode()
    assert "{P: 3, Ch: 2}" in shown


@pytest.mark.parametrize(
    ("kind", "given", "params"),
    [
        (
            "field_compared",
            {"field": "decision_date", "op": "ge", "value": "2026-05-01"},
            {"field": "decision_date", "op": "ge", "value": "2026-05-01"},
        ),
        (
            "field_compared",
            {"field": "amount", "op": "gt", "value": "0.5", "currency": "CNY"},
            {"field": "amount", "op": "gt", "value": 0.5, "currency": "CNY"},
        ),
        ("confirmed", {"key": "seen", "roles": ["rep"]}, {"key": "seen", "roles": ["rep"]}),
    ],
)
def test_what_a_form_asks_is_what_the_kind_wants(otto, kind, given, params):
    wanted = {"texts_en": "It holds", **{f"param_{name}": value for name, value in given.items()}}
    answer = edit(otto, f"talk/criterion/?kind={kind}", **wanted)
    assert answer.status_code == 302, answer.content.decode()
    assert said().stages[0].criteria[-1].params == params


def test_standard_actions_are_added_changed_moved_and_removed(otto):
    wanted = {"texts_en": "Research", "part": "sponsor", "due_days": "2", "mandatory": "on"}
    assert edit(otto, "talk/action/", **wanted).status_code == 302
    assert edit(otto, "talk/action/", 2, **wanted | {"texts_en": "Call"}).status_code == 302
    assert edit(otto, "talk/actions/call/", 3, do="earlier").status_code == 302
    call, research = said().stages[0].actions
    assert (call.key, research.key, research.part, research.due_days) == (
        "call", "research", "sponsor", 2,
    )  # fmt: skip
    change = wanted | {"link": "https://sheets.example/x", "guide_en": "How"}
    assert edit(otto, "talk/actions/research/", 4, **change).status_code == 302
    assert said().stages[0].actions[1].link == "https://sheets.example/x"
    assert edit(otto, "talk/actions/call/", 5, do="remove").status_code == 302
    assert [each.key for each in said().stages[0].actions] == ["research"]


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("stage/", STAGE | {"probability": "101"}, "less than or equal to 100"),
        ("stage/", STAGE | {"key": "talk"}, "stage talk: named already"),
        ("stage/", STAGE | {"names_en": ""}, "This field is required"),
        ("talk/criterion/?kind=role_named", {"texts_en": "x"}, "This field is required"),
        (
            "talk/criterion/?kind=meddpicc_at_least",
            {"texts_en": "x", "param_letters": "{Z: 9}"},
            "criterion x: params: letters",
        ),
        ("talk/action/", {"texts_en": "x", "part": "owner", "due_days": "-1"}, "greater than or"),
    ],
)
def test_a_mistake_is_said_in_the_form_and_changes_nothing(otto, path, data, sentence):
    answer = edit(otto, path, **data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (said(), DefinitionDraft.objects.get().revision) == (SAID, 1)


def test_the_last_open_stage_stays(otto):
    edit(otto, "talk/edit/", do="remove")
    answer = edit(otto, "agree/edit/", 2, do="remove")
    assert answer.status_code == 400
    assert "give at least one open stage" in answer.content.decode()
    assert len(said().stages) == 1


def test_of_two_editors_the_second_is_told_and_nothing_is_overwritten(otto):
    edit(otto, "stage/", **STAGE)
    before = said()
    for path, data in (("talk/edit/", {"do": "remove"}), ("names/", {"names_en": "Mine"})):
        answer = edit(otto, path, 1, **data)
        assert answer.status_code == 409
        assert "Otto has changed the draft meanwhile" in answer.content.decode()
    answer = edit(otto, "text/", 1, text=SMALL)
    assert (answer.status_code, "pipeline: small" in answer.content.decode()) == (422, True)
    assert said() == before


def test_a_file_with_mistakes_is_told_by_line_and_its_text_stays(otto, cast):
    bad = SMALL.replace("pipeline: small", "pipeline: other").replace("0.2", "7")
    page = otto.post("/pipelines/design/upload/", {"file": SimpleUploadedFile("x", bad.encode())})
    text = page.content.decode()
    assert page.status_code == 422
    assert "line 6" in text
    assert "probability: 7" in text
    good = bad.replace("7", "0.7")
    page = otto.post("/pipelines/design/upload/", {"text": good.replace("\n", "\r\n")})
    assert page["Location"] == "/pipelines/other/draft/"
    made = drafts.definition_of_draft(DefinitionDraft.objects.get(key="other"))
    assert made == read_definition(good)


def test_a_new_pipeline_begins_with_one_stage_and_is_published(otto):
    page = otto.post("/pipelines/design/new/", {"names_en": "Own way", "first_en": "First talk"})
    assert page["Location"] == "/pipelines/own-way/draft/"
    publishing = "/pipelines/own-way/draft/publish/"
    assert "a new pipeline" in otto.get(publishing).content.decode()
    assert otto.post(publishing, {"revision": "1", "over": "0"}).status_code == 302
    assert PipelineVersion.objects.filter(pipeline__key="own-way", number=1).exists()
    assert "Own way" in otto.get("/pipelines/").content.decode()


def test_begin_discard_retire_and_bring_back(otto, cast):
    assert otto.post(f"{PAGE}discard/", {"revision": "1"}).status_code == 302
    assert not DefinitionDraft.objects.exists()
    assert otto.post("/pipelines/small/begin/").status_code == 302
    assert said() == SAID
    publish(draft=replace(SAID, key="own"), by=cast.otto, at=NOW)
    assert otto.post("/pipelines/small/retire/").status_code == 302
    assert "Bring back" in otto.get("/pipelines/").content.decode()
    assert otto.post("/pipelines/small/bring-back/").status_code == 302


def test_every_kind_can_be_asked_for_in_a_form(otto):
    for kind in known_kinds():
        assert otto.get(f"{PAGE}talk/criterion/?kind={kind}").status_code == 200
    assert set(KINDS) <= set(known_kinds())


def test_a_kind_nobody_has_named_is_asked_on_a_line_of_yaml(otto, monkeypatch):
    monkeypatch.delitem(KINDS, "role_named")
    path = "talk/criterion/?kind=role_named"
    wrong = edit(otto, path, texts_en="x", param_params="{roles: [nobody]}")
    assert "unknown &#x27;nobody&#x27;" in wrong.content.decode()
    assert edit(otto, path, texts_en="x", param_params="{roles: [approver]}").status_code == 302
    assert said().stages[0].criteria[-1].params == {"roles": ["approver"]}
    assert "{roles: [approver]}" in otto.get(f"{PAGE}talk/criteria/x/").content.decode()


# --- before publishing --------------------------------------------------------------------


def test_what_changes_is_said_part_by_part():
    talk, agree = SAID.stages
    named, nice = talk.criteria
    new = replace(
        SAID,
        names={"en": "Smaller"},
        stages=(
            agree,
            replace(
                talk,
                names={"en": "Talk first"},
                limits={"A": 7},
                probability=agree.probability,
                criteria=(replace(named, mandatory=False), replace(nice, key="new")),
            ),
            replace(agree, key="prove", names={"en": "Prove"}),
        ),
    )
    found = [(one.stage, one.what, one.part, one.sentence) for one in changes(SAID, new)]
    assert found == [
        ("", "renamed", "pipeline", "Small → Smaller"),
        ("talk", "renamed", "stage", "Talk → Talk first"),
        ("talk", "changed", "probability", "20 % → 80 %"),
        ("talk", "changed", "limits", "A 5 → A 7"),
        ("talk", "changed", "criterion", "A problem is named"),
        ("talk", "added", "criterion", "Its cost is known"),
        ("talk", "removed", "criterion", "Its cost is known"),
        ("prove", "added", "stage", "Prove"),
        ("", "moved", "stage", "Agree, Talk first"),
    ]
    assert changes(SAID, SAID) == []
    gone = [(one.what, one.sentence) for one in changes(SAID, replace(SAID, stages=(agree,)))]
    assert gone == [("removed", "Talk")]


def test_a_year_of_stays_is_held_against_the_limits(cast, small):
    """Acme is of tier A; from Tuesday the 10th of March, 2026, in China."""
    slow = advance_to(open_sale(cast), "agree", NOW + timedelta(days=10))
    open_sale(cast, name="Old", at=NOW - timedelta(days=400))
    open_sale(cast, name="Young", at=NOW + timedelta(days=13))
    now = NOW + timedelta(days=14)
    stays = stays_of_a_year("small", now)
    assert dict(stays.days) == {("talk", "A", 8): 1, ("talk", "A", 1): 1, ("agree", "A", 2): 1}
    assert dict(stays.by_stage) == {"talk": 2, "agree": 1}
    assert dict(stays.over({"talk": {"A": 5}})) == {"talk": 1}
    assert dict(stays.over({"talk": {"A": 8, "S": 1}, "agree": {"A": 1}})) == {"agree": 1}
    assert live_by_stage("small") == {"talk": 2, "agree": 1}
    assert slow.stage == "agree"


def test_days_of_waiting_for_the_customer_raise_no_alarm(cast, small):
    from pipeline.commands import opportunities as verbs

    sale = open_sale(cast)
    until = (NOW + timedelta(days=10)).date()
    sale = verbs.hold(
        sale, by=cast.anna, at=NOW + timedelta(days=1), until=until, reason="They ask the board"
    )
    verbs.resume(sale, by=cast.anna, at=NOW + timedelta(days=8))
    stays = stays_of_a_year("small", NOW + timedelta(days=9))
    assert dict(stays.days) == {("talk", "A", 2): 1}


def test_the_comparison_shows_it_and_publishes_what_was_seen(otto, cast, small):
    advance_to(open_sale(cast), "agree", NOW + timedelta(days=10))
    talk = {"names_en": "Talk", "probability": "20", "category": "pipeline", "kind": "open"}
    edit(otto, "talk/edit/", **talk, limit_A="6")
    edit(otto, "agree/edit/", 2, do="remove")
    text = otto.get(f"{PAGE}publish/").content.decode()
    for words in ("A 5 → A 6", "Agree", "1 sale under way keeps", "alarms would have been raised"):
        assert words in text
    api = otto.get("/api/v1/pipeline-drafts/small/preview/").json()
    assert (api["revision"], api["over"]) == (3, 1)
    assert [(one["key"], one["to"], one["sales"]) for one in api["stages"]] == [
        ("talk", "talk", 0),
        ("agree", "talk", 1),
    ]
    assert otto.post(f"{PAGE}publish/", {"revision": "2", "over": "1"}).status_code == 409
    assert otto.post(f"{PAGE}publish/", {"revision": "3", "over": "0"}).status_code == 409
    assert PipelineVersion.objects.count() == 1
    assert otto.post(f"{PAGE}publish/", {"revision": "3", "over": "1"}).status_code == 302
    assert PipelineVersion.objects.get(number=2).stages.count() == 1
