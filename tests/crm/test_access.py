"""Who sees and who may change a customer, and that guardian gives the same answer."""

import pytest
from guardian.shortcuts import get_objects_for_user

from core.errors import NotFound
from crm.access import get_customer, may, visible_customers
from crm.models import Customer
from tests.cast import assign, gather

pytestmark = pytest.mark.django_db

SEES = {
    "anna": ["Acme"],
    "nils": ["Acme"],
    "boris": ["Acme"],
    "ben": ["Zenith 天顶"],
    "clara": ["Zenith 天顶"],
    "dora": ["Acme", "Zenith 天顶"],
    "otto": ["Acme", "Zenith 天顶"],
}
CHANGES_ACME = {"anna", "boris", "dora"}


@pytest.mark.parametrize("name", SEES)
def test_everybody_sees_exactly_this(name):
    cast = gather()
    user = getattr(cast, name)

    seen = visible_customers(user).order_by("name").values_list("name", flat=True)
    guardian = get_objects_for_user(user, "crm.view_customer", Customer).order_by("name")

    assert list(seen) == SEES[name]
    assert list(guardian.values_list("name", flat=True)) == SEES[name]


@pytest.mark.parametrize("name", SEES)
def test_only_who_serves_or_leads_may_change(name):
    cast = gather()
    user = getattr(cast, name)

    assert may(user, "customer.change", cast.acme) == (name in CHANGES_ACME)
    assert user.has_perm("crm.change_customer", cast.acme) == (name in CHANGES_ACME)


def test_a_customer_of_another_team_does_not_exist():
    cast = gather()

    with pytest.raises(NotFound):
        get_customer(cast.anna, cast.zenith.pk)


def test_an_assignment_outside_the_team_opens_one_customer():
    cast = gather()
    assign(cast.zenith, cast.anna, "deputy")

    seen = visible_customers(cast.anna).order_by("name").values_list("name", flat=True)

    assert list(seen) == ["Acme", "Zenith 天顶"]
    assert may(cast.anna, "customer.change", cast.zenith)


def test_team_rows_follow_the_team_even_by_queryset_update():
    cast = gather()

    Customer.objects.filter(pk=cast.acme.pk).update(team=cast.south)

    assert not visible_customers(cast.nils).exists()
    assert visible_customers(cast.clara).count() == 2
