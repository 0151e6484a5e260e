"""The examples of the measures that are worked by hand, built in the database, read over the API.

`tests/crm/metrics` asks the functions for the same numbers; M2 and M3 are in `test_api_measures`.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.commands import assessments
from crm.metrics.promises import Direction
from crm.models import Commitment, CommitmentTerm, Customer, PeerPair
from tests.cast import ContactFactory, UserFactory
from tests.chain_rows import enter, know, meet, standing
from tests.crm.doors import as_user, send
from tests.crm.metrics.test_alignment import judged
from tests.crm.test_api_measures import cast, of_chain, of_customer, person

__all__ = ["cast"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("held", "classic"),
    [
        (
            [
                [(5, 2)],
                [(3, 3)],
                [(4, 3)],
                [(5, 3)],
                [(4, 3)],
                [(5, 1), (2, 3)],
                [(5, 3)],
                [(4, 4)],
            ],
            1296,
        ),
        ([[(5, 3)], [(5, 3)], [(5, 2)], [(5, 2)]], 2600),
        ([[(5, 2)]], 10_000),
    ],
)
def test_at_11_by_contacts_of_weight_and_level(cast, held, classic):
    """Shares of 10, 9, 12, 15, 12, 11, 15, 16 %; of 30, 30, 20, 20 %; and of one person."""
    for contacts in held:
        colleague = UserFactory(team=cast.north)
        for weight, level in contacts:
            contact = person(cast)
            enter(cast.chain, by=cast.anna, at=cast.lately, contact=contact, formal_power=weight)
            know(colleague, contact, level, cast.lately)
            meet([contact], colleague, at=cast.lately, kind="call")

    for found in (of_chain(cast), of_customer(cast)):
        assert round(found.hhi["value"] * 10_000) == classic


def test_at_19_thickness(cast):
    """M4: 7 of 12 cells, 3 of 5 peers, 9 of 12 pairs."""
    Customer.objects.filter(pk=cast.acme.pk).update(tier="S")
    places = [
        (3, "Operations"),
        (3, "IT"),
        (3, "Finance"),
        (3, "Procurement"),
        (2, "Operations"),
        (2, "IT"),
        (1, "Operations"),
    ]
    met = [person(cast, level=level, department=name) for level, name in places]
    unmet = [person(cast, level=3, department="Operations") for _ in range(2)]
    for contact in [*met[:3], *unmet]:
        enter(cast.chain, by=cast.anna, at=cast.lately, contact=contact, political="inner")
    for contact in met[:3]:
        PeerPair.objects.create(
            user=cast.boris, contact=contact, purpose="x", starts_at=cast.lately
        )
    for user, people in ((cast.boris, met), (cast.anna, met[:2])):
        for contact in [*people, *people]:
            meet([contact], user, at=cast.lately)
    found = of_customer(cast)

    assert found.cell_coverage["value"] == pytest.approx(7 / 12)
    assert found.peer_match["value"] == pytest.approx(3 / 5)
    assert found.peer_match["ids"] == [contact.pk for contact in unmet]
    assert found.pair_volume["value"] == pytest.approx(9 / 12)
    assert round(found.thickness["value"], 1) == 63.8


def promises(cast, *, kept=0, late=0, broken=0, direction="ours", moved=0) -> list[int]:
    """Promises of two months ago that came due 40 days ago, and what became of them; their ids."""
    given, due = cast.now - timedelta(days=60), cast.now - timedelta(days=40)
    contact = person(cast)
    sides = {
        "ours": {
            "promised_by": cast.anna,
            "deliverer": cast.anna,
            "to_contact": contact,
            "in_name_of": cast.north,
        },
        "theirs": {"promised_by_contact": contact, "to_user": cast.anna},
    }
    rows = Commitment.objects.bulk_create(
        Commitment(
            customer=cast.acme,
            direction=direction,
            text=f"Promise {number}",
            due_date=due.date(),
            original_due_date=due.date() - timedelta(days=number < moved),
            due_at=due,
            created_by=cast.anna,
            created_at=given,
            made_at=given,
            state="made",
            **sides[direction],
        )
        for number in range(kept + late + broken)
    )
    CommitmentTerm.objects.bulk_create(
        CommitmentTerm(commitment=row, due_date=row.due_date, since_at=given, by=cast.anna)
        for row in rows
    )
    ids = [row.pk for row in rows]
    for state, chosen, closed in (
        ("kept", ids[:kept], due - timedelta(hours=1)),
        ("kept_late", ids[kept : kept + late], due + timedelta(days=1)),
        ("broken", ids[kept + late :], due),
    ):
        facts = {"broken_at": closed} if state == "broken" else {"evidence": "Seen"}
        Commitment.objects.filter(pk__in=chosen).update(state=state, closed_at=closed, **facts)
    return ids


@pytest.mark.parametrize("direction", Direction)
def test_m10(cast, direction):
    """20 due: 17 kept, 2 late, 1 broken."""
    ids = promises(cast, kept=17, late=2, broken=1, direction=direction, moved=3)
    found = of_customer(cast)
    kept, soft, replanned = (
        getattr(found, f"{name}_{direction}") for name in ("kept", "kept_soft", "replanned")
    )

    assert (kept["value"], soft["value"], replanned["value"]) == (0.85, 0.90, 0.15)
    assert (kept["n"], kept["formula_version"]) == (20, "m10-kept-on-time/1")
    assert kept["ids"] == ids[17:]
    assert kept["rows"] == f"/api/v1/commitments/?customer={cast.acme.pk}"
    rows = as_user(cast.anna).get(kept["rows"]).json()["results"]
    assert len(rows) == 20


def test_m10_over_the_list_of_one_s_own_and_of_one_s_teams(cast):
    """The page of promises says it of the person himself, and of the teams he leads."""
    promises(cast, kept=17, late=2, broken=1)
    promises(cast, kept=4, direction="theirs")

    def said(who, query=""):
        found = as_user(getattr(cast, who)).get(f"/promises/{query}").context["kept"]
        return [(one.on_time, one.rate.n, one.rate.value) for one in found]

    assert said("anna") == [(17, 20, 0.85), (4, 4, None)]
    assert said("boris") == [(0, 0, None), (0, 0, None)]
    assert said("boris", "?whose=team") == [(17, 20, 0.85), (4, 4, None)]
    assert said("clara", "?whose=team") == [(0, 0, None), (0, 0, None)]
    assert said("boris", f"?holder={cast.anna.pk}") == said("boris", "?whose=all") == []


def test_m10_of_the_other_side_and_of_nobody_is_no_zero(cast):
    promises(cast, kept=4)
    found = of_customer(cast)

    assert (found.kept_ours["value"], found.kept_ours["status"]) == (None, "insufficient_data")
    assert (found.kept_theirs["value"], found.kept_theirs["status"]) == (None, "not_applicable")


def test_m10_balance_and_the_company_s_share(cast):
    """Theirs 3 to ours 2 is 1.5; a promise in the name of a team is the company's."""
    promises(cast, kept=3, direction="theirs")
    promises(cast, kept=2)
    found = of_customer(cast)

    assert (found.promise_balance["value"], found.promise_balance["n"]) == (1.5, 5)
    assert found.company_promise_share["status"] == "insufficient_data"
    promises(cast, kept=3)
    assert of_customer(cast).company_promise_share["value"] == 1


