"""Activities, actions and timelines as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from crm.models import Action, Activity, ContactBreach
from crm.models.contact_rule import CHANNELS
from crm.queries.timeline import Entry


class ActivityRow(serializers.ModelSerializer):
    """An activity in a list."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)
    author_name = serializers.CharField(source="author.name", read_only=True)

    class Meta:
        model = Activity
        fields = [
            "id",
            "customer",
            "customer_name",
            "kind",
            "subject",
            "starts_at",
            "ends_at",
            "two_way",
            "incoming",
            "author",
            "author_name",
            "created_at",
        ]


class BreachShape(serializers.ModelSerializer):
    """A rule of contact this went against."""

    class Meta:
        model = ContactBreach
        fields = ["contact", "rule"]


class ActivityShape(ActivityRow):
    """An activity with who took part and what came of it."""

    breaches = BreachShape(many=True, read_only=True)

    class Meta(ActivityRow.Meta):
        fields = [
            *ActivityRow.Meta.fields,
            "body",
            "outcome",
            "next_step",
            "contacts",
            "colleagues",
            "breaches",
            "source",
            "external_id",
        ]


class ActivityFacts(serializers.ModelSerializer):
    """What may be corrected of an activity."""

    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=100
    )
    colleagues = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=100
    )

    class Meta:
        model = Activity
        fields = [
            "kind",
            "subject",
            "body",
            "starts_at",
            "ends_at",
            "outcome",
            "next_step",
            "two_way",
            "incoming",
            "contacts",
            "colleagues",
        ]
        extra_kwargs = {"kind": {"required": False}, "starts_at": {"required": False}}


class ActivityInput(serializers.Serializer):
    """What happened, in one request."""

    customer = serializers.IntegerField(min_value=1)
    kind = serializers.ChoiceField(choices=Activity.Kind.choices)
    text = serializers.CharField(max_length=10_000, help_text="The first line is the subject.")
    subject = serializers.CharField(max_length=200, required=False)
    starts_at = serializers.DateTimeField(required=False, help_text="Default: now.")
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=100
    )
    colleagues = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=100
    )
    outcome = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    next_step = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Becomes an action of yours."
    )
    next_step_date = serializers.DateField(required=False, allow_null=True)
    promise = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        help_text="One line, such as “test report by Friday”: becomes a promise.",
    )
    two_way = serializers.BooleanField(default=True, help_text="Off: nobody answered.")
    incoming = serializers.BooleanField(default=False, help_text="On: they contacted us.")
    links = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=20),
        required=False,
        help_text='What it belongs to, for instance `{"opportunities": [7]}`.',
    )
    source = serializers.CharField(max_length=40, required=False)
    external_id = serializers.CharField(max_length=120, required=False)


class ActionShape(serializers.ModelSerializer):
    """What one of us will do, or did."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)
    owner_name = serializers.CharField(source="owner.name", read_only=True)

    class Meta:
        model = Action
        fields = [
            "id",
            "customer",
            "customer_name",
            "text",
            "owner",
            "owner_name",
            "contact",
            "channel",
            "due_date",
            "state",
            "result",
            "activity",
            "created_at",
            "closed_at",
        ]


class ActionInput(serializers.Serializer):
    """Something to be done."""

    customer = serializers.IntegerField(min_value=1)
    text = serializers.CharField(max_length=200)
    owner = serializers.IntegerField(required=False, min_value=1, help_text="Default: you.")
    due_date = serializers.DateField(required=False, allow_null=True)
    contact = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="With whom."
    )
    channel = serializers.ChoiceField(
        choices=CHANNELS, required=False, allow_blank=True, help_text="By what one reaches them."
    )


class ActionChange(serializers.Serializer):
    """The day it is due."""

    due_date = serializers.DateField(allow_null=True)


class ResultInput(serializers.Serializer):
    """What came of it."""

    result = serializers.CharField(max_length=500)


class ReasonInput(serializers.Serializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


class EntryShape(serializers.Serializer):
    """A line of a customer's timeline."""

    at = serializers.DateTimeField()
    type = serializers.SerializerMethodField()
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="The activity's kind, or the event's name.")
    who = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    changes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))

    def get_type(self, entry: Entry) -> str:
        """`activity` or `event`."""
        return "activity" if entry.is_activity else "event"


class TimelineRow(serializers.Serializer):
    """An activity at any customer you may see."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Activity.Kind.choices)
    subject = serializers.CharField()
    outcome = serializers.CharField()
    starts_at = serializers.DateTimeField()
    customer_id = serializers.IntegerField()
    customer_name = serializers.CharField()
    author_id = serializers.IntegerField()
    author_name = serializers.CharField()


class EntrySlice(serializers.Serializer):
    """A piece of a customer's timeline, newest first."""

    results = EntryShape(many=True)
    next = serializers.URLField(allow_null=True)


class TimelineSlice(serializers.Serializer):
    """A piece of the timeline over all customers you may see, newest first."""

    results = TimelineRow(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
