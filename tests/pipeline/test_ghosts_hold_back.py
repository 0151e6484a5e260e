"""A deal whose approver nobody knows does not get beyond stage 3, by any door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.queries.users import system_user
from core.errors import Conflict
from pipeline import gates
from pipeline.commands import opportunities as verbs
from pipeline.commands.pipelines import publish
from pipeline.serializers.definition import read_definition
from tests.cast import NOW, ContactFactory
from tests.chain_rows import POWER, enter, standing
from tests.pipeline.conftest import B2B8
from tests.pipeline.sales import advance_to, open_sale, satisfy, snapshot
from tests.pipeline.test_api import URL, send, signed_in

pytestmark = pytest.mark.django_db


LAST = "  - key: prove\n"
DEMANDS = """      - key: roles-named
        kind: role_named
        params: {roles: [economic_buyer, approver, tech_evaluator, user_buyer, procurement]}
        texts: {en: Everybody who decides is named}
      - key: half-covered
        kind: coverage_at_least
        params: {share: 0.5}
        mandatory: false
        texts: {en: Half of the weight of the decision chain is covered}

"""


@pytest.fixture
def b2b8(cast):
    """The default pipeline, whose stage 3 asks for everybody who decides, too."""
    text = B2B8.read_text()
    assert text.count(LAST) == 1
    before, after = text.split(LAST)
    draft = read_definition(before.rstrip() + "\n" + DEMANDS + LAST + after)
    return publish(draft=draft, by=system_user(), at=NOW).version


@pytest.fixture
def ghost(cast):
    """Everybody at Acme is named but the approver."""
    chain = standing(cast.acme, cast.anna, NOW)
    for role in POWER:
        if role != "approver":
            contact = ContactFactory(customer=cast.acme)
            enter(chain, role, by=cast.anna, at=NOW, contact=contact)
    return enter(chain, "approver", by=cast.anna, at=NOW)


@pytest.fixture
def sale(cast, b2b8, ghost):
    """In stage 3, with everything done but that."""
    found = advance_to(open_sale(cast), "discover")
    return satisfy(found, NOW + timedelta(hours=1), people=False)


def advance_of(cast, sale):
    shown = signed_in(cast.anna).get(f"{URL}{sale.pk}/transitions/").json()
    return next(each for each in shown["transitions"] if each["transition"] == "advance")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Approver unknown."), ("zh-hans", "批准者未知。"), ("zh-hant", "批准者未知。")],
)
def test_the_dry_run_names_the_ghost(cast, sale, ghost, language, sentence):
    type(cast.anna).objects.filter(pk=cast.anna.pk).update(language=language)
    advance = advance_of(cast, sale)

    assert (advance["allowed"], advance["obstacles"]) == (False, [sentence])
    [missing] = advance["unmet"]
    assert (missing["criterion"], missing["missing"]) == ("roles-named", sentence)
    assert missing["remedy"]["roles"] == ["approver"]
    assert missing["remedy"]["stakeholders"] == [ghost.pk]


def test_command_and_api_refuse_and_nothing_changes(cast, sale):
    before = snapshot(sale)
    with pytest.raises(Conflict):
        verbs.advance(sale, by=cast.anna, at=NOW + timedelta(hours=1))
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", {"transition": "advance"})

    assert answer.status_code == 409
    assert answer.json()["details"]["unmet"][0]["missing"] == "Approver unknown."
    assert snapshot(sale) == before


def test_naming_the_approver_opens_it(cast, sale, ghost):
    wang = ContactFactory(customer=cast.acme, name="Wang")
    fill = f"/api/v1/stakeholders/{ghost.pk}/fill/"
    assert send(cast.anna, "post", fill, {"contact": wang.pk}).status_code == 200
    assert advance_of(cast, sale)["allowed"]
    answer = send(cast.anna, "post", f"{URL}{sale.pk}/transitions/", {"transition": "advance"})

    assert (answer.status_code, answer.json()["stage"]) == (200, "prove")


def test_how_far_it_is_covered_is_advice(cast, sale, ghost):
    ghost.contact = ContactFactory(customer=cast.acme)
    ghost.save(update_fields=["contact"])
    found = gates.verdict(sale, at=NOW + timedelta(hours=1))

    assert found.is_open
    assert [each.key for each in found.unmet] == ["half-covered"]
