"""Several questions in one round trip: the answers are those each would get alone."""

import pytest
from django.db.models import Count

from accounts.models import Team, User
from core.queries.together import fetch_together
from crm.models import Customer
from tests.cast import gather

pytestmark = pytest.mark.django_db


def test_the_answers_are_those_each_gets_alone(django_assert_num_queries):
    cast = gather()
    questions = [
        User.objects.filter(team=cast.north).order_by("username").values_list("pk", "name"),
        Customer.objects.none().values_list("pk"),
        Team.objects.annotate(n=Count("members")).order_by("pk").values_list("n", "name", "lead"),
        Customer.objects.filter(name__contains="%s").values_list("pk", "created_at"),
        Customer.objects.order_by("pk").values_list("created_at", "team__name"),
    ]
    alone = [list(question) for question in questions]

    with django_assert_num_queries(1):
        together = fetch_together(questions)

    assert together == alone
    assert [len(rows) for rows in together] == [3, 0, 3, 0, 2]


def test_no_question_is_not_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert fetch_together([]) == []
        assert fetch_together([User.objects.none().values_list("pk")]) == [[]]
