"""Promises and expectations as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm.models import Commitment, CommitmentTerm, Expectation

ID = {"min_value": 1}


class CommitmentRow(serializers.ModelSerializer):
    """A promise in a list."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)

    class Meta:
        model = Commitment
        fields = [
            "id",
            "customer",
            "customer_name",
            "direction",
            "text",
            "promised_by",
            "promised_by_contact",
            "to_contact",
            "to_user",
            "in_name_of",
            "deliverer",
            "due_date",
            "original_due_date",
            "due_at",
            "state",
            "created_at",
            "made_at",
            "broken_at",
            "closed_at",
        ]
        read_only_fields = fields


class TermShape(serializers.ModelSerializer):
    """A day it was due by, since when, and whose word stands for it."""

    class Meta:
        model = CommitmentTerm
        fields = ["due_date", "since_at", "agreed_by", "consent", "by"]
        read_only_fields = fields


class CommitmentShape(CommitmentRow):
    """A promise with the history of its day and what shows that it was kept."""

    terms = TermShape(many=True, read_only=True)
    expectations: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta(CommitmentRow.Meta):
        fields = [
            *CommitmentRow.Meta.fields,
            "activity",
            "evidence",
            "evidence_activity",
            "reason",
            "agreed_by",
            "terms",
            "expectations",
        ]
        read_only_fields = fields


class Links(serializers.DictField):
    """What it belongs to."""

    child = serializers.ListField(child=serializers.IntegerField(**ID), max_length=20)


class CommitmentInput(serializers.Serializer):
    """A promise that was given."""

    customer = serializers.IntegerField(**ID)
    direction = serializers.ChoiceField(choices=Commitment.Direction.choices)
    text = serializers.CharField(max_length=300)
    due_date = serializers.DateField()
    contact = serializers.IntegerField(
        **ID, help_text="The person at the customer: to whom we promised, or who promised."
    )
    holder = serializers.IntegerField(
        **ID,
        required=False,
        help_text="Who of us delivers ours, or waits for theirs. Default: you.",
    )
    promised_by = serializers.IntegerField(
        **ID, required=False, help_text="Who of us gave it. Default: who delivers it."
    )
    in_name_of = serializers.IntegerField(
        **ID, required=False, help_text="The team it stands for. Default: that of the customer."
    )
    activity = serializers.IntegerField(**ID, required=False, help_text="Where it was promised.")
    expectation = serializers.IntegerField(**ID, required=False, help_text="What it answers.")
    links = Links(required=False, help_text='For instance `{"opportunities": [7]}`.')


class CaptureInput(serializers.Serializer):
    """One line of a note."""

    customer = serializers.IntegerField(**ID)
    line = serializers.CharField(
        max_length=300, help_text="“promise: test report by Friday”, “承诺：周五前给测试报告”."
    )
    contact = serializers.IntegerField(**ID, required=False)
    links = Links(required=False)


class DraftChange(serializers.Serializer):
    """What may be corrected while it is a draft."""

    direction = serializers.ChoiceField(choices=Commitment.Direction.choices, required=False)
    text = serializers.CharField(max_length=300, required=False)
    due_date = serializers.DateField(required=False, allow_null=True)
    contact = serializers.IntegerField(**ID, required=False, allow_null=True)


class RenegotiateInput(serializers.Serializer):
    """Another day, and the word of the other side."""

    due_date = serializers.DateField()
    agreed_by = serializers.IntegerField(**ID, help_text="The person at the customer.")
    consent = serializers.CharField(max_length=500, help_text="How they agreed.")


class KeepInput(serializers.Serializer):
    """What shows that it was kept: words, an activity, or both."""

    evidence = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    activity = serializers.IntegerField(**ID, required=False)


class CancelInput(serializers.Serializer):
    """Why it falls away, and who of the customer agreed; a draft needs nobody's word."""

    reason = serializers.CharField(max_length=500)
    agreed_by = serializers.IntegerField(**ID, required=False)


class HandOnInput(serializers.Serializer):
    """Who sees to it from now on."""

    to = serializers.IntegerField(**ID)


class ExpectationShape(serializers.ModelSerializer):
    """What somebody expects of the other side."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)

    class Meta:
        model = Expectation
        fields = [
            "id",
            "customer",
            "customer_name",
            "contact",
            "user",
            "about",
            "priority",
            "state",
            "answered_by",
            "reason",
            "created_at",
            "closed_at",
        ]
        read_only_fields = fields


class ExpectationInput(serializers.Serializer):
    """An expectation: of a person at the customer, or of one of us."""

    customer = serializers.IntegerField(**ID)
    about = serializers.CharField(max_length=300)
    priority = serializers.ChoiceField(choices=Expectation.Priority.choices, required=False)
    contact = serializers.IntegerField(**ID, required=False)
    user = serializers.IntegerField(**ID, required=False)


class AnswerInput(serializers.Serializer):
    """The promise that answers it."""

    commitment = serializers.IntegerField(**ID)
