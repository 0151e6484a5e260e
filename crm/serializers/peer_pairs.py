"""Who of us is to meet whom, as the API shows and takes it."""

from __future__ import annotations

from rest_framework import serializers

from crm.models import PeerPair


class PeerPairShape(serializers.ModelSerializer):
    """One of us and a person at a customer, who meet at a rhythm."""

    user_name = serializers.CharField(source="user.name", read_only=True)
    contact_name = serializers.CharField(source="contact.name", read_only=True)
    customer = serializers.IntegerField(source="contact.customer_id", read_only=True)

    class Meta:
        model = PeerPair
        fields = [
            "id",
            "user",
            "user_name",
            "contact",
            "contact_name",
            "customer",
            "purpose",
            "cadence_days",
            "is_sponsor",
            "starts_at",
            "ends_at",
            "end_reason",
        ]


class PeerPairFacts(serializers.Serializer):
    """What may be changed; another person is another pair."""

    purpose = serializers.CharField(max_length=200)
    cadence_days = serializers.IntegerField(
        min_value=PeerPair.FEWEST_DAYS,
        max_value=PeerPair.MOST_DAYS,
        required=False,
        help_text="They are to meet at least once in so many days.",
    )
    is_sponsor = serializers.BooleanField(required=False)


class PeerPairInput(PeerPairFacts):
    """A new pair; the two are one rank apart at most."""

    contact = serializers.IntegerField(min_value=1)
    user = serializers.IntegerField(required=False, min_value=1, help_text="Default: you.")
