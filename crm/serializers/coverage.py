"""The coverage of a customer by rank, as the API shows it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crm.serializers.measures import ResultShape


class ThicknessShape(serializers.Serializer):
    """M4 with its three parts, and where it is thin."""

    thickness = ResultShape(help_text="0 to 100: 40 cells + 30 peers + 30 volume.")
    cells = ResultShape(help_text="Required cells with regular contact, of all required.")
    peers = ResultShape(help_text="Key contacts whose peer meets them, of all key contacts.")
    volume = ResultShape(help_text="Active pairs, of those wanted for the tier.")
    pairs = serializers.IntegerField()
    functions = serializers.ListField(child=serializers.CharField())
    departments = serializers.ListField(child=serializers.CharField())
    bands = serializers.ListField(child=serializers.IntegerField())
    median_band = serializers.FloatField(allow_null=True)
    thin = serializers.ListField(child=serializers.CharField())
    missing_cells = serializers.ListField(
        child=serializers.ListField(), help_text="Rank and area of each."
    )
    missing_peers = serializers.ListField(child=serializers.IntegerField())


class ThreadShape(serializers.Serializer):
    """Whether the customer hangs by a single thread, and why."""

    is_single = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    contacts = serializers.IntegerField()
    departments = serializers.IntegerField()
    ours = serializers.IntegerField()


class SquareShape(serializers.Serializer):
    """Where a rank of ours meets a rank of theirs."""

    ours = serializers.IntegerField()
    theirs = serializers.IntegerField()
    active = serializers.IntegerField(help_text="Pairs with two interactions or more in 90 days.")
    met = serializers.IntegerField(help_text="Pairs that ever met.")
    last_at = serializers.DateTimeField(allow_null=True)


class PairedShape(serializers.Serializer):
    """A peer pair, when the two last met, and until when they have to meet again."""

    id = serializers.IntegerField()
    user = serializers.IntegerField(source="user_id")
    contact = serializers.IntegerField(source="contact_id")
    purpose = serializers.CharField()
    cadence_days = serializers.IntegerField()
    is_sponsor = serializers.BooleanField()
    last_met_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField()
    is_overdue = serializers.BooleanField()


class GapShape(serializers.Serializer):
    """A hole in words, and the step that would close it."""

    key = serializers.CharField(source="gap.key", help_text="Post it to propose the step.")
    kind = serializers.ChoiceField(source="gap.kind", choices=["pair", "rank", "cell", "nobody"])
    contact = serializers.IntegerField(source="gap.contact_id", allow_null=True)
    band = serializers.IntegerField(source="gap.band")
    area = serializers.CharField(source="gap.area")
    days = serializers.IntegerField(source="gap.days", allow_null=True)
    sentence = serializers.CharField()
    step = serializers.CharField()
    owner = serializers.IntegerField(source="owner_id", allow_null=True)
    owner_name = serializers.CharField()
    is_planned = serializers.BooleanField()


class CoverageShape(serializers.Serializer):
    """Our ranks against theirs, peer pairs, thickness and gaps."""

    customer = serializers.IntegerField(source="surface.customer.pk")
    at = serializers.DateTimeField(source="surface.at")
    thickness = ThicknessShape(source="surface.thickness")
    single_thread = ThreadShape(source="surface.thread")
    matrix = serializers.SerializerMethodField()
    pairs = PairedShape(source="surface.pairs", many=True)
    gaps = GapShape(many=True)

    def get_matrix(self, coverage: Any) -> list[dict[str, Any]]:
        """Twenty-five squares, the highest ranks first."""
        rows = [square for row in coverage.surface.squares for square in row]
        return SquareShape(rows, many=True).data


class ProposalInput(serializers.Serializer):
    """Which gap the step closes."""

    gap = serializers.CharField(max_length=100)
