"""Designing a process: drafts that nobody overwrites unseen, publishing, and taking out of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from core.errors import Conflict, Invalid, NotFound, Refused
from core.models import Event
from pipeline.commands import drafts, retirement
from pipeline.commands.pipelines import definition_of, publish
from pipeline.models import DefinitionDraft, Opportunity, PipelineVersion
from pipeline.queries.pipelines import current_version, versions_in_force
from pipeline.serializers.definition import read_definition, read_document
from pipeline.serializers.document import document_of
from tests.cast import NOW
from tests.crm.doors import as_user, send
from tests.pipeline.sales import open_sale
from tests.pipeline.test_definition import SMALL

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
SAID = read_definition(SMALL)
NEXT = replace(SAID, names={"en": "Smaller"})


@pytest.fixture
def small(cast: SimpleNamespace) -> PipelineVersion:
    return publish(draft=SAID, by=cast.otto, at=NOW).version


def begin(cast, definition=SAID, by=None, at=LATER) -> DefinitionDraft:
    return drafts.begin(definition=definition, by=by or cast.otto, at=at)


def rows() -> tuple:
    """All that designing may change."""
    return (
        list(DefinitionDraft.objects.values_list()),
        list(PipelineVersion.objects.values_list("pipeline__key", "number", "digest")),
        list(PipelineVersion.objects.values_list("pipeline__retired_at", flat=True)),
        Event.objects.count(),
    )


def test_a_draft_is_begun_changed_and_published(cast, small):
    draft = begin(cast)
    assert (draft.base, draft.revision) == (small, 1)
    assert drafts.definition_of_draft(DefinitionDraft.objects.get()) == SAID
    draft = drafts.change(draft, definition=NEXT, revision=1, by=cast.otto, at=LATER)
    assert (draft.revision, draft.changed_at) == (2, LATER)
    assert current_version("small") == small

    version = drafts.publish_draft(draft, revision=2, over=1, by=cast.otto, at=LATER)

    assert (version.number, definition_of(version)) == (2, NEXT)
    assert not DefinitionDraft.objects.exists()
    assert list(
        Event.objects.order_by("pk").values_list("name", flat=True).filter(name__startswith="pipe")
    ) == [
        "pipeline.published",
        "pipeline.draft_begun",
        "pipeline.draft_changed",
        "pipeline.published",
    ]


def test_a_new_pipeline_is_designed_from_nothing(cast, small):
    draft = begin(cast, replace(SAID, key="own"))
    assert draft.base is None
    version = drafts.publish_draft(draft, revision=1, over=0, by=cast.otto, at=LATER)
    assert (version.pipeline.key, version.number) == ("own", 1)
    assert {one.pipeline.key for one in versions_in_force()} == {"small", "own"}


def test_of_two_editors_the_second_is_refused_and_nothing_is_overwritten(cast, small):
    draft = begin(cast)
    drafts.change(draft, definition=NEXT, revision=1, by=cast.otto, at=LATER)
    before = rows()
    again = {"revision": 1, "by": cast.otto, "at": LATER}
    for act in (
        lambda: drafts.change(draft, definition=SAID, **again),
        lambda: drafts.discard(draft, **again),
        lambda: drafts.publish_draft(draft, over=1, **again),
    ):
        with pytest.raises(Conflict, match="Otto has changed the draft") as caught:
            act()
        assert (caught.value.code, caught.value.details) == ("draft_changed", {"revision": 2})
    assert rows() == before


def test_one_draft_for_each_pipeline(cast, small):
    begin(cast)
    before = rows()
    with pytest.raises(Conflict, match="Otto changed it last"):
        begin(cast, NEXT)
    assert rows() == before


def test_a_draft_keeps_its_key(cast, small):
    draft = begin(cast)
    other = replace(SAID, key="other")
    with pytest.raises(Invalid, match="keeps its key"):
        drafts.change(draft, definition=other, revision=1, by=cast.otto, at=LATER)
    assert DefinitionDraft.objects.get().revision == 1


def test_what_came_into_force_meanwhile_is_compared_first(cast, small):
    draft = begin(cast, NEXT)
    publish(draft=replace(SAID, names={"en": "By file"}), by=cast.otto, at=LATER)
    before = rows()
    with pytest.raises(Conflict, match="Another version has come into force"):
        drafts.publish_draft(draft, revision=1, over=1, by=cast.otto, at=LATER)
    assert rows() == before
    assert drafts.publish_draft(draft, revision=1, over=2, by=cast.otto, at=LATER).number == 3


def test_what_says_the_same_is_not_published_again(cast, small):
    draft = begin(cast)
    before = rows()
    with pytest.raises(Conflict, match="says what the version in force says"):
        drafts.publish_draft(draft, revision=1, over=1, by=cast.otto, at=LATER)
    assert rows() == before


def test_a_discarded_draft_is_gone_and_cannot_be_changed(cast, small):
    draft = begin(cast)
    drafts.discard(draft, revision=1, by=cast.otto, at=LATER)
    assert not DefinitionDraft.objects.exists()
    with pytest.raises(NotFound, match="published or discarded"):
        drafts.change(draft, definition=NEXT, revision=1, by=cast.otto, at=LATER)


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
def test_only_keepers_design(cast, small, who):
    draft = begin(cast)
    user, before = getattr(cast, who), rows()
    seen = {"by": user, "at": LATER}
    for act in (
        lambda: drafts.begin(definition=replace(SAID, key="own"), **seen),
        lambda: drafts.change(draft, definition=NEXT, revision=1, **seen),
        lambda: drafts.discard(draft, revision=1, **seen),
        lambda: drafts.publish_draft(draft, revision=1, over=1, **seen),
        lambda: retirement.retire(small.pipeline, **seen),
        lambda: retirement.bring_back(small.pipeline, **seen),
    ):
        with pytest.raises(Refused):
            act()
    assert rows() == before


def test_a_start_of_the_servers_leaves_alone_what_was_designed_here(cast, tmp_path):
    path, said = tmp_path / "small.yaml", StringIO()
    path.write_text(SMALL)
    call_command("load_pipeline", path, "--keep-own", stdout=said)
    publish(draft=NEXT, by=cast.otto, at=NOW)
    call_command("load_pipeline", path, "--keep-own", stdout=said)
    assert said.getvalue().splitlines() == [
        "published small version 1, 2 stages",
        "left alone: small, it was designed here",
    ]
    assert definition_of(current_version("small")) == NEXT


# --- taking out of use --------------------------------------------------------------------


def test_a_retired_pipeline_opens_no_new_sales_and_those_under_way_run_on(cast, small):
    old = open_sale(cast)
    other = publish(draft=replace(SAID, key="own"), by=cast.otto, at=NOW).version
    retired = retirement.retire(small.pipeline, by=cast.otto, at=LATER)
    assert retired.retired_at == LATER
    assert (current_version(), list(versions_in_force())) == (other, [other])
    with pytest.raises(Conflict, match="Small is retired"):
        open_sale(cast, version=PipelineVersion.objects.get(pk=small.pk), name="New")
    with pytest.raises(Conflict, match="Bring it back first"):
        publish(draft=NEXT, by=cast.otto, at=LATER)
    assert open_sale(cast, name="Other").version == other
    assert Opportunity.objects.get(version=small) == old

    retirement.bring_back(small.pipeline, by=cast.otto, at=LATER)
    assert open_sale(cast, name="Again").version == small


def test_the_database_refuses_a_sale_of_a_retired_pipeline(cast, small):
    sale = open_sale(cast)
    publish(draft=replace(SAID, key="own"), by=cast.otto, at=NOW)
    retirement.retire(small.pipeline, by=cast.otto, at=LATER)
    sale.pk, sale.ledger_seq = None, 0
    refusal = pytest.raises(DatabaseError, match="a retired pipeline opens no new sales")
    with refusal, transaction.atomic():
        sale.save(force_insert=True)
    assert Opportunity.objects.count() == 1


def test_the_last_pipeline_in_use_stays(cast, small):
    before = rows()
    with pytest.raises(Conflict, match="the only pipeline in use"):
        retirement.retire(small.pipeline, by=cast.otto, at=LATER)
    with pytest.raises(Conflict, match="It is in use already"):
        retirement.bring_back(small.pipeline, by=cast.otto, at=LATER)
    assert rows() == before


def test_nothing_is_retired_twice(cast, small):
    publish(draft=replace(SAID, key="own"), by=cast.otto, at=NOW)
    retirement.retire(small.pipeline, by=cast.otto, at=NOW)
    with pytest.raises(Conflict, match="retired already"):
        retirement.retire(small.pipeline, by=cast.otto, at=LATER)
    small.pipeline.refresh_from_db()
    assert small.pipeline.retired_at == NOW


# --- over the API -------------------------------------------------------------------------


def test_designing_over_the_api(cast, small):
    otto = as_user(cast.otto)
    made = send(otto, "POST", "/api/v1/pipeline-drafts/", {"pipeline": "small"})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["key"], body["base"], body["revision"]) == ("small", 1, 1)
    assert read_document(body["definition"]) == SAID
    wanted = {"revision": 1, "definition": document_of(NEXT)}
    path = "/api/v1/pipeline-drafts/small/"
    assert send(otto, "PATCH", path, wanted).json()["revision"] == 2
    assert send(otto, "PATCH", path, wanted).json()["code"] == "draft_changed"
    assert send(otto, "PATCH", path, {"definition": document_of(NEXT)}).status_code == 400
    published = send(otto, "POST", path + "publish/", {"revision": 2, "over": 1})
    assert (published.status_code, published.json()["number"]) == (201, 2)
    assert otto.get(path).status_code == 404


def test_a_mistake_over_the_api_names_what_has_to_be_mended(cast, small):
    document = document_of(SAID)
    document["stages"][0]["probability"] = 7
    document["stages"][1]["key"] = "talk"
    answer = send(as_user(cast.otto), "POST", "/api/v1/pipeline-drafts/", {"definition": document})
    assert answer.status_code == 400
    assert "stage talk: named already" in str(answer.json()["errors"])
    assert "stage talk: probability: give a number from 0 to 1" in str(answer.json()["errors"])
    assert not DefinitionDraft.objects.exists()


@pytest.mark.parametrize("body", [{}, {"pipeline": "small", "definition": {}}])
def test_either_a_pipeline_or_a_definition(cast, small, body):
    answer = send(as_user(cast.otto), "POST", "/api/v1/pipeline-drafts/", body)
    assert (answer.status_code, DefinitionDraft.objects.count()) == (400, 0)


def test_discarding_and_retiring_over_the_api(cast, small):
    otto = as_user(cast.otto)
    begin(cast)
    assert send(otto, "DELETE", "/api/v1/pipeline-drafts/small/").status_code == 204
    assert send(otto, "POST", "/api/v1/pipelines/small/retire/", {}).status_code == 409
    publish(draft=replace(SAID, key="own"), by=cast.otto, at=NOW)
    assert send(otto, "POST", "/api/v1/pipelines/small/retire/", {}).status_code == 200
    assert send(otto, "POST", "/api/v1/pipelines/small/bring-back/", {}).status_code == 200
    assert not DefinitionDraft.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "pipeline-drafts/small/", 404),
        ("POST", "pipeline-drafts/", 403),
        ("PATCH", "pipeline-drafts/small/", 404),
        ("DELETE", "pipeline-drafts/small/", 404),
        ("POST", "pipeline-drafts/small/publish/", 404),
        ("POST", "pipelines/small/retire/", 403),
        ("POST", "pipelines/small/bring-back/", 403),
    ],
)
def test_the_doors_are_shut_to_others(cast, small, method, path, status):
    begin(cast)
    before = rows()
    body = {"pipeline": "small", "revision": 1, "over": 1, "definition": document_of(NEXT)}
    if path == "pipeline-drafts/":
        body = {"definition": document_of(replace(SAID, key="own"))}
    for who in (cast.anna, cast.boris, cast.dora):
        answer = send(as_user(who), method, f"/api/v1/{path}", body)
        assert answer.status_code == status, who
        assert rows() == before
        assert as_user(who).get("/api/v1/pipeline-drafts/").json()["results"] == []
