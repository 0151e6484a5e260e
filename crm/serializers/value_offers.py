"""The catalogue and its offers as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from crm.models import ValueItem, ValueOffer
from crm.serializers.commitments import ID


class ItemShape(serializers.ModelSerializer):
    """Something we can offer."""

    class Meta:
        model = ValueItem
        fields = ["id", "kind", "name", "description", "is_active", "created_at"]
        read_only_fields = fields


class CountedItem(ItemShape):
    """The same with how often it was offered, and what became of it."""

    offered = serializers.IntegerField(source="n_all", read_only=True)
    accepted = serializers.IntegerField(source="n_accepted", read_only=True)
    used = serializers.IntegerField(source="n_used", read_only=True)
    declined = serializers.IntegerField(source="n_declined", read_only=True)

    class Meta(ItemShape.Meta):
        fields = [*ItemShape.Meta.fields, "offered", "accepted", "used", "declined"]
        read_only_fields = fields


class ItemInput(serializers.Serializer):
    """Something new of the catalogue."""

    kind = serializers.ChoiceField(choices=ValueItem.Kind.choices)
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class ItemChange(serializers.Serializer):
    """What may be changed of it; one that is not active is retired."""

    kind = serializers.ChoiceField(choices=ValueItem.Kind.choices, required=False)
    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)


class OfferShape(serializers.ModelSerializer):
    """What was offered to whom, and what became of it."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)
    item_name = serializers.CharField(source="item.name", read_only=True)

    class Meta:
        model = ValueOffer
        fields = [
            "id",
            "customer",
            "customer_name",
            "contact",
            "item",
            "item_name",
            "note",
            "state",
            "offered_by",
            "offered_at",
            "accepted_at",
            "used_date",
            "result",
            "closed_at",
        ]
        read_only_fields = fields


class OfferInput(serializers.Serializer):
    """What is offered to whom."""

    customer = serializers.IntegerField(**ID)
    item = serializers.IntegerField(**ID)
    contact = serializers.IntegerField(**ID, required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class UseInput(serializers.Serializer):
    """When it took place, and what came of it."""

    used_date = serializers.DateField(required=False, help_text="Default: today.")
    result = serializers.CharField(max_length=500, required=False, allow_blank=True)
