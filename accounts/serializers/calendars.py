"""Days off and on, as the API takes and shows them."""

from rest_framework import serializers

from core.models import CalendarException


class CalendarDayShape(serializers.ModelSerializer):
    """A day against the published calendar; without a team it holds for the whole company."""

    team = serializers.IntegerField(source="team_key", read_only=True, allow_null=True)

    class Meta:
        model = CalendarException
        fields = ["id", "country", "day", "kind", "team", "note"]


class CalendarDayInput(serializers.Serializer):
    """What an administrator sets; a day set before is replaced."""

    country = serializers.RegexField(r"^[A-Z]{2}$")
    day = serializers.DateField()
    kind = serializers.ChoiceField(CalendarException.Kind.choices)
    team = serializers.IntegerField(required=False, allow_null=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
