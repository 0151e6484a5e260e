"""What happened, kept for ever, and who still has to hear of it."""

from django.conf import settings
from django.db import models
from django.db.models import Func


class CurrentTransactionId(Func):
    """PostgreSQL's number of the running transaction, as a bigint."""

    template = "(pg_current_xact_id()::text::bigint)"
    arity = 0
    output_field = models.BigIntegerField()


class Event(models.Model):
    """A fact in the log, written in the transaction that made it true; never changed.

    Audit trail, timeline and change feed read it. A trigger refuses UPDATE, and DELETE of anything
    but demo rows. The actor's name is kept beside the key, so that the log outlives the person.
    """

    name = models.CharField(max_length=80)
    subject_label = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    scope_id = models.BigIntegerField(
        null=True, help_text="The customer whose data this is; empty for the company's own."
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    actor_name = models.CharField(max_length=150)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    xact = models.BigIntegerField(db_default=CurrentTransactionId(), editable=False)
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["scope_id", "-at", "-id"], name="event_scope_at"),
            models.Index(fields=["subject_label", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["xact", "id"], name="event_feed"),
            models.Index(fields=["actor", "id"], name="event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_label}:{self.subject_id}"


class OutboxEntry(models.Model):
    """One event one consumer has not taken yet; the row goes when it has."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    consumer = models.CharField(max_length=80)
    available_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "outbox entries"
        constraints = [
            models.UniqueConstraint(fields=["event", "consumer"], name="outbox_once_per_consumer")
        ]
        indexes = [models.Index(fields=["available_at", "id"], name="outbox_due")]

    def __str__(self) -> str:
        return f"{self.consumer} <- {self.event_id}"
