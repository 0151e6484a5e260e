"""Today: each line has its reason and the one thing to do, and belongs to whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.commands.actions import create_action
from crm.commands.help import accept, ask, finish
from crm.models import Action
from pipeline.commands import opportunities
from pipeline.models import StageClock
from tests.pipeline.sales import advance_to, open_sale

TODAY = "/"


def lines(response):
    found = response.context["today"]
    groups = (found.escalated, found.late, found.today, found.soon)
    return [line for group in groups for line in group.lines]


def reasons(response):
    return [
        (line.kind, reason.do, reason.tone) for line in lines(response) for reason in line.reasons
    ]


def plan(cast, days, text="Call back", **fields):
    today = timezone.localdate(timezone=ZoneInfo(cast.anna.time_zone))
    fields = {"customer": cast.acme, "by": cast.anna} | fields
    return create_action(
        text=text, due_date=today + timedelta(days=days), at=timezone.now(), **fields
    )


def test_an_empty_day_teaches(sign_in, cast, b2b8):
    assert "Begin with a customer" in sign_in(cast.anna).get(TODAY).content.decode()


def test_overdue_actions_come_before_those_of_today_and_later_ones_not_at_all(sign_in, cast, b2b8):
    plan(cast, 0, "Today")
    plan(cast, -4, "Overdue")
    plan(cast, 3, "Later")
    found = lines(sign_in(cast.anna).get(TODAY))
    assert [line.row["text"] for line in found] == ["Overdue", "Today"]
    assert [line.tone for line in found] == ["late", "soon"]


def test_a_deal_past_its_limit_says_how_far(sign_in, cast, b2b8, now):
    plan(cast, 9)
    open_sale(cast, at=now - timedelta(days=40))
    response = sign_in(cast.anna).get(TODAY)
    assert reasons(response) == [("deal", "advance", "late")]
    text = response.content.decode()
    assert "% of the limit" in text
    assert "Supply 2 missing" in text


def test_a_deal_whose_close_date_has_passed_wants_a_new_one(sign_in, cast, b2b8, now):
    plan(cast, 9)
    open_sale(cast, at=now, expected_close_date=(now - timedelta(days=3)).date())
    assert reasons(sign_in(cast.anna).get(TODAY)) == [("deal", "close_date", "soon")]


def test_a_deal_without_a_next_step_wants_one(sign_in, cast, b2b8, now):
    open_sale(cast, at=now)
    assert reasons(sign_in(cast.anna).get(TODAY)) == [("deal", "plan", "unknown")]


def test_a_hold_that_ends_wants_to_be_resumed(sign_in, cast, sale, now):
    plan(cast, 9)
    until = (now + timedelta(days=5)).date()
    held = opportunities.hold(sale, until=until, reason="x", by=cast.anna, at=now)
    assert lines(sign_in(cast.anna).get(TODAY)) == []
    type(held).objects.filter(pk=held.pk).update(waiting_until=(now - timedelta(days=1)).date())
    assert reasons(sign_in(cast.anna).get(TODAY)) == [("deal", "resume", "wait")]


def test_the_manager_sees_his_teams_deal_past_the_limit_and_another_manager_does_not(
    sign_in, cast, b2b8, now
):
    open_sale(cast, at=now - timedelta(days=40))
    found = sign_in(cast.boris).get(TODAY).context["today"]
    assert [line.row["owner__name"] for line in found.escalated.lines] == ["Anna"]
    assert sign_in(cast.clara).get(TODAY).context["today"].escalated.lines == []
    assert sign_in(cast.nils).get(TODAY).context["today"].escalated.lines == []


def test_the_director_sees_it_from_150_percent_on(sign_in, cast, b2b8, now):
    sale = open_sale(cast, at=now - timedelta(days=40))
    assert len(sign_in(cast.dora).get(TODAY).context["today"].escalated.lines) == 1
    clock = StageClock.objects.get(opportunity=sale)
    clock.level_moments[2] = now + timedelta(days=1)
    clock.save()
    assert sign_in(cast.dora).get(TODAY).context["today"].escalated.lines == []
    assert len(sign_in(cast.boris).get(TODAY).context["today"].escalated.lines) == 1


def test_a_next_step_is_planned_from_the_deal(sign_in, cast, sale):
    path = f"/opportunities/{sale.pk}/step/"
    client = sign_in(cast.anna)
    assert client.post(path, {"text": ""}).status_code == 422
    assert client.post(path, {"text": "Send the offer"}).status_code == 302
    assert Action.objects.get().text == "Send the offer"
    assert sign_in(cast.nils).post(path, {"text": "Mine"}).status_code == 403
    assert Action.objects.count() == 1


def test_what_is_asked_of_one_waits_for_an_answer_and_then_for_the_help(sign_in, cast, b2b8, now):
    asked = {"text": "The audit?", "by": cast.anna, "at": now - timedelta(days=9)}
    late = ask(asked=cast.nils, customer=cast.acme, **asked)
    ask(asked=cast.nils, topic="Kilns", **asked | {"at": now})
    nils = sign_in(cast.nils)

    assert reasons(nils.get(TODAY)) == [("help", "accept", "late"), ("help", "accept", "soon")]
    assert "The audit?" in nils.get(TODAY).content.decode()
    assert reasons(sign_in(cast.anna).get(TODAY)) == []

    accept(late, by=cast.nils, at=now)
    assert ("help", "help", "late") in reasons(nils.get(TODAY))
    finish(late, result="x", by=cast.nils, at=now)
    assert reasons(nils.get(TODAY)) == [("help", "accept", "soon")]


def test_help_that_is_due_later_is_not_there_yet(sign_in, cast, b2b8, now):
    made = ask(asked=cast.nils, topic="Kilns", text="x", days=30, by=cast.anna, at=now)
    accept(made, by=cast.nils, at=now)

    assert lines(sign_in(cast.nils).get(TODAY)) == []


@pytest.mark.parametrize("who", ["anna", "boris", "dora"])
def test_queries_do_not_grow(sign_in, cast, b2b8, who, now, django_assert_max_num_queries):
    for number in range(8):
        open_sale(cast, at=now - timedelta(days=20 + number), name=f"Deal {number}")
        plan(cast, -number, f"Step {number}")
        other = cast.boris if who == "anna" else cast.anna
        ask(asked=getattr(cast, who), customer=cast.acme, text="x", by=other, at=now)
    of_people = open_sale(cast, at=now - timedelta(days=60), name="Its gate asks for people")
    advance_to(of_people, "discover", now - timedelta(days=50))
    client = sign_in(getattr(cast, who))
    client.get(TODAY)
    with django_assert_max_num_queries(12):
        client.get(TODAY)
