"""The pages of processes x each kind of person -> status, and that a refusal changed nothing.

Everybody may read a process; who designs it is the administrator alone, and to others a draft does
not exist. The columns: nobody signed in, a rep, a manager, a director, the administrator.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.queries.users import system_user
from core.models import Event
from pipeline import urls
from pipeline.commands import drafts
from pipeline.commands.pipelines import publish
from pipeline.models import DefinitionDraft, Pipeline, PipelineVersion
from tests.cast import NOW, gather
from tests.kept import admitted, ticket
from tests.pipeline.conftest import default_pipeline

pytestmark = pytest.mark.django_db
WHO = ("nobody", "anna", "boris", "dora", "otto")
ALL = (302, 200, 200, 200, 200)
KEEPER = (302, 403, 403, 403, 200)
DRAFT = (302, 404, 404, 404, 200)
HOME = "/pipelines/b2b-8/"
TEXTS = {"texts_en": "New", "part": "owner", "due_days": "1", "revision": "1"}
MOVE = {"do": "later", "revision": "1"}
STAGE = {"names_en": "New", "probability": "1", "category": "omitted", "kind": "open"}
NEVER = (302, 405, 405, 405, 405)


def done(row: tuple[int, ...]) -> tuple[int, ...]:
    """The same where something was changed."""
    return tuple(302 if status == 200 else status for status in row)


PAGES: dict[str, tuple[str, tuple[int, ...], dict[str, Any] | None, tuple[int, ...]]] = {
    # name: (address, GET, what is posted, POST)
    "pipeline-list": ("/pipelines/", ALL, None, NEVER),
    "pipeline": (HOME, ALL, None, NEVER),
    "pipeline-definition": (f"{HOME}definition.yaml", ALL, None, NEVER),
    "pipeline-new": (
        "/pipelines/design/new/", KEEPER, {"names_en": "New", "first_en": "One"}, done(KEEPER),
    ),
    "pipeline-upload": (
        "/pipelines/design/upload/", KEEPER, {"text": "x"}, (302, 403, 403, 403, 422),
    ),
    "pipeline-begin": (f"{HOME}begin/", NEVER, {}, (302, 403, 403, 403, 409)),
    "pipeline-retire": (f"{HOME}retire/", NEVER, {}, (302, 403, 403, 403, 409)),
    "pipeline-bring-back": (f"{HOME}bring-back/", NEVER, {}, (302, 403, 403, 403, 409)),
    "pipeline-draft": (f"{HOME}draft/", DRAFT, None, NEVER),
    "pipeline-draft-text": (f"{HOME}draft/text/", DRAFT, {"text": "x"}, (302, 404, 404, 404, 422)),
    "pipeline-draft-names": (
        f"{HOME}draft/names/", DRAFT, {"names_en": "New", "revision": "1"}, done(DRAFT),
    ),
    "pipeline-draft-discard": (f"{HOME}draft/discard/", NEVER, {"revision": "1"}, done(DRAFT)),
    "pipeline-draft-publish": (
        f"{HOME}draft/publish/", DRAFT, {"revision": "1", "over": "1"}, done(DRAFT),
    ),
    "draft-stage-new": (f"{HOME}draft/stage/", DRAFT, STAGE | {"revision": "1"}, done(DRAFT)),
    "draft-stage": (f"{HOME}draft/lead/edit/", DRAFT, MOVE, done(DRAFT)),
    "draft-criterion-new": (
        f"{HOME}draft/lead/criterion/?kind=no_veto_against", DRAFT, TEXTS, done(DRAFT),
    ),
    "draft-criterion": (f"{HOME}draft/lead/criteria/problem-named/", DRAFT, MOVE, done(DRAFT)),
    "draft-action-new": (f"{HOME}draft/lead/action/", DRAFT, TEXTS, done(DRAFT)),
    "draft-action": (f"{HOME}draft/lead/actions/research/", DRAFT, MOVE, done(DRAFT)),
}  # fmt: skip


@pytest.fixture
def client_of() -> Any:
    """A browser for each of the cast; the default pipeline with one action, and a draft of it."""
    publish(draft=default_pipeline(), by=system_user(), at=NOW)
    cast = gather()
    draft = drafts.begin(definition=default_pipeline(), by=cast.otto, at=NOW)
    action = {"texts": {"en": "Research"}, "key": "research", "due_days": 1, "mandatory": True}
    whole = {"part": "owner", "guides": {}, "link": ""} | action
    draft.content["stages"][0]["actions"] = [whole]
    draft.save()
    tickets = {who: ticket(getattr(cast, who)) for who in WHO if who != "nobody"}
    return lambda who: admitted(tickets.get(who))


def facts() -> list[Any]:
    return [
        *DefinitionDraft.objects.values_list(),
        *Pipeline.objects.order_by("pk").values_list(),
        *PipelineVersion.objects.order_by("pk").values_list(),
        Event.objects.count(),
    ]


@pytest.mark.parametrize("name", PAGES)
def test_matrix(client_of, name):
    path, see, data, do = PAGES[name]
    assert tuple(client_of(who).get(path).status_code for who in WHO) == see
    before, found = facts(), []
    for who in WHO:
        with transaction.atomic():
            found.append(client_of(who).post(path, data or {}).status_code)
            changed = facts() != before
            transaction.set_rollback(True)
        assert changed == (who == "otto" and found[-1] == 302)
    assert tuple(found) == do


def test_every_address_of_processes_stands_here():
    mine = {each.name for each in urls.urlpatterns if str(each.pattern).startswith("pipelines/")}
    assert mine == set(PAGES)