@pytest.mark.parametrize(
    ("kept", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (2, 3, 0.2077, 0.9385),
    ],
)
def test_at_12_by_promises_kept(cast, kept, n, low, high):
    promises(cast, kept=kept, broken=n - kept)
    found = of_customer(cast).kept_ours

    assert [round(found["bounds"][end], 4) for end in ("low", "high")] == [low, high]
    assert (found["value"] is None) == (n < 5)


def agreement(cast, rep, manager):
    """What the two say of as many people, through the door, and how far they agree."""
    places = [
        enter(cast.chain, by=cast.anna, at=cast.lately, contact=ContactFactory(customer=cast.acme))
        for _ in rep
    ]
    opened = assessments.open_assessment(
        standing(cast.acme, cast.anna, cast.now),
        rep=cast.anna,
        manager=cast.boris,
        by=cast.anna,
        at=timezone.now(),
    )
    for who, said in ((cast.anna, rep), (cast.boris, manager)):
        judgements = [
            {"stakeholder": place.pk, "attitude": attitude, "role": role}
            for place, (attitude, role) in zip(places, said, strict=True)
        ]
        path = f"/api/v1/assessments/{opened.pk}/judgements/"
        answer = send(as_user(who), "POST", path, {"judgements": judgements})
        assert answer.status_code == 200, answer.content
    return as_user(cast.anna).get(f"/api/v1/assessments/{opened.pk}/").json()["alignment"]


def test_at_08(cast):
    pairs = judged([[20, 5], [10, 15]], ("approver", "coach"))
    found = agreement(cast, *([(None, pair[side]) for pair in pairs] for side in (0, 1)))

    assert found["role"]["value"] == pytest.approx(0.40, abs=1e-12)
    assert (found["role"]["n"], found["role_agreement"]["value"]) == (50, 0.70)
    assert len(found["differences"]) == 15


def test_m12(cast):
    pairs = judged([[8, 2, 0], [1, 9, 2], [0, 3, 5]], (-2, 0, 2))
    found = agreement(cast, *([(pair[side], "") for pair in pairs] for side in (0, 1)))

    assert round(found["attitude"]["value"], 3) == 0.763
    assert found["attitude"]["n"] == 30


def test_m12_by_roles(cast):
    """The same table counted as three roles, whose order says nothing: the plain kappa."""
    roles = ("approver", "coach", "champion")
    pairs = judged([[8, 2, 0], [1, 9, 2], [0, 3, 5]], roles)
    found = agreement(cast, *([(None, pair[side]) for pair in pairs] for side in (0, 1)))

    assert round(found["role"]["value"], 3) == 0.590
    assert found["attitude"]["status"] == "not_applicable"


def test_m12_of_two_who_always_say_the_same_tells_the_agreement(cast):
    found = agreement(cast, [(1, "")] * 5, [(1, "")] * 5)

    assert (found["attitude"]["value"], found["attitude"]["status"]) == (None, "not_applicable")
    assert found["attitude_agreement"]["value"] == 1
