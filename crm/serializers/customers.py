"""Customers and contacts as the API shows and takes them."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

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


class CustomerShape(serializers.ModelSerializer):
    """A customer with all we know of it."""

    team_name = serializers.CharField(source="team.name", read_only=True)
    parent = serializers.SerializerMethodField(help_text="Null, too, when you may not see it.")
    parent_name = serializers.SerializerMethodField()
    assignments = serializers.SerializerMethodField(help_text="Who serves it now.")

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
            "parent",
            "parent_name",
            "team",
            "team_name",
            "assignments",
            "last_activity_at",
            "created_at",
            "updated_at",
            "source",
            "external_id",
        ]

    def to_representation(self, instance: Customer) -> Any:
        """With the parent only for who may see that as well."""
        self.above = access.visible_parent(self.context["request"].user, instance)
        return super().to_representation(instance)

    def get_parent(self, customer: Customer) -> int | None:
        """The number of what it is part of."""
        return self.above.pk if self.above else None

    def get_parent_name(self, customer: Customer) -> str | None:
        """The name of what it is part of."""
        return self.above.name if self.above else None

    def get_assignments(self, customer: Customer) -> list[dict[str, Any]]:
        """The open ones, in the order they began."""
        rows = customer.assignments.filter(ends_at__isnull=True).select_related("user")
        return list(ServingShape(rows.order_by("starts_at", "pk"), many=True).data)


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
