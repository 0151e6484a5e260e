"""Customers and contacts as the API shows and takes them."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from core.api.rows import plain, shown
from crm import access
from crm.models import Assignment, Contact, Customer


class CustomerRow(serializers.ModelSerializer):
    """A customer in a list, with who serves it now."""

    team_name = serializers.CharField(source="team.name", read_only=True)
    primary = serializers.IntegerField(source="serving.user_id", read_only=True, allow_null=True)
    primary_name = serializers.CharField(
        source="serving.user.name", read_only=True, allow_null=True
    )

    class Meta:
        model = Customer
        fields = [
            "id",
            "name",
            "tier",
            "state",
            "industry",
            "region",
            "country",
            "team",
            "team_name",
            "primary",
            "primary_name",
            "last_activity_at",
            "created_at",
            "updated_at",
            "source",
            "external_id",
        ]


class ServingShape(serializers.ModelSerializer):
    """Who of us serves a customer in which part."""

    user_name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Assignment
        fields = ["id", "user", "user_name", "part", "starts_at"]


class CustomerColumns(serializers.ModelSerializer):
    """What stands in the customer's own row."""

    team_name = serializers.CharField(source="team.name", read_only=True)

    class Meta:
        model = Customer
        fields = [
            "id",
            "name",
            "other_names",
            "registration_number",
            "tier",
            "state",
            "industry",
            "region",
            "country",
            "website",
            "address",
            "team",
            "team_name",
            "last_activity_at",
            "created_at",
            "updated_at",
            "source",
            "external_id",
        ]


class CustomerShape(CustomerColumns):
    """A customer with all we know of it."""

    parent = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Null, too, when you may not see it."
    )
    parent_name = serializers.CharField(read_only=True, allow_null=True)
    assignments = ServingShape(many=True, read_only=True, help_text="Who serves it now.")

    class Meta(CustomerColumns.Meta):
        fields = [*CustomerColumns.Meta.fields, "parent", "parent_name", "assignments"]

    def to_representation(self, instance: Customer) -> Any:
        """With the parent only for who may see that as well, and the open assignments."""
        above = access.visible_parent(self.context["request"].user, instance)
        serving = instance.assignments.filter(ends_at__isnull=True).order_by("starts_at", "pk")
        return {
            **shown(CustomerColumns, instance),
            "parent": above.pk if above else None,
            "parent_name": above.name if above else None,
            "assignments": plain(ServingShape, serving),
        }


class CustomerFacts(serializers.ModelSerializer):
    """What may be changed of a customer; the team and the state have verbs of their own."""

    parent = serializers.IntegerField(required=False, allow_null=True, min_value=1)

    class Meta:
        model = Customer
        fields = [
            "name",
            "other_names",
            "registration_number",
            "tier",
            "industry",
            "region",
            "country",
            "website",
            "address",
            "parent",
        ]
        validators: ClassVar[list[Any]] = []


class CustomerInput(CustomerFacts):
    """A new customer."""

    team = serializers.IntegerField(required=False, min_value=1, help_text="Default: your own.")
    primary = serializers.IntegerField(
        required=False, min_value=1, help_text="Default: you, when you sell."
    )
    state = serializers.ChoiceField(choices=Customer.State.choices, default=Customer.State.PROSPECT)
    source = serializers.CharField(max_length=40, required=False)
    external_id = serializers.CharField(max_length=120, required=False)

    class Meta(CustomerFacts.Meta):
        fields = [*CustomerFacts.Meta.fields, "team", "primary", "state", "source", "external_id"]


class StateInput(serializers.Serializer):
    """How the customer stands to us from now on."""

    state = serializers.ChoiceField(choices=Customer.State.choices)
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class MoveInput(serializers.Serializer):
    """Which team serves the customer from now on."""

    team = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500)


class ContactShape(serializers.ModelSerializer):
    """A person at a customer."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)

    class Meta:
        model = Contact
        fields = [
            "id",
            "customer",
            "customer_name",
            "name",
            "title",
            "department",
            "level",
            "email",
            "phone",
            "state",
            "merged_into",
            "created_at",
            "updated_at",
            "source",
            "external_id",
        ]


class ContactFacts(serializers.ModelSerializer):
    """What may be changed of a person; that somebody has left has a verb of its own."""

    class Meta:
        model = Contact
        fields = ["name", "title", "department", "level", "email", "phone"]
        validators: ClassVar[list[Any]] = []


class ContactInput(ContactFacts):
    """A new person at a customer."""

    customer = serializers.IntegerField(min_value=1)
    source = serializers.CharField(max_length=40, required=False)
    external_id = serializers.CharField(max_length=120, required=False)

    class Meta(ContactFacts.Meta):
        fields = ["customer", *ContactFacts.Meta.fields, "source", "external_id"]


class LeftInput(serializers.Serializer):
    """Whether the person has left the customer."""

    left = serializers.BooleanField(default=True)
