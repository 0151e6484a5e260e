"""Versions of what we offer: exactly one is current, whoever comes first."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import Conflict, Invalid, Refused
from core.models import Event
from pipeline.commands import opportunities as verbs
from pipeline.commands import proposals
from pipeline.models import Proposal
from tests.cast import NOW
from tests.pipeline.sales import open_sale
from tests.pipeline.test_api import send, signed_in
from tests.races import overlap

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture
def sale(cast, b2b8):
    return open_sale(cast)


def add(cast, sale, **facts):
    facts = {"document": "Offer.pdf", "amount": Decimal("1000")} | facts
    return proposals.add_proposal(sale, facts=facts, by=cast.anna, at=NOW)


def versions():
    return list(Proposal.objects.order_by("version").values_list("version", "is_current"))


def test_the_newest_is_current_and_told_by_numbers(cast, sale):
    add(cast, sale)
    second = add(cast, sale, discount_percent=Decimal("12.5"))
    add(cast, open_sale(cast, name="Other"))

    assert list(sale.proposals.order_by("version").values_list("version", "is_current")) == [
        (1, False),
        (2, True),
    ]
    data = Event.objects.filter(name="proposal.added").order_by("id")[1].data
    assert data == {
        "proposal": second.pk,
        "version": 2,
        "amount": "1000",
        "currency": "CNY",
        "discount_percent": "12.5",
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"document": ""}, "document"),
        ({"amount": None}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"discount_percent": Decimal("100.01")}, "discount_percent"),
        ({"discount_percent": Decimal(-1)}, "discount_percent"),
        ({"is_current": False}, "is_current"),
    ],
)
def test_what_is_no_version_leaves_the_current_one(cast, sale, wrong, field):
    add(cast, sale)
    with pytest.raises(Invalid) as refused:
        add(cast, sale, **wrong)
    assert list(refused.value.details) == [field]
    assert versions() == [(1, True)]


def test_back_to_an_earlier_version(cast, sale):
    first, second = add(cast, sale), add(cast, sale)
    proposals.make_current(first, by=cast.anna, at=LATER)
    assert versions() == [(1, True), (2, False)]
    with pytest.raises(Conflict) as refused:
        proposals.make_current(first, by=cast.anna, at=LATER)
    assert refused.value.code == "current"
    assert Event.objects.get(name="proposal.made_current").data["before"] == second.version


def test_approved_by_another_who_leads_and_only_then_sent(cast, sale):
    row = add(cast, sale)
    with pytest.raises(Conflict) as refused:
        proposals.send(row, by=cast.anna, at=NOW)
    assert refused.value.code == "not_approved"
    for who in (cast.anna, cast.nils, cast.clara, cast.otto):
        with pytest.raises(Refused):
            proposals.approve(row, by=who, at=NOW)
    proposals.approve(row, by=cast.boris, at=NOW)
    with pytest.raises(Conflict):
        proposals.approve(row, by=cast.dora, at=NOW)
    sent = proposals.send(row, by=cast.anna, at=LATER)
    with pytest.raises(Conflict):
        proposals.send(row, by=cast.anna, at=LATER)

    assert (sent.approved_by, sent.approved_at, sent.sent_at) == (cast.boris, NOW, LATER)


def test_nobody_approves_what_he_wrote(cast, sale):
    row = proposals.add_proposal(sale, facts={"document": "x", "amount": 1}, by=cast.boris, at=NOW)
    with pytest.raises(Refused) as refused:
        proposals.approve(row, by=cast.boris, at=NOW)
    assert refused.value.code == "own_proposal"
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.update(approved_by=cast.boris, approved_at=NOW)


def test_only_the_current_version_is_sent(cast, sale):
    first = add(cast, sale)
    proposals.approve(first, by=cast.boris, at=NOW)
    add(cast, sale)
    with pytest.raises(Conflict) as refused:
        proposals.send(first, by=cast.anna, at=NOW)
    assert refused.value.code == "not_current"


@pytest.mark.parametrize("who", ["nils", "ben", "otto"])
def test_who_does_not_serve_the_customer_offers_nothing(cast, sale, who):
    row, by = add(cast, sale), {"by": getattr(cast, who), "at": NOW}
    for act in (
        lambda: proposals.add_proposal(sale, facts={"document": "x", "amount": 1}, **by),
        lambda: proposals.make_current(row, **by),
        lambda: proposals.send(row, **by),
    ):
        with pytest.raises(Refused):
            act()
    assert versions() == [(1, True)]


def test_a_closed_sale_keeps_its_versions(cast, sale):
    row = add(cast, sale)
    verbs.lose(sale, outcome="lost", reason="Price", by=cast.anna, at=LATER)
    for act in (
        lambda: add(cast, sale),
        lambda: proposals.approve(row, by=cast.boris, at=LATER),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "opportunity_closed"


def test_the_database_keeps_terms_and_exactly_one_current(cast, sale):
    add(cast, sale)
    add(cast, sale)
    mine = Proposal.objects.all()

    def none_current():
        mine.update(is_current=False)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    for act in (
        lambda: mine.update(amount=1),
        lambda: mine.update(discount_percent=50),
        lambda: mine.update(is_current=True),
        lambda: mine.update(sent_at=NOW),
        lambda: mine._raw_delete(mine.db),
        none_current,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert versions() == [(1, False), (2, True)]


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_two_write_a_version(self, cast, sale):
        first, second = overlap(
            lambda: add(cast, sale, document="A"), lambda: add(cast, sale, document="B")
        )
        assert (first.version, second.version) == (1, 2)
        assert versions() == [(1, False), (2, True)]

    def test_two_make_another_one_current(self, cast, sale):
        one, two, _three = (add(cast, sale) for _number in range(3))
        overlap(
            lambda: proposals.make_current(one, by=cast.anna, at=LATER),
            lambda: proposals.make_current(two, by=cast.boris, at=LATER),
        )
        assert versions() == [(1, False), (2, True), (3, False)]

    def test_one_sends_what_another_replaces(self, cast, sale):
        row = add(cast, sale)
        proposals.approve(row, by=cast.boris, at=NOW)
        _new, sent = overlap(
            lambda: add(cast, sale), lambda: proposals.send(row, by=cast.anna, at=LATER)
        )
        assert (type(sent), sent.code) == (Conflict, "not_current")
        assert not Proposal.objects.filter(sent_at__isnull=False).exists()


def test_on_the_page_and_over_the_api(cast, sale):
    anna = signed_in(cast.anna)
    body = {"document": "Offer.pdf", "amount": "900", "discount_percent": "10"}
    posted = anna.post(f"/opportunities/{sale.pk}/proposals/new/", body)
    assert (posted.status_code, posted["Location"]) == (302, f"/opportunities/{sale.pk}/?tab=case")
    row = Proposal.objects.get()
    assert send(cast.boris, "post", f"/api/v1/proposals/{row.pk}/approve/", {}).status_code == 200
    assert send(cast.anna, "post", f"/api/v1/proposals/{row.pk}/approve/", {}).status_code == 403
    assert anna.post(f"/proposals/{row.pk}/send/").status_code == 302
    made = send(
        cast.anna,
        "post",
        "/api/v1/proposals/",
        {"opportunity": sale.pk, "document": "B", "amount": "800.00"},
    )
    assert (made.status_code, made.json()["version"], made.json()["is_current"]) == (201, 2, True)
    found = anna.get("/api/v1/proposals/", {"opportunity": sale.pk, "is_current": "true"}).json()
    assert [(row["version"], row["amount"]) for row in found["results"]] == [(2, "800.00")]
    page = anna.get(f"/opportunities/{sale.pk}/proposals/").content.decode()
    assert page.index("Version 2") < page.index("Version 1")
    assert "10.00 % discount" in page
