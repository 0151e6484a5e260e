"""The page of a decision chain and of somebody in it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from crm.commands import attitudes, stakeholders
from crm.models import Chain, Contact, Evidence, Stakeholder, Tie
from tests.cast import NOW, ActivityFactory, ContactFactory, CustomerFactory, assign, gather
from tests.crm.chains import SAID, add, gather_chain
from tests.crm.doors import as_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return gather_chain()


def page(client, name, pk):
    answer = client.get(reverse(name, args=[pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def post(cast, name, pk, who="anna", **data):
    return as_user(getattr(cast, who)).post(reverse(name, args=[pk]), data)


def test_an_empty_chain_offers_five_ghosts():
    cast = gather()
    client = as_user(cast.anna)
    assert "Start with the five roles every purchase has" in page(
        client, "customer-chain", cast.acme.pk
    )
    assert not Chain.objects.exists()

    for _twice in range(2):
        assert post(cast, "customer-chain-start", cast.acme.pk, five="1").status_code == 302

    assert Stakeholder.objects.filter(contact=None).count() == 5
    shown = page(client, "customer-chain", cast.acme.pk)
    assert "Economic buyer: who?" in shown
    assert "Start with" not in shown


def test_who_only_reads_is_offered_nothing():
    cast = gather()
    assert (
        "<form" not in page(as_user(cast.nils), "customer-chain", cast.acme.pk).split("<main")[-1]
    )


def test_the_table_says_what_the_map_shows(cast):
    attitudes.set_attitude(cast.wang, attitude=-1, evidence=SAID, by=cast.anna, at=NOW)

    shown = page(as_user(cast.anna), "customer-chain", cast.acme.pk)

    for words in ("Liu", "Economic buyer", "Against", "▼", "Approver: who?", "Wang", "0/2"):
        assert words in shown
    assert "Nobody has these roles yet:" in shown


def test_the_page_takes_as_many_queries_however_long(cast):
    client, path = as_user(cast.anna), reverse("customer-chain", args=[cast.acme.pk])
    client.get(path)
    with CaptureQueriesContext(connection) as short:
        client.get(path)
    for _number in range(6):
        add(cast, contact=ContactFactory(customer=cast.acme), roles=["coach"])
    with CaptureQueriesContext(connection) as long:
        client.get(path)
    assert len(long) == len(short) <= 15


def test_somebody_is_added_and_changed(cast):
    answer = post(
        cast,
        "stakeholder-new",
        cast.chain.pk,
        roles=["coach", "gatekeeper"],
        political="inner",
        required_level="3",
        reports_to=cast.liu.pk,
    )
    assert answer.status_code == 302
    made = Stakeholder.objects.latest("pk")
    assert (made.contact, made.formal_power, made.reports_to) == (None, 1, cast.liu)

    answer = post(
        cast,
        "stakeholder-edit",
        made.pk,
        roles=["gatekeeper", "user_buyer"],
        political="political",
        required_level="1",
        formal_power="3",
        concerns="Time",
    )
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.formal_power, made.reports_to, made.concerns) == (3, None, "Time")
    assert stakeholders.roles_of(made) == ["gatekeeper", "user_buyer"]


def test_a_page_somebody_has_overtaken(cast):
    fields = {"roles": ["coach"], "political": "inner", "required_level": "1"}
    answer = post(cast, "stakeholder-edit", cast.wang.pk, seen_at="2020-01-01", **fields)

    assert answer.status_code == 409
    cast.wang.refresh_from_db()
    assert cast.wang.political == "outside"


def test_private_life_is_refused_where_it_was_typed(cast):
    fields = {"roles": ["coach"], "political": "inner", "required_level": "1"}
    answer = post(cast, "stakeholder-edit", cast.wang.pk, concerns="He is divorced", **fields)

    assert answer.status_code == 422
    assert "tells of private life" in answer.content.decode()
    cast.wang.refresh_from_db()
    assert (cast.wang.concerns, cast.wang.political) == ("", "outside")


def test_an_attitude_with_an_activity(cast):
    call = ActivityFactory(customer=cast.acme, author=cast.anna, subject="Trial call")
    form = page(as_user(cast.anna), "stakeholder-attitude", cast.wang.pk)
    assert "Trial call" in form

    assert post(cast, "stakeholder-attitude", cast.wang.pk, attitude="1").status_code == 422
    answer = post(
        cast, "stakeholder-attitude", cast.wang.pk, attitude="1", activity=call.pk, tier="2"
    )

    assert answer.status_code == 302
    assert Evidence.objects.get().activity == call
    shown = page(as_user(cast.anna), "stakeholder", cast.wang.pk)
    assert "Found to be supporter on" in shown
    assert "Trial call" in shown


def test_the_attitude_as_sentences(cast):
    attitudes.set_attitude(cast.wang, attitude=0, evidence=SAID, by=cast.anna, at=NOW)
    later = NOW.replace(month=6, day=3)
    proof = {"text": "Voted for the other", "tier": 2}
    attitudes.set_attitude(cast.wang, attitude=-1, evidence=proof, by=cast.anna, at=later)

    shown = page(as_user(cast.anna), "stakeholder", cast.wang.pk)

    assert "Moved from neutral to against on June 3, 2026" in shown
    assert shown.index("Moved from") < shown.index("Found to be neutral")


def test_a_ghost_is_filled_and_a_place_taken_out(cast):
    he = ContactFactory(customer=cast.acme, name="He")
    answer = post(cast, "stakeholder-fill", cast.ghost.pk, contact=he.pk)
    assert answer["Location"] == reverse("stakeholder", args=[cast.ghost.pk])

    assert post(cast, "stakeholder-remove", cast.ghost.pk).status_code == 302
    shown = page(as_user(cast.anna), "stakeholder", cast.ghost.pk)
    assert "removed" in shown
    assert reverse("stakeholder-attitude", args=[cast.ghost.pk]) not in shown


def test_a_tie_and_a_line(cast):
    answer = post(cast, "contact-tie", cast.wang_contact.pk, level="2", text="x", tier="3")
    assert (answer.status_code, Tie.objects.get().level) == (302, 2)
    ends = {"source": cast.wang.pk, "target": cast.liu.pk}
    answer = post(cast, "chain-line-new", cast.chain.pk, kind="alliance", strength="3", **ends)
    assert answer.status_code == 302
    assert "Wang → Liu" in page(as_user(cast.anna), "customer-chain", cast.acme.pk)


def test_a_contact_moves_and_another_is_merged(cast):
    other = CustomerFactory(name="Other", team=cast.north)
    assign(other, cast.anna)
    answer = post(cast, "contact-move", cast.wang_contact.pk, customer=other.pk, title="CTO")
    assert answer["Location"].startswith(reverse("customer", args=[other.pk]))
    twin = ContactFactory(customer=cast.acme)
    answer = post(cast, "contact-merge", twin.pk, contact=cast.liu_contact.pk)
    assert answer.status_code == 302
    assert Contact.objects.get(pk=twin.pk).merged_into == cast.liu_contact
    cast.wang_contact.refresh_from_db()
    assert (cast.wang_contact.customer, cast.wang_contact.title) == (other, "CTO")


def test_the_timeline_tells_of_people_by_their_names_of_today(cast):
    attitudes.set_attitude(cast.wang, attitude=1, evidence=SAID, by=cast.anna, at=NOW)

    shown = page(as_user(cast.anna), "customer", cast.acme.pk)

    assert "assessed Wang: from unknown to Supporter" in shown
    assert "added to the decision chain: Approver: who?" in shown


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_in_chinese(cast, language):
    type(cast.anna).objects.filter(pk=cast.anna.pk).update(language=language)
    with translation.override("en"):
        shown = page(as_user(cast.anna), "customer-chain", cast.acme.pk)
    assert {"zh-hans": "经济决策者", "zh-hant": "經濟決策者"}[language] in shown


def test_evidence_names_who_said_it(cast):
    path = f"/stakeholders/{cast.wang.pk}/attitude/"
    body = {"attitude": "1", "text": "He will vote for us", "tier": "3"}
    anna = as_user(cast.anna)

    assert "Who said it" in anna.get(path).content.decode()
    assert anna.post(path, body | {"stated_by": cast.liu_contact.pk}).status_code == 302
    cast.wang.refresh_from_db()
    assert cast.wang.attitude_evidence.stated_by == cast.liu_contact


def test_the_line_of_an_attitude_is_drawn_once_it_has_turned(cast):
    place = cast.wang
    text = page(as_user(cast.anna), "stakeholder", place.pk)
    assert 'class="course' not in text
    for days, attitude in ((20, 0), (10, -1)):
        attitudes.set_attitude(
            place, attitude=attitude, evidence=SAID, by=cast.anna, at=NOW + timedelta(days=-days)
        )
    text = page(as_user(cast.anna), "stakeholder", place.pk)
    assert 'class="course att-doubter"' in text
    assert 'cy="30"' in text
