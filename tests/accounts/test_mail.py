"""Mail leaves once for each message, whoever dies on the way."""

import itertools
import threading
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections
from django.utils.translation import gettext_noop

from accounts import notices
from accounts.commands.inbox import Delivery, deliver, pass_on_unread
from accounts.commands.mail import LEASE, MOST_ATTEMPTS, pause_after, send_next
from accounts.commands.users import freeze_user
from accounts.models import InboxItem, User
from accounts.tasks import send_mail
from tests.cast import NOW, gather

SEND = "accounts.commands.mail.EmailMessage.send"


@pytest.fixture(autouse=True)
def sentences(monkeypatch):
    monkeypatch.setattr(notices, "_notices", {})
    monkeypatch.setattr("accounts.commands.mail.is_quiet", lambda _zone, _at: False)
    notices.register("test.due", gettext_noop("{name} is due."), "clock")


def tell(user, name="Bridge", key="k"):
    deliver([Delivery(user.pk, "test.due", key, {"name": name}, "/opportunities/5/")], at=NOW)


def state():
    return list(InboxItem.objects.order_by("id").values_list("mail", "mail_attempts"))


@pytest.mark.django_db
def test_the_mail_says_it_in_the_reader_s_language_with_a_link(mailoutbox):
    cast = gather()
    tell(cast.anna, name="Bridge\nBcc: everybody@example.com\r\n" + "x" * 300)

    assert send_next(at=NOW)
    assert not send_next(at=NOW)

    (message,) = mailoutbox
    assert message.to == ["anna@example.com"]
    assert "\n" not in message.subject
    assert len(message.subject) == 150
    assert message.recipients() == ["anna@example.com"]
    assert "http://localhost:8000/opportunities/5/" in message.body
    assert state() == [("sent", 1)]


@pytest.mark.django_db
def test_a_message_keeps_its_id_over_attempts(mailoutbox):
    cast = gather()
    tell(cast.anna)
    ids = []

    def fail(message, **_options):
        ids.append(message.extra_headers["Message-ID"])
        raise OSError("connection lost")

    with patch(SEND, autospec=True, side_effect=fail):
        send_next(at=NOW)
    send_next(at=NOW + pause_after(1))

    assert mailoutbox[0].extra_headers["Message-ID"] == ids[0]
    assert ids[0].endswith("@localhost>")


@pytest.mark.django_db
def test_pauses_grow_and_the_eighth_failure_is_the_last(mailoutbox):
    cast = gather()
    tell(cast.anna)
    at, pauses = NOW, []

    with patch(SEND, side_effect=OSError):
        while send_next(at=at):
            item = InboxItem.objects.get()
            if item.mail == "waiting":
                pauses.append(item.mail_after - at)
                assert not send_next(at=item.mail_after - timedelta(seconds=1))
                at = item.mail_after

    assert state() == [("failed", MOST_ATTEMPTS)]
    assert pauses == [timedelta(minutes=2**n) for n in range(7)]
    assert mailoutbox == []
    assert pause_after(50) == timedelta(hours=6)


@pytest.mark.django_db
def test_a_worker_killed_before_sending_costs_only_the_lease(mailoutbox):
    cast = gather()
    tell(cast.anna)

    with patch(SEND, side_effect=SystemExit), pytest.raises(SystemExit):
        send_next(at=NOW)
    assert not send_next(at=NOW + LEASE - timedelta(seconds=1))
    assert send_next(at=NOW + LEASE)

    assert len(mailoutbox) == 1
    assert state() == [("sent", 2)]


@pytest.mark.django_db
def test_a_message_that_kills_every_worker_is_given_up():
    cast = gather()
    tell(cast.anna)

    with patch(SEND, side_effect=SystemExit) as send:
        for attempt in range(MOST_ATTEMPTS):
            with pytest.raises(SystemExit):
                send_next(at=NOW + LEASE * attempt)
        assert send_next(at=NOW + LEASE * MOST_ATTEMPTS)

    assert send.call_count == MOST_ATTEMPTS
    assert [mail for mail, _attempts in state()] == ["failed"]


@pytest.mark.django_db
def test_a_late_worker_does_not_undo_what_a_later_one_noted():
    cast = gather()
    tell(cast.anna)

    def slow(*_args, **_options):
        assert send_next_alone(NOW + LEASE)
        raise OSError

    def send_next_alone(at):
        with patch(SEND):
            return send_next(at=at)

    with patch(SEND, side_effect=slow):
        send_next(at=NOW)

    assert state() == [("sent", 2)]


