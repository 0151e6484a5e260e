"""The MEDDPICC card as the API shows and takes it."""

from __future__ import annotations

from rest_framework import serializers

from crm.serializers.chain import EvidenceFacts
from pipeline.models import MeddpiccScore


class ScoreShape(serializers.ModelSerializer):
    """One score of one letter: who gave it, when, and what shows it."""

    class Meta:
        model = MeddpiccScore
        fields = ["id", "letter", "score", "note", "evidence", "by", "at"]
        read_only_fields = fields


class LetterShape(serializers.Serializer):
    """A letter: its score, and how much it has risen since."""

    letter = serializers.ChoiceField(choices=MeddpiccScore.Letter.choices)
    label = serializers.CharField()
    score = serializers.IntegerField()
    was = serializers.IntegerField()
    delta = serializers.IntegerField()
    latest = ScoreShape(source="row", allow_null=True)


class MeddpiccShape(serializers.Serializer):
    """Eight letters, their total of 24, and what changed since a moment, if one was asked for."""

    total = serializers.IntegerField()
    most = serializers.IntegerField()
    delta = serializers.IntegerField()
    since = serializers.DateTimeField(allow_null=True)
    lines = LetterShape(many=True)


class ScoreInput(serializers.Serializer):
    """How far a letter is known; from 2 on with evidence noted before, or given here."""

    letter = serializers.ChoiceField(choices=MeddpiccScore.Letter.choices)
    score = serializers.IntegerField(min_value=0, max_value=3)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    evidence_id = serializers.IntegerField(required=False, min_value=1)
    evidence = EvidenceFacts(required=False)
    seen = serializers.IntegerField(
        required=False, min_value=0, help_text="Number of the score you looked at; 0 for none."
    )
