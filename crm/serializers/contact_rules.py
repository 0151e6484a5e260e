"""Rules of contact as the API shows and takes them."""

from __future__ import annotations

from rest_framework import serializers

from crm.models import ContactBan, ContactLimits
from crm.models.contact_rule import CHANNELS
from crm.serializers.commitments import ID


class BanShape(serializers.ModelSerializer):
    """Whom nobody of us contacts, by what, why, since and until when."""

    customer_name = serializers.CharField(source="customer.name", read_only=True)

    class Meta:
        model = ContactBan
        fields = [
            "id",
            "customer",
            "customer_name",
            "contact",
            "channels",
            "reason",
            "starts_at",
            "until_date",
            "ends_at",
            "by",
            "lifted_by",
            "lift_reason",
        ]
        read_only_fields = fields


class BanInput(serializers.Serializer):
    """Whom not to contact; without a contact: everybody at the customer."""

    customer = serializers.IntegerField(**ID)
    contact = serializers.IntegerField(**ID, required=False, allow_null=True)
    channels = serializers.ListField(
        child=serializers.ChoiceField(choices=CHANNELS),
        required=False,
        max_length=len(CHANNELS),
        help_text="Empty: all of them.",
    )
    reason = serializers.CharField(max_length=500)
    until_date = serializers.DateField(required=False, allow_null=True, help_text="Its last day.")


class LimitsShape(serializers.ModelSerializer):
    """Quiet hours where the person is, and how often we may come, all of us; empty: none."""

    class Meta:
        model = ContactLimits
        fields = ["quiet_from", "quiet_until", "time_zone", "most", "days", "updated_at"]


class LimitsInput(serializers.ModelSerializer):
    """The same to be set."""

    seen_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="`updated_at` as you saw it; refused when it is another by now.",
    )

    class Meta:
        model = ContactLimits
        fields = ["quiet_from", "quiet_until", "time_zone", "most", "days", "seen_at"]


STANDING = (
    "contact",
    "bans",
    "quiet_from",
    "quiet_until",
    "zone",
    "is_quiet",
    "most",
    "days",
    "count",
)


class StandingShape(serializers.Serializer):
    """Whether a person may be contacted now, and what was agreed."""

    contact = serializers.IntegerField(source="contact.pk")
    bans = BanShape(many=True)
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    time_zone = serializers.CharField(source="zone.key")
    is_quiet = serializers.BooleanField(help_text="It is quiet where they are, now.")
    most = serializers.IntegerField(help_text="Contacts at most, by all of us.")
    days = serializers.IntegerField(help_text="In so many days.")
    count = serializers.IntegerField(help_text="How many there were in these days.")
    warnings = serializers.ListField(child=serializers.CharField())
