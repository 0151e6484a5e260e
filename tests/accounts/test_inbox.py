"""Messages arrive once, are read, are passed on, and speak the language of who reads them."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.inbox import (
    Delivery,
    deliver,
    mark_all_read,
    mark_read,
    mark_unread,
    pass_on_unread,
)
from accounts.models import InboxItem, User
from accounts.queries.inbox import count_unread_of, get_item, inbox_of, unread_count
from core.errors import NotFound
from tests.cast import NOW, UserFactory, gather

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def sentences(monkeypatch):
    monkeypatch.setattr(notices, "_notices", {})
    notices.register(
        "test.due",
        gettext_noop("{opportunity} is due on {due_date}, at {at_at}, in {stage_msg}."),
        "clock",
    )


def told(user, **changes):
    given = {"user_id": user.pk, "kind": "test.due", "key": "k1", "scope_id": 7} | changes
    return Delivery(**given)


@pytest.mark.django_db
def test_delivering_again_changes_nothing(django_assert_num_queries):
    cast = gather()
    deliver([told(cast.anna), told(cast.nils)], at=NOW)
    mark_read([cast.anna.inbox_items.get().pk], by=cast.anna, at=NOW)

    with django_assert_num_queries(4):
        deliver([told(cast.anna), told(cast.nils), told(cast.nils, key="k2")], at=LATER)

    assert InboxItem.objects.count() == 3
    assert cast.anna.inbox_items.get().read_at == NOW
    assert cast.anna.inbox_items.get().created_at == NOW


@pytest.mark.django_db
def test_who_has_no_address_or_may_not_sign_in_gets_no_mail():
    cast = gather()
    User.objects.filter(pk=cast.anna.pk).update(email="")
    User.objects.filter(pk=cast.nils.pk).update(is_active=False)

    deliver([told(cast.anna), told(cast.nils), told(cast.ben)], at=NOW)

    mail = dict(InboxItem.objects.values_list("user__username", "mail"))
    assert mail == {"anna": "none", "nils": "none", "ben": "waiting"}


@pytest.mark.django_db
def test_reading_is_one_s_own():
    cast = gather()
    deliver([told(cast.anna, key=str(n)) for n in range(3)] + [told(cast.nils)], at=NOW)
    ids = list(InboxItem.objects.values_list("pk", flat=True))
    foreign = cast.nils.inbox_items.get().pk

    assert mark_read(ids, by=cast.anna, at=NOW) == 3
    assert mark_read(ids, by=cast.anna, at=NOW) == 0
    assert mark_unread([foreign, *cast.anna.inbox_items.values_list("pk", flat=True)[:1]],
                       by=cast.anna) == 1  # fmt: skip
    assert unread_count(cast.anna) == 1
    assert unread_count(cast.nils) == 1
    with pytest.raises(NotFound):
        get_item(cast.anna, foreign)
    with pytest.raises(NotFound):
        get_item(cast.anna, 2**70)


@pytest.mark.django_db
def test_what_arrives_after_the_click_stays_unread():
    cast = gather()
    deliver([told(cast.anna, key="1")], at=NOW)
    deliver([told(cast.anna, key="2")], at=LATER)

    assert mark_all_read(by=cast.anna, at=NOW) == 1

    assert [item.key for item in inbox_of(cast.anna, unread=True)] == ["2"]


@pytest.mark.django_db
def test_counting_stops_at_a_hundred(django_assert_num_queries):
    cast = gather()
    deliver([told(cast.anna, key=str(n)) for n in range(130)], at=NOW)

    with django_assert_num_queries(1):
        assert unread_count(cast.anna) == 100


@pytest.mark.django_db
def test_unread_messages_follow_the_customer():
    cast = gather()
    deliver(
        [
            told(cast.anna, key="moves"),
            told(cast.anna, key="other customer", scope_id=8),
            told(cast.anna, key="read"),
            told(cast.anna, key="both have it"),
            told(cast.nils, key="both have it"),
        ],
        at=NOW,
    )
    mark_read([cast.anna.inbox_items.get(key="read").pk], by=cast.anna, at=NOW)

    columns = [7], [cast.anna.pk], [cast.nils.pk]
    assert count_unread_of(*columns) == {(cast.nils.pk, True): 1, (cast.nils.pk, False): 1}
    moved = pass_on_unread(*columns, at=LATER)

    assert moved == 1
    assert count_unread_of(*columns) == {(cast.nils.pk, False): 2}
    assert {item.key for item in inbox_of(cast.nils, unread=True)} == {"moves", "both have it"}
    assert {item.key for item in inbox_of(cast.anna, unread=True)} == {"other customer"}
    assert InboxItem.objects.count() == 5


@pytest.mark.django_db
def test_unread_messages_of_several_people_follow_at_once(django_assert_num_queries):
    cast = gather()
    cast.olga = UserFactory(username="olga", team=cast.north)
    deliver(
        [
            told(cast.anna, key="same key"),
            told(cast.olga, key="same key", scope_id=8),
            told(cast.olga, key="hers", scope_id=8),
            told(cast.olga, key="of anna's customer", scope_id=7),
        ],
        at=NOW,
    )
    columns = [7, 8], [cast.anna.pk, cast.olga.pk], [cast.nils.pk, cast.nils.pk]
    assert count_unread_of(*columns) == {(cast.nils.pk, True): 2}

    with django_assert_num_queries(4):
        assert pass_on_unread(*columns, at=LATER) == 2

    assert {item.key for item in inbox_of(cast.nils, unread=True)} == {"same key", "hers"}
    assert {item.key for item in inbox_of(cast.olga, unread=True)} == {"of anna's customer"}


def test_times_are_the_reader_s_and_gaps_do_not_break_the_sentence():
    params = {
        "opportunity": "{due_date.__class__} <b>Bridge</b>",
        "due_date": "2026-03-10",
        "at_at": "2026-03-09T18:30:00+00:00",
    }
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        text = notices.render("test.due", params)

    assert (
        text
        == "{due_date.__class__} <b>Bridge</b> is due on 03/10/2026, at 03/10/2026 2:30 a.m., in …."
    )
    with translation.override("en"):
        assert "no date" in notices.render("test.due", {"due_date": "no date"})
        assert "put into words" in notices.render("unheard.of", {})


def test_a_kind_has_one_sentence():
    notices.register("test.due", notices.registered()[0].sentence, "clock")
    with pytest.raises(ValueError, match="two sentences"):
        notices.register("test.due", "Something else.", "clock")
    notices.register("test.many", "{n} customer came.", plural="{n} customers came.")
    with translation.override("en"):
        assert notices.render("test.many", {"n": 1}) == "1 customer came."
        assert notices.render("test.many", {"n": 3}) == "3 customers came."


@pytest.mark.django_db
def test_people_are_named_by_user():
    assert str(UserFactory(username="mei", name="")) == "mei"
