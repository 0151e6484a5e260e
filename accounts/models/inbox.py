from django.conf import settings
from django.db import models


class InboxItem(models.Model):
    """One message of the system to one person; its words are made when it is shown.

    `kind` names a sentence registered in accounts/notices.py and `params` fills it, so a reader
    who changes language reads old items in the new one. `key` makes delivery idempotent.
    A reminder has a `level`, and the same `thread` on all levels of one matter.
    """

    DIGEST = "inbox.digest"
    """The kind of the message that carries a day's reminders; the inbox does not show it."""

    class Mail(models.TextChoices):
        NONE = "none"
        WAITING = "waiting"
        DIGEST = "digest"
        SENT = "sent"
        FAILED = "failed"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="inbox_items"
    )
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    scope_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail, default=Mail.WAITING)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_after = models.DateTimeField(null=True)

    thread = models.CharField(max_length=80, blank=True, default="", db_default="")
    level = models.PositiveSmallIntegerField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    note = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="inbox_item_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="inbox_list"),
            models.Index(
                fields=["user"], condition=models.Q(read_at__isnull=True), name="inbox_unread"
            ),
            models.Index(
                fields=["user", "mail_after"],
                condition=models.Q(mail="digest"),
                name="inbox_digest_waiting",
            ),
            models.Index(
                fields=["thread", "level"],
                condition=models.Q(acknowledged_at__isnull=False),
                name="inbox_acknowledged",
            ),
            models.Index(
                fields=["id"], condition=models.Q(mail="waiting"), name="inbox_mail_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @property
    def is_reminder(self) -> bool:
        """Whether somebody can say of it that he is on it."""
        return self.level is not None
