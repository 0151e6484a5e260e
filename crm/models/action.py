from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.activity import Activity
from crm.models.contact import Contact
from crm.models.contact_rule import CHANNELS
from crm.models.customer import Customer


class Action(models.Model):
    """What one of us will do for a customer, by when. Overdue is derived, never stored."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="actions"
    )
    text = models.CharField(_("what"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        related_name="actions",
        db_index=False,
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("with whom"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        db_index=False,
    )
    channel = models.CharField(
        _("how"), max_length=10, choices=CHANNELS, blank=True, default="", db_default=""
    )
    due_date = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    result = models.CharField(_("result"), max_length=500, blank=True)
    activity = models.ForeignKey(
        Activity,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="actions",
        help_text="Where it was agreed.",
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="planned", closed_at__isnull=True)
                | (~models.Q(state="planned") & models.Q(closed_at__isnull=False)),
                name="action_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | ~models.Q(result=""),
                name="action_done_has_a_result",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_date", "id"],
                condition=models.Q(state="planned"),
                name="action_open",
            ),
            models.Index(
                fields=["contact"],
                condition=models.Q(contact__isnull=False),
                name="action_contact",
            ),
        ]

    def __str__(self) -> str:
        return self.text