@pytest.mark.django_db
def test_no_mail_for_who_has_left_or_lost_the_address(mailoutbox):
    cast = gather()
    tell(cast.anna)
    tell(cast.nils)
    freeze_user(cast.anna, by=cast.otto, at=NOW)
    User.objects.filter(pk=cast.nils.pk).update(email="")

    send_mail()

    assert [mail for mail, _attempts in state()] == ["none", "none"]
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_server_that_is_down_costs_no_attempt():
    cast = gather()
    tell(cast.anna)

    with patch.object(EmailBackend, "open", side_effect=OSError):
        send_mail()

    assert state() == [("waiting", 0)]


def refusing(error, *, after):
    """A server that takes some mails and then fails each time."""
    count = itertools.count()

    def send(message, **_options):
        if next(count) >= after:
            raise error

    return patch(SEND, autospec=True, side_effect=send)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        SMTPServerDisconnected("gone"),
        SMTPDataError(421, b"shutting down"),
        SMTPRecipientsRefused({"anna@example.com": (421, b"too many")}),
        TimeoutError(),
    ],
)
def test_a_server_that_goes_away_ends_the_run_and_costs_no_attempt(error):
    cast = gather()
    for number in range(4):
        tell(cast.anna, key=str(number))

    with refusing(error, after=1) as send, patch.object(EmailBackend, "close") as close:
        send_mail()

    assert send.call_count == 2
    assert close.called
    assert state() == [("sent", 1), *[("waiting", 0)] * 3]
    assert InboxItem.objects.filter(mail="waiting", mail_after__gt=NOW).count() == 1


@pytest.mark.django_db
def test_a_message_on_which_the_server_always_hangs_up_is_given_up():
    cast = gather()
    tell(cast.anna)

    with refusing(SMTPServerDisconnected("gone"), after=0):
        for _attempt in range(MOST_ATTEMPTS):
            send_mail()
            InboxItem.objects.update(mail_after=None)

    assert state() == [("failed", MOST_ATTEMPTS)]


@pytest.mark.django_db
def test_a_refused_message_does_not_stop_the_others_but_the_connection_is_opened_anew():
    cast = gather()
    tell(cast.anna, key="0")
    tell(cast.nils, key="1")
    error = SMTPRecipientsRefused({"anna@example.com": (550, b"unknown")})

    with patch(SEND, side_effect=[error, 1]), patch.object(EmailBackend, "close") as close:
        send_mail()

    assert close.call_count == 2
    assert state() == [("waiting", 1), ("sent", 1)]


@pytest.mark.django_db
def test_a_mail_in_the_air_does_not_count_for_the_colleague_who_takes_over(mailoutbox):
    cast = gather()
    deliver([Delivery(cast.anna.pk, "test.due", "k", {"name": "B"}, scope_id=7)], at=NOW)

    def hand_over(*_args, **_options):
        pass_on_unread([7], [cast.anna.pk], [cast.nils.pk], at=NOW)
        # Somebody has begun with the colleague's mail: the number of attempts is the same again.
        InboxItem.objects.update(mail_attempts=1)

    with patch(SEND, side_effect=hand_over):
        send_next(at=NOW)
    assert state() == [("waiting", 1)]

    assert send_next(at=NOW)
    assert [message.to for message in mailoutbox] == [["nils@example.com"]]


@pytest.mark.django_db
def test_a_message_passed_on_starts_anew():
    cast = gather()
    deliver([Delivery(cast.anna.pk, "test.due", "k", {"name": "B"}, scope_id=7)], at=NOW)
    InboxItem.objects.update(mail_attempts=7, mail_after=NOW + timedelta(hours=6))

    pass_on_unread([7], [cast.anna.pk], [cast.nils.pk], at=NOW)

    assert state() == [("waiting", 0)]
    assert send_next(at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(mailoutbox):
    cast = gather()
    for number in range(40):
        tell(cast.anna, name=f"Bridge {number}", key=str(number))
    barrier = threading.Barrier(2)

    def work():
        try:
            barrier.wait()
            while send_next(at=NOW):
                pass
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    subjects = sorted(message.subject for message in mail.outbox)
    assert subjects == sorted(f"Bridge {number} is due." for number in range(40))
    assert set(state()) == {("sent", 1)}
