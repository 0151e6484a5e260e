"""One mail a day with what rings, at eight in the morning; quiet hours for the rest."""

from datetime import datetime, timedelta

import pytest
from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.acknowledge import acknowledge
from accounts.commands.digests import make
from accounts.commands.inbox import Delivery, deliver, mark_read
from accounts.commands.mail import send_next
from accounts.models import InboxItem, User
from accounts.queries.inbox import inbox_of
from tests.cast import gather
from tests.races import overlap

pytestmark = pytest.mark.django_db


def at(day, hour=9, minute=0):
    """This time in Shanghai, in March 2026."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{hour:02}:{minute:02}:00+08:00")


@pytest.fixture(autouse=True)
def sentences(monkeypatch):
    monkeypatch.setattr(notices, "_notices", {})
    notices.register("test.due", gettext_noop("{name} is due."), "clock")


@pytest.fixture
def cast():
    return gather()


def tell(user, name, level=0, when=None, thread=None):
    one = Delivery(
        user.pk,
        "test.due",
        f"{thread or name}:{level}",
        {"name": name},
        f"/opportunities/{level}/",
        thread=thread or name,
        level=level,
    )
    deliver([one], at=when or at(10))


def send(when):
    while send_next(at=when):
        pass


def morning(day, mailoutbox):
    """The digests of this morning, by receiver: subject and the lines that begin with a dash."""
    mailoutbox.clear()
    make(at=at(day, 8))
    send(at(day, 8))
    return {
        mail.to[0]: (
            mail.subject,
            [line[2:] for line in mail.body.splitlines() if line.startswith("- ")],
        )
        for mail in mailoutbox
    }


def test_all_of_a_day_in_one_mail_at_eight(cast, mailoutbox):
    tell(cast.anna, "Bridge")
    tell(cast.anna, "Tunnel", 2)
    tell(cast.boris, "Tunnel", 1)
    send(at(10, 12))
    assert make(at=at(11, 7, 59)) == 0
    assert mailoutbox == []
    assert morning(11, mailoutbox) == {
        "anna@example.com": ("2 reminders", ["Tunnel is due.", "Bridge is due."]),
        "boris@example.com": ("1 reminder", ["Tunnel is due."]),
    }
    assert make(at=at(11, 9)) == 0
    assert not inbox_of(cast.anna).filter(kind=InboxItem.DIGEST).exists()


def test_by_the_clock_and_in_the_language_of_its_reader(cast, mailoutbox):
    User.objects.filter(pk=cast.anna.pk).update(time_zone="Europe/Berlin", language="zh-hans")
    tell(cast.anna, "Bridge", when=at(10, 18))
    assert make(at=datetime.fromisoformat("2026-03-11T07:59:59+01:00")) == 0
    eight = datetime.fromisoformat("2026-03-11T08:00:00+01:00")
    assert make(at=eight) == 1
    send(eight)
    assert mailoutbox[0].subject == "1 条提醒"


def test_repeated_until_taken_on_or_opened(cast, mailoutbox):
    for name in ("Bridge", "Tunnel", "Harbour"):
        tell(cast.anna, name)
    assert len(morning(11, mailoutbox)["anna@example.com"][1]) == 3
    acknowledge(InboxItem.objects.get(thread="Bridge"), note="I call", by=cast.anna, at=at(11, 10))
    mark_read([InboxItem.objects.get(thread="Tunnel").pk], by=cast.anna, at=at(11, 10))
    assert morning(12, mailoutbox) == {"anna@example.com": ("1 reminder", ["Harbour is due."])}
    for day in (13, 14, 15, 16, 17):
        assert list(morning(day, mailoutbox)) == ["anna@example.com"]
    assert morning(18, mailoutbox) == {}
    states = InboxItem.objects.exclude(kind=InboxItem.DIGEST).values_list("mail", flat=True)
    assert set(states) == {"sent"}


def test_the_next_level_comes_though_the_last_was_taken_on(cast, mailoutbox):
    tell(cast.anna, "Bridge", 0, thread="v")
    acknowledge(InboxItem.objects.get(), note="", by=cast.anna, at=at(10, 10))
    tell(cast.anna, "Bridge", 1, thread="v")
    tell(cast.boris, "Bridge", 1, thread="v")
    found = morning(11, mailoutbox)
    assert found["anna@example.com"] == ("1 reminder", ["Bridge is due."])
    body = next(mail.body for mail in mailoutbox if mail.to == ["boris@example.com"])
    assert "Anna is on it" in body


def test_a_higher_level_overtakes_a_lower_one(cast, mailoutbox):
    tell(cast.anna, "Bridge", 0, thread="v")
    tell(cast.anna, "Bridge at last", 1, thread="v")
    assert morning(11, mailoutbox)["anna@example.com"][1] == ["Bridge at last is due."]


def test_the_top_level_comes_at_any_hour(cast, mailoutbox):
    tell(cast.dora, "Bridge", 3, when=at(10, 23))
    send(at(10, 23))
    assert [mail.to for mail in mailoutbox] == [["dora@example.com"]]


@pytest.mark.parametrize(
    ("hour", "minute", "later"),
    [(19, 59, None), (20, 0, at(11, 8)), (23, 0, at(11, 8)), (7, 59, at(10, 8)), (8, 0, None)],
)
def test_other_mail_keeps_quiet_hours(cast, mailoutbox, hour, minute, later):
    when = at(10, hour, minute)
    deliver([Delivery(cast.anna.pk, "test.due", "k", {"name": "x"})], at=when)
    send(when)
    assert len(mailoutbox) == (0 if later else 1)
    if later:
        item = InboxItem.objects.get()
        assert (item.mail, item.mail_attempts, item.mail_after) == ("waiting", 0, later)
        send(later)
        assert len(mailoutbox) == 1


def test_who_has_no_address_gets_none(cast, mailoutbox):
    User.objects.filter(pk=cast.anna.pk).update(email="")
    tell(cast.anna, "Bridge")
    assert morning(11, mailoutbox) == {}


@pytest.mark.django_db(transaction=True)
def test_two_makers_make_one():
    cast = gather()
    for n in range(20):
        tell(cast.anna, f"Bridge {n}")
        tell(cast.boris, f"Bridge {n}", 1)
    results = overlap(lambda: make(at=at(11, 8)), lambda: make(at=at(11, 8)))
    assert sum(results) == 2
    digests = InboxItem.objects.filter(kind=InboxItem.DIGEST)
    assert sorted(len(item.params["ids"]) for item in digests) == [20, 20]
    assert make(at=at(11, 8) + timedelta(minutes=1)) == 0
