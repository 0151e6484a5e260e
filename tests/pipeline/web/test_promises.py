"""Promises of a sale on its page, and of a person on Today, with the reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import Invalid
from core.workingtime import local_date
from crm.commands import commitment_clock, commitments
from crm.models import Commitment
from pipeline.models import OpportunityCommitment
from tests.cast import ContactFactory
from tests.pipeline.sales import open_sale

TODAY = "/"


@pytest.fixture
def promised(cast, b2b8):
    lee = ContactFactory(customer=cast.acme, name="李敏")
    now = timezone.now()

    def make(days, text="Test report", **given):
        arguments = {
            "customer": cast.acme,
            "direction": "ours",
            "text": text,
            "due_date": local_date(now, "CN") + timedelta(days=days),
            "contact": lee,
            "by": cast.anna,
            "at": now - timedelta(days=30),
        }
        return commitments.make(**(arguments | given))

    return make


def linked():
    return set(OpportunityCommitment.objects.values_list("opportunity__name", "commitment__text"))


def test_a_promise_belongs_to_the_only_live_sale_or_to_the_one_named(cast, promised, sale):
    promised(5, "Plan")
    other = open_sale(cast, name="Second")
    promised(5, "Neither")
    promised(5, "Offer", links={"opportunities": [other.pk]})

    assert linked() == {(sale.name, "Plan"), ("Second", "Offer")}
    with pytest.raises(Invalid):
        promised(5, links={"opportunities": [10**9]})
    assert Commitment.objects.count() == 3


def test_the_sale_shows_them_overdue_first(sign_in, cast, promised, sale):
    promised(9, "Later")
    promised(-3, "Overdue")
    commitment_clock.lapse(at=timezone.now())

    page = sign_in(cast.anna).get(f"/opportunities/{sale.pk}/promises/", HTTP_HX_REQUEST="true")

    said = page.content.decode()
    assert said.index("Overdue") < said.index("Later")
    assert "broken" in said
    assert "<html" not in said


def test_one_noted_on_the_sale_belongs_to_it(sign_in, cast, promised, sale):
    open_sale(cast, name="Second")
    due = local_date(timezone.now(), "CN") + timedelta(days=5)
    lee = cast.acme.contacts.get()
    body = {"dialog": "1", "direction": "ours", "text": "Offer", "contact": lee.pk}

    sign_in(cast.anna).post(
        f"/customers/{cast.acme.pk}/promises/new/",
        body | {"due_date": due, "opportunity": sale.pk},
    )

    assert linked() == {(sale.name, "Offer")}


def test_today_says_what_was_promised_to_whom(sign_in, cast, promised):
    promised(-1, "Overdue")
    promised(0, "Due")
    promised(0, "Budget", direction="theirs")
    promised(9, "Later")
    promised(0, "Of Boris", holder=cast.boris)
    commitment_clock.lapse(at=timezone.now())

    response = sign_in(cast.anna).get(TODAY)

    found = response.context["today"]
    late, due = found.late.lines, found.today.lines
    assert [line.row["text"] for line in late] == ["Overdue"]
    assert late[0].reasons[0].text == "You promised 李敏 this for yesterday"
    said = {line.row["text"]: (line.do, line.reasons[0].text) for line in due}
    assert said == {
        "Due": ("keep", "You promised 李敏 this for today"),
        "Budget": ("ask", "李敏 promised this for today"),
    }
    text = response.content.decode()
    assert "Make good" in text
    assert "They kept it" in text


def test_a_kept_promise_is_gone_from_today(sign_in, cast, promised):
    made = promised(0)
    commitments.keep(made, evidence="Mail", by=cast.anna, at=timezone.now())

    assert "Test report" not in sign_in(cast.anna).get(TODAY).content.decode()
