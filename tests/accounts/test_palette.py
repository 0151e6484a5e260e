"""What the palette finds of people and settings, and for whom."""

import pytest
from django.utils import translation

from accounts.queries import jump
from core.palette import search
from tests.cast import gather

pytestmark = pytest.mark.django_db


def urls(user, text):
    return [hit.url for group in search(user, text) for hit in group.hits]


def test_settings_are_found_by_who_may_open_them():
    cast = gather()

    assert [hit.url for hit in jump.pages(cast.otto, "tea")] == ["/settings/teams/"]
    assert list(jump.pages(cast.anna, "team")) == []
    assert [hit.url for hit in jump.pages(cast.anna, "token")] == ["/settings/tokens/"]
    assert list(jump.pages(cast.anna, "")) == []
    with translation.override("zh-hans"):
        assert [hit.url for hit in jump.pages(cast.anna, "令牌")] == ["/settings/tokens/"]


def test_people_are_found_by_who_administers_them():
    cast = gather()
    address = f"/settings/people/{cast.clara.pk}/"

    for name in ("otto", "dora"):
        assert address in urls(getattr(cast, name), "clar")
    for name in ("anna", "boris"):
        assert address not in urls(getattr(cast, name), "clar")
