"""The shape of the board in the API: plain dicts for speed, serializers for the schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from pipeline.models import Opportunity
from pipeline.queries.board import Card, Column
from pipeline.serializers.opportunities import MONEY


class AgeShape(serializers.Serializer):
    """How long it has been in its stage, in working days, against the limit."""

    days = serializers.IntegerField()
    limit = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    waiting = serializers.BooleanField()
    tone = serializers.ChoiceField(choices=["good", "soon", "late", "wait"])


class StepShape(serializers.Serializer):
    """What is planned next."""

    text = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()


class CardShape(serializers.Serializer):
    """An opportunity on the board."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    customer = serializers.IntegerField()
    customer_name = serializers.CharField()
    tier = serializers.CharField()
    owner = serializers.IntegerField()
    owner_name = serializers.CharField()
    state = serializers.ChoiceField(choices=Opportunity.State.choices)
    seq = serializers.IntegerField()
    amount = serializers.DecimalField(**MONEY, allow_null=True)
    currency = serializers.CharField()
    missing = serializers.IntegerField(help_text="Criteria the gate of the stage still lacks.")
    age = AgeShape(allow_null=True)
    next_step = StepShape(allow_null=True)


class SumShape(serializers.Serializer):
    """The money of one currency in a column."""

    currency = serializers.CharField()
    amount = serializers.DecimalField(**MONEY)
    weighted = serializers.DecimalField(max_digits=17, decimal_places=5)


class ColumnShape(serializers.Serializer):
    """A stage with what is in it."""

    stage = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()
    sums = SumShape(many=True)
    cards = CardShape(many=True)


class BoardShape(serializers.Serializer):
    """The board of one pipeline."""

    pipeline = serializers.CharField(allow_null=True)
    columns = ColumnShape(many=True)


def column_of(column: Column) -> dict[str, Any]:
    """A column as ColumnShape describes it."""
    return {
        "stage": column.stage.key,
        "name": str(column.stage),
        "count": column.count,
        "sums": [
            {"currency": each.currency, "amount": each.amount, "weighted": each.weighted}
            for each in column.sums
        ],
        "cards": [card_of(card) for card in column.cards],
    }


def card_of(card: Card) -> dict[str, Any]:
    """A card as CardShape describes it."""
    row, age, step = card.row, card.age, card.step
    return {
        "id": row["id"],
        "name": row["name"],
        "customer": row["customer_id"],
        "customer_name": row["customer__name"],
        "tier": row["customer__tier"],
        "owner": row["owner_id"],
        "owner_name": row["owner__name"],
        "state": row["state"],
        "seq": row["ledger_seq"],
        "amount": row["amount"],
        "currency": row["currency"],
        "missing": card.missing,
        "age": age
        and {
            "days": age.days,
            "limit": age.limit,
            "due_at": age.due_at,
            "waiting": age.waiting,
            "tone": age.tone,
        },
        "next_step": step
        and {"text": step.text, "due_date": step.due_date, "is_late": step.is_late},
    }
