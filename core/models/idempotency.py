"""What a POST with an Idempotency-Key was answered, so that it is done once."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """One key of one user: a digest of the request, and the answer it got.

    Written in the transaction of the change itself: both are there or neither is.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    key = models.CharField(max_length=200)
    target = models.CharField(max_length=300)
    digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return f"{self.target} {self.key}"
