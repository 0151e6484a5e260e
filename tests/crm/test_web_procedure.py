"""How a customer decides, written down in dialogs: added, moved, corrected, taken out."""

import pytest

from crm.models import ChainStep
from tests.crm.chains import gather_chain
from tests.crm.doors import as_user

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
