"""Personal keys to the API: kept as digests, ended at once, one query each."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.test import APIRequestFactory

from accounts.api.authentication import TokenAuthentication
from accounts.commands.tokens import create_token, note_use, revoke_token
from accounts.commands.users import freeze_user
from accounts.models import ApiToken
from accounts.queries.tokens import digest_of
from accounts.queries.users import system_user
from core.errors import Invalid, Refused
from core.models import Event
from tests.cast import gather

pytestmark = pytest.mark.django_db


def now():
    from django.utils import timezone

    return timezone.now()


def ask(key, method="get", scheme="Bearer"):
    request = getattr(APIRequestFactory(), method)("/", HTTP_AUTHORIZATION=f"{scheme} {key}")
    request.user = AnonymousUser()
    return TokenAuthentication().authenticate(request)


def test_only_the_digest_is_kept():
    cast = gather()

    token, key = create_token(by=cast.anna, at=now(), name=" Script ", scope="write")

    row = ApiToken.objects.values().get(pk=token.pk)
    assert key not in str(row)
    assert (row["digest"], row["prefix"], row["name"]) == (digest_of(key), key[:12], "Script")
    assert key not in str(list(Event.objects.values()))
    assert len(key) > 40


def test_a_good_key_is_its_person_in_one_query(django_assert_num_queries):
    cast = gather()
    token, key = create_token(by=cast.anna, at=now(), name="x")
    note_use(token, at=now())

    with django_assert_num_queries(1):
        user, found = ask(key)

    assert (user, found) == (cast.anna, token)


def test_unknown_revoked_expired_and_frozen_get_the_same_refusal():
    cast = gather()
    _token, key = create_token(by=cast.anna, at=now(), name="a")
    revoked, revoked_key = create_token(by=cast.anna, at=now(), name="b")
    revoke_token(revoked, by=cast.anna, at=now())
    old, old_key = create_token(by=cast.anna, at=now(), name="c", expires_at=now() + timedelta(1))
    ApiToken.objects.filter(pk=old.pk).update(expires_at=now() - timedelta(seconds=1))

    for bad in ("baton_guess", revoked_key, old_key, "", "x" * 5000, key + "x"):
        with pytest.raises(AuthenticationFailed):
            ask(bad)
    assert ask(key)

    freeze_user(cast.anna, by=cast.otto, at=now())
    with pytest.raises(AuthenticationFailed):
        ask(key)


def test_other_schemes_are_left_to_others():
    assert ask("Zm9v", scheme="Basic") is None


def test_a_reading_token_does_not_write():
    cast = gather()
    _token, reading = create_token(by=cast.anna, at=now(), name="r", scope="read")
    _token, writing = create_token(by=cast.anna, at=now(), name="w", scope="write")

    for method in ("post", "put", "patch", "delete"):
        with pytest.raises(PermissionDenied):
            ask(reading, method)
        assert ask(writing, method)
    assert ask(reading, "get")


def test_use_is_noted_once_a_minute(django_assert_num_queries):
    cast = gather()
    token, key = create_token(by=cast.anna, at=now(), name="x")
    ask(key)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    assert first is not None

    with django_assert_num_queries(1):
        ask(key)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first

    note_use(ApiToken.objects.get(pk=token.pk), at=first + timedelta(seconds=61))
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first + timedelta(seconds=61)


def test_what_a_token_cannot_be():
    cast = gather()
    at = now()

    for wrong in (
        {"name": " "},
        {"name": "x" * 81},
        {"name": "x", "scope": "admin"},
        {"name": "x", "expires_at": at},
    ):
        with pytest.raises(Invalid):
            create_token(by=cast.anna, at=at, **wrong)
    with pytest.raises(Refused):
        create_token(by=system_user(), at=at, name="x")
    assert ApiToken.objects.count() == 0


def test_only_the_owner_and_who_may_freeze_end_a_token():
    cast = gather()
    token, _key = create_token(by=cast.anna, at=now(), name="x")

    with pytest.raises(Refused):
        revoke_token(token, by=cast.boris, at=now())
    assert ApiToken.objects.get(pk=token.pk).revoked_at is None

    revoke_token(token, by=cast.dora, at=now())
    revoke_token(token, by=cast.dora, at=now())
    assert Event.objects.filter(name="token.revoked").count() == 1
