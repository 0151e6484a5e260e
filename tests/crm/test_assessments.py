"""Two pairs of eyes: neither sees what the other says before both have said it, at no door."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from crm import access
from crm.commands import assessments
from crm.commands.assessments import Said
from crm.models import Assessment, Judgement
from crm.queries.assessments import compare
from tests.cast import NOW, ContactFactory
from tests.crm.chains import add, gather_chain
from tests.crm.doors import as_user, send

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def cast():
    return with_round(gather_chain())


def with_round(cast):
    cast.round = assessments.open_assessment(
        cast.chain, rep=cast.anna, manager=cast.boris, by=cast.anna, at=NOW
    )
    return cast


def judge(cast, who, liu=None, wang=None, at=NOW, roles=("", "")):
    said = [Said(cast.liu.pk, liu, roles[0]), Said(cast.wang.pk, wang, roles[1])]
    return assessments.judge(cast.round, said=said, by=getattr(cast, who), at=at)


def test_the_second_reveals_both(cast):
    judge(cast, "anna", liu=1, wang=2)
    waiting = Assessment.objects.get()
    judge(cast, "boris", liu=-1, wang=2, at=LATER)

    done = Assessment.objects.get()
    assert (waiting.rep_saved_at, waiting.revealed_at) == (NOW, None)
    assert (done.manager_saved_at, done.revealed_at) == (LATER, LATER)
    compared = compare(cast.anna, done, at=LATER)
    assert [(row.name, row.differs) for row in compared.places] == [("Liu", True), ("Wang", False)]
    assert compared.needs_talk
    assert compared.alignment.attitude.status == "insufficient_data"


@pytest.mark.parametrize("who", ["anna", "boris", "nils", "dora", "otto"])
def test_nobody_reads_the_first_before_the_second(cast, who):
    judge(cast, "anna", liu=1, wang=-2, roles=("blocker", "champion"))
    reader = getattr(cast, who)

    own = list(access.visible_judgements(reader, Assessment.objects.get()))
    address = f"/api/v1/assessments/{cast.round.pk}/"
    answers = [
        as_user(reader).get(path).content.decode()
        for path in (
            address,
            f"/api/v1/chains/{cast.chain.pk}/assessments/",
            f"/api/v1/customers/{cast.acme.pk}/timeline/",
            "/api/v1/events/",
        )
    ]

    assert len(own) == (2 if who == "anna" else 0)
    assert compare(reader, cast.round, at=NOW) is None
    if who != "anna":
        assert not [one for one in answers if "champion" in one or '"attitude":-2' in one]
    told = Event.objects.filter(name__startswith="assessment.")
    assert {key for event in told for key in event.data} == {"chain", "rep", "manager"}


def test_both_read_both_through_the_api(cast):
    judge(cast, "anna", liu=1, wang=0, roles=("economic_buyer", "coach"))
    judge(cast, "boris", liu=1, wang=0, roles=("economic_buyer", "blocker"), at=LATER)

    found = as_user(cast.nils).get(f"/api/v1/assessments/{cast.round.pk}/").json()

    assert len(found["judgements"]) == 4
    assert found["alignment"]["differences"] == [
        {"stakeholder": cast.wang.pk, "attitudes": [0, 0], "roles": ["coach", "blocker"]}
    ]
    assert found["alignment"]["attitude"]["value"] is None
    assert found["alignment"]["attitude"]["status"] == "insufficient_data"


def test_kappa_of_five_people(cast):
    more = [
        add(cast, contact=ContactFactory(customer=cast.acme), roles=["influencer"])
        for _ in range(3)
    ]
    people = [cast.liu, cast.wang, *more]
    for who, attitudes in (("anna", (2, 1, 0, -1, -2)), ("boris", (2, 1, 0, -1, -2))):
        said = [Said(one.pk, value) for one, value in zip(people, attitudes, strict=True)]
        assessments.judge(cast.round, said=said, by=getattr(cast, who), at=NOW)

    found = as_user(cast.anna).get(f"/api/v1/assessments/{cast.round.pk}/").json()["alignment"]

    assert (found["attitude"]["value"], found["attitude"]["n"]) == (1.0, 5)
    assert found["differences"] == []


def test_the_page_before_between_and_after(cast):
    page = f"/chains/{cast.chain.pk}/assessment/"

    def seen_by(who):
        return as_user(getattr(cast, who)).get(page).content.decode()

    form = {"place": cast.wang.pk, f"attitude-{cast.wang.pk}": "2"}
    assert "Save what I see" in seen_by("anna")
    as_user(cast.anna).post(f"/assessments/{cast.round.pk}/judge/", form)
    assert "You have judged" in seen_by("anna")
    assert "Mentor</td>" not in seen_by("boris")
    form[f"attitude-{cast.wang.pk}"] = "-1"
    as_user(cast.boris).post(f"/assessments/{cast.round.pk}/judge/", form)

    after = seen_by("nils")

    assert "seen differently" in after
    assert "You see this customer differently" not in after
    assert "You see this customer differently" in seen_by("boris")
    chain = as_user(cast.anna).get(f"/customers/{cast.acme.pk}/chain/").content.decode()
    assert f'href="{page}"' in chain


def test_nobody_of_another_team_learns_of_it(cast):
    client = as_user(cast.ben)
    for method, path in (
        ("GET", f"/api/v1/assessments/{cast.round.pk}/"),
        ("GET", f"/api/v1/chains/{cast.chain.pk}/assessments/"),
        ("POST", f"/api/v1/assessments/{cast.round.pk}/drop/"),
    ):
        assert send(client, method, path).status_code == 404
    assert Assessment.objects.get().dropped_at is None


def test_what_is_said_is_said_once(cast):
    judge(cast, "anna", liu=1)

    with pytest.raises(Conflict) as refusal:
        judge(cast, "anna", liu=2)

    assert refusal.value.code == "judged"
    assert Judgement.objects.get(stakeholder=cast.liu).attitude == 1


@pytest.mark.parametrize("who", ["dora", "clara"])
def test_only_the_two_judge(cast, who):
    with pytest.raises(Refused):
        judge(cast, who, liu=1)
    assert not Judgement.objects.exists()


def test_judgements_about_nobody_or_somebody_else(cast):
    for said in (
        [],
        [Said(cast.ghost.pk, 1)],
        [Said(cast.liu.pk, 1), Said(cast.liu.pk, 2)],
        [Said(cast.liu.pk, 3)],
        [Said(cast.liu.pk, 1, "king")],
        [Said(999_999, 1)],
    ):
        with pytest.raises(Invalid):
            assessments.judge(cast.round, said=said, by=cast.anna, at=NOW)
    assert not Judgement.objects.exists()
    assert Assessment.objects.get().rep_saved_at is None


@pytest.mark.parametrize(
    ("rep", "manager", "field"),
    [("anna", "anna", "manager"), ("nils", "boris", "rep"), ("anna", "clara", "manager")],
)
def test_who_can_be_asked(rep, manager, field):
    cast = gather_chain()

    with pytest.raises(Invalid) as refusal:
        assessments.open_assessment(
            cast.chain,
            rep=getattr(cast, rep),
            manager=getattr(cast, manager),
            by=cast.anna,
            at=NOW,
        )

    assert list(refusal.value.details) == [field]
    assert not Assessment.objects.exists()


def test_one_waits_at_a_time_and_a_dropped_one_makes_room(cast):
    with pytest.raises(Conflict):
        with_round(cast)
    judge(cast, "anna", liu=1)
    assessments.drop(cast.round, by=cast.boris, at=LATER)
    first = cast.round

    with_round(cast)

    assert Assessment.objects.count() == 2
    assert not access.visible_judgements(cast.boris, first).exists()
    with pytest.raises(Conflict):
        assessments.judge(first, said=[Said(cast.liu.pk, 1)], by=cast.boris, at=LATER)


def test_the_talk_comes_after_and_once(cast):
    with pytest.raises(Conflict):
        assessments.record_talk(cast.round, talk="Agreed", by=cast.anna, at=NOW)
    judge(cast, "anna", liu=1)
    judge(cast, "boris", liu=-1)
    with pytest.raises(Invalid):
        assessments.record_talk(cast.round, talk="His divorce decides", by=cast.anna, at=LATER)

    assessments.record_talk(cast.round, talk="Liu is against us", by=cast.anna, at=LATER)

    with pytest.raises(Conflict):
        assessments.record_talk(cast.round, talk="No", by=cast.boris, at=LATER)
    assert Assessment.objects.get().talk == "Liu is against us"
    assert "Liu" not in str(Event.objects.get(name="assessment.talked").data)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE crm_judgement SET attitude = -2",
        "DELETE FROM crm_judgement",
        "DELETE FROM crm_assessment",
        "UPDATE crm_assessment SET rep_saved_at = NULL",
        "UPDATE crm_assessment SET revealed_at = now()",
        "UPDATE crm_assessment SET manager_saved_at = now(), revealed_at = now()",
        "UPDATE crm_assessment SET manager_id = rep_id",
        "INSERT INTO crm_judgement (assessment_id, assessor_id, stakeholder_id, attitude, role)"
        " SELECT assessment_id, assessor_id, stakeholder_id, attitude, role FROM crm_judgement",
    ],
)
def test_sql_bends_nothing(cast, statement):
    judge(cast, "anna", liu=1)
    before = list(Judgement.objects.values()), list(Assessment.objects.values())

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert (list(Judgement.objects.values()), list(Assessment.objects.values())) == before


@pytest.mark.django_db(transaction=True)
def test_both_save_at_once_and_both_are_revealed():
    cast = with_round(gather_chain())
    gate = threading.Barrier(2)

    def save(who):
        gate.wait()
        try:
            judge(cast, who, liu=1)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[who]) for who in ("anna", "boris")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Assessment.objects.get().revealed_at == NOW
    assert Judgement.objects.count() == 4
