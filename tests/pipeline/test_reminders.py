"""Who hears of a reminder, in which words; what floors below set off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils import translation

from accounts.callbacks import CLOSING_CHECKS
from accounts.models import InboxItem
from accounts.notices import render
from core import relay
from core.errors import Invalid
from crm.commands.activities import log_activity
from crm.commands.reassign import preview, reassign_customer, spread_evenly
from pipeline.commands import clocks, sweep
from pipeline.commands import opportunities as verbs
from pipeline.models import Opportunity, OpportunityActivity, Reminder
from tests.cast import NOW, assign
from tests.pipeline.sales import advance_to, open_sale, snapshot
from tests.pipeline.test_clocks import shanghai

pytestmark = pytest.mark.django_db
YEAR_LATER = NOW + timedelta(days=365)


def told(kind: str) -> set[str]:
    """The user names that have got a message of this kind."""
    return set(InboxItem.objects.filter(kind=kind).values_list("user__username", flat=True))


def test_each_level_reaches_its_people_once(cast, b2b8):
    sale = open_sale(cast)
    clocks.ring(at=YEAR_LATER)
    relay.drain(at=YEAR_LATER)
    assert told("reminder.80") == {"anna"}
    assert told("reminder.100") == {"anna", "boris"}
    assert told("reminder.150") == {"dora"}
    assert told("reminder.200") == {"dora"}
    items = InboxItem.objects.filter(kind="reminder.100").order_by("user__username")
    reminder = Reminder.objects.get(level=1)
    assert {(item.key, item.url, item.scope_id) for item in items} == {
        (f"reminder:{reminder.pk}", f"/opportunities/{sale.pk}/", cast.acme.pk)
    }
    assert render(items[0].kind, items[0].params) == (
        "Line 2 (Acme, Anna) has used all of its 10 working days in “Lead validated”."
    )
    with translation.override("zh-hans"):
        assert "线索验证" in render(items[0].kind, items[0].params)


def test_hearing_of_it_twice_tells_once(cast, b2b8):
    from core.models import Event
    from pipeline.subscribers import tell_of_reminder

    open_sale(cast)
    clocks.ring(at=YEAR_LATER)
    relay.drain(at=YEAR_LATER)
    before = InboxItem.objects.count()
    for event in Event.objects.filter(name="reminder.raised"):
        tell_of_reminder(event)
    assert InboxItem.objects.count() == before


def test_a_manager_who_leads_a_sale_is_not_his_own_manager(cast, b2b8):
    open_sale(cast, owner=cast.boris, by=cast.boris)
    clocks.ring(at=shanghai("2026-03-24", 9))
    relay.drain(at=YEAR_LATER)
    assert told("reminder.80") == {"boris"}
    assert told("reminder.100") == {"boris", "dora"}


def test_the_end_of_a_wait_is_told_to_the_owner(cast, b2b8):
    sale = open_sale(cast)
    until = shanghai("2026-03-18", 0).date()
    verbs.hold(sale, by=cast.anna, at=NOW, until=until + timedelta(1), reason="wait")
    sweep.run(at=shanghai("2026-03-18", 0))
    relay.drain(at=YEAR_LATER)
    assert told("hold.ended") == {"anna"}


def test_an_activity_goes_to_the_only_live_sale(cast, b2b8):
    sale = open_sale(cast)
    verbs.lose(open_sale(cast, name="Old"), by=cast.anna, at=NOW, outcome="lost", reason="price")
    log_activity(customer=cast.acme, kind="call", text="Called", by=cast.anna, at=NOW)
    assert [link.opportunity for link in OpportunityActivity.objects.all()] == [sale]
    open_sale(cast, name="Third")
    log_activity(customer=cast.acme, kind="call", text="Again", by=cast.anna, at=NOW)
    assert OpportunityActivity.objects.count() == 1


def test_an_activity_goes_where_it_is_told_and_never_to_another_customer(cast, b2b8):
    first, second = open_sale(cast), open_sale(cast, name="Other")
    foreign = open_sale(cast, customer=cast.zenith, by=cast.ben)
    logged = {"customer": cast.acme, "kind": "call", "text": "Call", "by": cast.anna, "at": NOW}
    log_activity(**logged, links={"opportunities": [second.pk]})
    assert [link.opportunity for link in OpportunityActivity.objects.all()] == [second]
    with pytest.raises(Invalid), transaction.atomic():
        log_activity(**logged, links={"opportunities": [first.pk, foreign.pk]})
    assert OpportunityActivity.objects.count() == 1


def test_live_sales_follow_the_customer_and_closed_ones_keep_their_name(cast, b2b8):
    live = advance_to(open_sale(cast), "qualify")
    held = open_sale(cast, name="Waiting")
    held = verbs.hold(held, by=cast.anna, at=NOW, until=(NOW + timedelta(9)).date(), reason="wait")
    won = advance_to(open_sale(cast, name="Won"), "deliver")
    theirs = open_sale(cast, name="Boris's own", owner=cast.boris, by=cast.boris)
    clocks.ring(at=YEAR_LATER)
    relay.drain(at=YEAR_LATER)
    before = {sale.pk: snapshot(sale) for sale in (live, held, won, theirs)}
    unread = InboxItem.objects.filter(user=cast.anna).count()
    giver_of = {cast.acme.pk: cast.anna.pk}
    seen = preview(spread_evenly(giver_of, [cast.nils]), by=cast.boris)
    act = reassign_customer(
        cast.acme, to=cast.nils, by=cast.boris, at=YEAR_LATER, reason="Anna moves on"
    )
    owners = dict(Opportunity.objects.values_list("name", "owner__username"))
    assert owners == {
        "Line 2": "nils",
        "Waiting": "nils",
        "Won": "anna",
        "Boris's own": "boris",
    }
    assert {pk: snapshot(Opportunity(pk=pk)) for pk in before} == before
    assert seen["total"]["opportunities"] == act.receipt["total"]["opportunities"] == 2
    assert seen["total"] == act.receipt["total"]
    assert act.receipt["total"]["reminders"] == unread > 0
    assert InboxItem.objects.filter(user=cast.anna, read_at=None).count() == 0
    relay.drain(at=YEAR_LATER)
    assert told("opportunity.handed_on") == {"nils"}


def test_what_the_receiver_knows_already_does_not_move_twice(cast, b2b8):
    open_sale(cast)
    clocks.ring(at=YEAR_LATER)
    relay.drain(at=YEAR_LATER)
    assign(cast.acme, cast.boris, "deputy")
    act = reassign_customer(
        cast.acme, to=cast.boris, by=cast.dora, at=YEAR_LATER, reason="Boris takes over"
    )
    assert act.receipt["total"]["reminders"] == 1
    assert InboxItem.objects.filter(user=cast.anna, read_at=None).count() == 0
    kinds = InboxItem.objects.filter(user=cast.boris, read_at=None).values_list("kind", flat=True)
    assert sorted(kinds) == ["reminder.100", "reminder.80"]


def test_who_leads_a_live_sale_may_not_leave(cast, b2b8):
    sale = open_sale(cast)
    said = [held for check in CLOSING_CHECKS for held in check(cast.anna)]
    assert "Anna leads 1 open opportunity." in [held.sentence for held in said]
    verbs.lose(sale, by=cast.anna, at=NOW, outcome="withdrawn", reason="x")
    said = [held for check in CLOSING_CHECKS for held in check(cast.anna)]
    assert not [held for held in said if "opportunit" in held.sentence]


def test_the_lead_of_a_sale_has_to_serve_the_customer(cast, b2b8):
    sale = open_sale(cast)
    with pytest.raises(Invalid) as caught:
        verbs.change_opportunity(sale, by=cast.boris, at=NOW, owner=cast.nils)
    assert caught.value.code == "owner_does_not_serve"
    assign(cast.acme, cast.nils, "deputy")
    sale = verbs.change_opportunity(sale, by=cast.boris, at=NOW, owner=cast.nils)
    assert sale.owner == cast.nils


@pytest.mark.parametrize("verb", ["resume", "overdue"])
def test_the_end_of_a_task_s_time_ends_the_sweep(cast, b2b8, monkeypatch, verb):
    sale = open_sale(cast)
    verbs.hold(sale, by=cast.anna, at=NOW, until=(NOW + timedelta(3)).date(), reason="wait")

    def too_long(*_args, **_kwargs):
        raise SoftTimeLimitExceeded

    if verb == "resume":
        monkeypatch.setattr("pipeline.commands.opportunities.resume", too_long)
    else:
        monkeypatch.setattr("pipeline.commands.holds.overdue_holds", too_long)
    with pytest.raises(SoftTimeLimitExceeded):
        sweep.run(at=NOW + timedelta(days=9))
    assert Opportunity.objects.get().state == "on_hold"
