"""How a customer decides, written down in dialogs: added, moved, corrected, taken out."""

import re

import pytest

from crm.commands import chain as chains
from crm.models import ChainStep
from tests.cast import NOW
from tests.crm.chains import gather_chain
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return gather_chain()


def steps(cast):
    return list(cast.chain.steps.order_by("position").values_list("name", flat=True))


def add(cast, who="anna", **data):
    path = f"/chains/{cast.chain.pk}/steps/new/"
    return as_user(getattr(cast, who)).post(path, data)


def test_steps_are_added_in_order_and_shown(cast):
    whole = {
        "name": "Investment committee",
        "stakeholder": cast.wang.pk,
        "threshold_amount": "500000",
        "threshold_currency": "CNY",
        "typical_days": "15",
        "document": "Minutes",
    }
    assert add(cast, **whole).status_code == 302
    assert add(cast, name="Technical review", position="1").status_code == 302

    assert steps(cast) == ["Technical review", "Investment committee"]
    page = as_user(cast.anna).get(f"/customers/{cast.acme.pk}/chain/").content.decode()
    section = page.split('id="procedure"')[1]
    for text in ("2. Investment committee", "Wang", "CN¥500,000", "15 working days", "Minutes"):
        assert text in section


def test_one_is_moved_corrected_and_taken_out(cast):
    for name in ("First", "Second", "Third"):
        add(cast, name=name)
    anna = as_user(cast.anna)
    third = ChainStep.objects.get(name="Third")

    assert 'value="Third"' in anna.get(f"/chain-steps/{third.pk}/edit/").content.decode()
    anna.post(f"/chain-steps/{third.pk}/edit/", {"name": "Board", "position": "1"})
    assert steps(cast) == ["Board", "First", "Second"]

    anna.post(f"/chain-steps/{third.pk}/remove/")
    assert steps(cast) == ["First", "Second"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "This field is required."),
        ({"threshold_amount": "100"}, "Say in which currency."),
        ({"position": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_stays_in_the_dialog(cast, wrong, said):
    answer = add(cast, **{"name": "Board"} | wrong)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert steps(cast) == []


def test_who_only_reads_is_offered_no_step(cast):
    assert add(cast, who="nils", name="Board").status_code == 403
    assert steps(cast) == []
    page = as_user(cast.nils).get(f"/customers/{cast.acme.pk}/chain/").content.decode()
    assert "/steps/new/" not in page


STALE = "Somebody changed this decision chain meanwhile. Look again before you do."


@pytest.fixture
def board(cast):
    return chains.add_step(cast.chain, by=cast.anna, at=NOW, facts={"name": "Board"})


def seen(client, address):
    return re.search(r'name="revision" value="(\d+)"', client.get(address).content.decode())[1]


def test_who_has_not_seen_the_procedure_as_it_is_is_refused_in_the_dialogs(cast, board):
    anna, boris = as_user(cast.anna), as_user(cast.boris)
    new = f"/chains/{cast.chain.pk}/steps/new/"
    edit, remove = (f"/chain-steps/{board.pk}/{verb}/" for verb in ("edit", "remove"))
    old = seen(boris, edit)
    assert anna.post(edit, {"name": "Group board", "revision": seen(anna, edit)}).status_code == 302

    facts = {"name": "Mine", "position": 1, "revision": old}
    for address in (edit, remove, new):
        late = boris.post(address, facts)
        assert (late.status_code, STALE in late.content.decode()) == (409, True)
    assert boris.post(edit, facts | {"revision": "x"}).status_code == 409
    assert steps(cast) == ["Group board"]

    at_the_end = {"name": "Trial", "revision": old}
    assert boris.post(new, at_the_end).status_code == 302
    assert boris.post(remove, {"revision": seen(boris, edit)}).status_code == 302
    assert steps(cast) == ["Trial"]


def test_who_has_not_seen_the_procedure_as_it_is_is_refused_over_the_api(cast, board):
    anna, boris = as_user(cast.anna), as_user(cast.boris)
    chain = f"/api/v1/chains/{cast.chain.pk}/"
    path = f"/api/v1/chain-steps/{board.pk}/"
    tag, revision = boris.get(path)["ETag"], boris.get(chain).json()["revision"]
    assert send(anna, "PATCH", path, {"name": "Group board"}).status_code == 200

    for method, body in (("PATCH", {"name": "Mine"}), ("DELETE", None)):
        assert send(boris, method, path, body, **{"If-Match": tag}).status_code == 412
    late = send(boris, "POST", f"{chain}steps/", {"name": "x", "position": 1, "seen": revision})
    assert (late.status_code, late.json()["detail"]) == (409, STALE)
    assert steps(cast) == ["Group board"]
    tag = boris.get(path)["ETag"]
    assert send(boris, "DELETE", path, **{"If-Match": tag}).status_code == 204
