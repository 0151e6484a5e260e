"""Whom nobody of the right rank meets, and who of us should."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.metrics.gaps import Colleague, Paired, Theirs, gaps
from crm.metrics.ladder import cut, ladder
from crm.metrics.required_cells import REQUIRED, Area, area_of, template_of
from crm.metrics.thickness import Met
from crm.metrics.thread import Single, thread

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANNA = Colleague(1, "Anna", "A", 1, serves=True)
BORIS = Colleague(2, "Boris", "B", 3, serves=False)
DORA = Colleague(3, "Dora", "D", 4, serves=False)
OURS = (DORA, BORIS, ANNA)
CHEN = Theirs(7, "Chen Li", "VP", "finance", 4, is_key=True)
CLERK = Theirs(8, "Wu", "", "procurement", 3, is_key=False)


def ago(days):
    return AT - timedelta(days=days)


def paired(user, contact, days, cadence=30):
    due = ago(days) + timedelta(days=cadence)
    return Paired(1, user, contact, "x", cadence, False, ago(200), ago(days), due, due < AT)


def found(people=(CHEN,), pairs=(), missing=(), met=None):
    return [
        (gap.key, gap.kind, gap.rank, gap.days, gap.owner_id)
        for gap in gaps(people, OURS, pairs, missing, met or {}, at=AT)
    ]


def test_nobody_of_directors_rank_has_met_their_vp_for_74_days():
    met = {(2, 7): ago(74), (1, 7): ago(2)}
    assert found(met=met) == [("person-7", "rank", 3, 74, 2)]


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ({}, [("person-7", "rank", 3, None, 3)]),
        ({(1, 7): ago(1)}, [("person-7", "rank", 3, None, 3)]),
        ({(2, 7): ago(60)}, []),
        ({(3, 7): ago(61)}, [("person-7", "rank", 3, 61, 3)]),
    ],
)
def test_a_key_contact_is_met_by_about_his_rank_within_sixty_days(met, expected):
    assert found(met=met) == expected


def test_an_overdue_pair_names_the_peer_and_comes_once():
    assert found(pairs=[paired(3, 7, 74)], met={(3, 7): ago(74)}) == [("pair-1", "pair", 3, 74, 3)]
    assert found(pairs=[paired(3, 7, 20)], met={(3, 7): ago(20)}) == []


def test_an_empty_cell_asks_for_the_person_in_it_or_who_that_is():
    missing = [(3, "procurement"), (2, "operations")]
    assert found([CLERK], missing=missing, met={(1, 8): ago(5)}) == [
        ("person-8", "cell", 2, 5, 2),
        ("cell-2-operations", "nobody", 1, None, 1),
    ]


def test_without_anybody_of_ours_nobody_is_proposed():
    (gap,) = gaps([CHEN], [], [], [], {}, at=AT)
    assert gap.owner_id is None


@pytest.mark.parametrize(("tier", "cells"), [("S", 12), ("A", 8), ("B", 4), ("C", 2)])
def test_each_tier_requires_its_cells(tier, cells):
    template = template_of(tier)
    assert (len(template.cells), template.pairs) == (cells, cells)


def test_a_higher_tier_requires_more():
    tiers = [template_of(tier).cells for tier in ("C", "A", "S")]
    assert set(REQUIRED) == {"S", "A", "B", "C"}
    assert tiers[0] < tiers[1] < tiers[2]


@pytest.mark.parametrize(
    ("department", "title", "band", "area"),
    [
        ("采购部", "", 3, Area.PROCUREMENT),
        ("信息中心", "", 3, Area.TECHNOLOGY),
        ("生产技术部", "", 4, Area.OPERATIONS),
        ("IT部", "", 2, Area.TECHNOLOGY),
        ("Site Bodø", "", 2, Area.OPERATIONS),
        ("", "CFO", 4, Area.FINANCE),
        ("Security", "", 2, "Security"),
        ("Kitchen", "", 2, "Kitchen"),
        ("", "", 2, ""),
        ("Whatever", "", 5, Area.EXECUTIVE),
    ],
)
def test_an_area_is_read_from_the_department_or_the_title(department, title, band, area):
    assert area_of(department, title=title, band=band) == area


def met(user, contact, department="it", times=2):
    return Met(user, "sales", 1, contact, department, 1, times)


def test_a_thread_is_single_by_people_departments_or_us():
    wide = [met(1, 1), met(1, 2, "finance"), met(2, 3)]
    assert not thread(wide).is_single
    assert thread(wide[:2]).reasons == (Single.FEW_CONTACTS, Single.ONE_OF_OURS)
    assert thread([met(1, 1), met(2, 2), met(2, 3)]).reasons == (Single.ONE_DEPARTMENT,)
    assert thread([met(1, 1), met(1, 2, "f"), met(2, 3, times=1)]).is_single
    assert len(thread([]).reasons) == 3


def test_a_ladder_shows_who_meets_whom_and_cuts_what_does_not_fit():
    drawn = ladder([CHEN, CLERK], OURS, [paired(3, 7, 74)], {(1, 8)})
    assert [(link.kind, link.is_pair, link.ours) for link in drawn.links] == [
        ("active", False, "Anna"),
        ("overdue", True, "Dora"),
    ]
    assert drawn.height == 5 * 24 + 5 * 14
    many = [Theirs(n, f"N{n}", "", "", 2, is_key=False) for n in range(30)]
    drawn = ladder(many, [], [], set())
    assert (len(drawn.theirs), [rung.more_theirs for rung in drawn.rungs]) == (8, [0, 0, 0, 22, 0])
    assert cut("欧阳修远司马相如") == "欧阳修远司马相如"
    assert cut("Maximilian von Hohenstein") == "Maximilian von H…"
