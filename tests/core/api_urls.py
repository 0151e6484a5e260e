"""A small API over the ground's own rows and Django's groups, for the tests of the API base."""

import time
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.http import Http404
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers

from core.api import filters, problems
from core.api.views import ChangesOne, Endpoint, ReadOne, ReadRows, Removes, RunsCommand
from core.errors import Conflict, Invalid, NotFound, Refused
from core.models import Event

handler400 = "config.faults.bad_request"
handler403 = "config.faults.forbidden"
handler404 = "config.faults.not_found"
handler500 = "config.faults.server_error"


class FactSerializer(serializers.ModelSerializer):
    person = serializers.CharField(source="actor.name", read_only=True)

    class Meta:
        model = Event
        fields = ["id", "name", "at", "scope_id", "data", "person"]


class FactWithLengthSerializer(FactSerializer):
    length = serializers.SerializerMethodField()

    class Meta(FactSerializer.Meta):
        fields = ["id", "name", "length"]

    def get_length(self, event) -> int:
        return len(event.name)


class Facts(ReadRows):
    serializer_class = FactSerializer
    orders = {
        "id": ("id",),
        "-id": ("-id",),
        "scope": ("scope_id",),
        "-scope": ("-scope_id",),
        "name": ("name", "at"),
        "-name": ("-name", "-at"),
        "subject": ("subject_id",),
        "person": ("actor__name",),
    }
    filters = {
        "scope": filters.Id("scope_id", many=True),
        "name": filters.Text("name__contains"),
        "kind": filters.Choice("name", ["a.made", "b.made"], many=True),
        "scoped": filters.Flag(lambda rows, value: rows.filter(scope_id__isnull=not value)),
        "since": filters.Moment("at__gte"),
        "day": filters.Day("at__date"),
        "above": filters.Number("subject_id__gt"),
    }

    def queryset(self):
        return Event.objects.all()


class FactsWithLength(Facts):
    serializer_class = FactWithLengthSerializer


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = Group
        fields = ["id", "name"]


class GroupInput(serializers.Serializer):
    name = serializers.CharField(max_length=150)
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, required=False)
    seconds = serializers.FloatField(required=False)


class Groups(ReadRows, RunsCommand):
    """Groups, made by name."""

    serializer_class = GroupSerializer
    input_class = GroupInput
    orders = {"name": ("name",)}

    def queryset(self):
        return Group.objects.all()

    def run(self, data):
        with transaction.atomic():
            group = Group.objects.create(name=data["name"])
            if data["name"] == "refused":
                raise Refused("Not by you.")
            if "seconds" in data:
                time.sleep(data["seconds"])
            return group

    def location(self, thing):
        return f"/api/v1/groups/{thing.pk}/"


class OneGroup(ChangesOne, Removes):
    serializer_class = GroupSerializer
    input_class = GroupInput

    def thing(self, pk):
        return Group.objects.get(pk=pk)

    def change(self, thing, data):
        thing.name = data["name"]
        thing.save(update_fields=["name"])
        return thing

    def remove(self, pk):
        self.thing(pk=pk).delete()


class Answer(serializers.Serializer):
    answer = serializers.IntegerField()


class Touch(RunsCommand):
    """A verb without a body, and without an answer."""

    success_status = 204

    def run(self, data):
        Group.objects.create(name="touched")


class Fixed(ReadOne):
    serializer_class = Answer

    def thing(self):
        return {"answer": 42}


ERRORS = {
    "invalid": Invalid("Bad.", details={"name": "Too short.", "lines": ["One.", "Two."]}),
    "refused": Refused("Not by you.", details={"needs": "customer.assign"}),
    "missing": NotFound("No such thing."),
    "conflict": Conflict("Too late.", code="already_won", details={"state": "won"}),
    "404": Http404("secret"),
    "crash": RuntimeError("a secret"),
}


class Raises(Endpoint):
    serializer_class = Answer

    def get(self, request, which):
        raise ERRORS[which]


class Queries(Endpoint):
    serializer_class = Answer

    def get(self, request, which):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                {
                    "long": "SELECT repeat('x', 10)::varchar(3)::int",
                    "big": "SELECT 3000000000::int",
                    "slow": "SET LOCAL statement_timeout = 10; SELECT pg_sleep(1)",
                    "locked": "SET LOCAL lock_timeout = 10; LOCK TABLE auth_group",
                    "trigger": "SELECT core_refuse('known_rule', 'secret words')",
                    "other": "SELECT core_refuse('another_rule', 'secret words')",
                    "syntax": "SELEC",
                }[which]
            )


class Price(Endpoint):
    serializer_class = Answer

    def get(self, request):
        from rest_framework.response import Response

        return Response({"price": Decimal("12.50")})


v1 = [
    path("facts/", Facts.as_view()),
    path("facts-with-length/", FactsWithLength.as_view()),
    path("groups/", Groups.as_view()),
    path("groups/<int:pk>/", OneGroup.as_view()),
    path("touch/", Touch.as_view()),
    path("fixed/", Fixed.as_view()),
    path("raises/<which>/", Raises.as_view()),
    path("queries/<which>/", Queries.as_view()),
    path("price/", Price.as_view()),
    path("", include("core.api.urls")),
    path("schema/", SpectacularAPIView.as_view()),
]
urlpatterns = [
    path("api/v1/", include(v1)),
    re_path(r"^api/", problems.no_such_address),
]
