from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.models.contact import Contact


class PeerPair(models.Model):
    """One of us and a person at a customer of about the same rank, who meet at a rhythm.

    Ranks lie at most one apart when the pair begins; whether they still do is derived. It ends and
    is never deleted, so that an earlier moment can be looked at.
    """

    FEWEST_DAYS, MOST_DAYS, USUAL_DAYS = 7, 366, 90
    MOST_APART = 1

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who of us"),
        on_delete=models.PROTECT,
        related_name="peer_pairs",
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), on_delete=models.PROTECT, related_name="peer_pairs"
    )
    purpose = models.CharField(_("purpose"), max_length=200)
    cadence_days = models.PositiveSmallIntegerField(_("days between meetings"), default=USUAL_DAYS)
    is_sponsor = models.BooleanField(
        _("as sponsor"),
        default=False,
        help_text=_("Rests on the person's rank and stays when the customer is passed on."),
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("peer pair")
        verbose_name_plural = _("peer pairs")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "contact"],
                condition=Q(ends_at__isnull=True),
                name="peer_pair_once",
                violation_error_message=_("These two are a pair already."),
            ),
            models.CheckConstraint(
                condition=Q(cadence_days__range=(7, 366)), name="peer_pair_cadence"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="peer_pair_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} meets {self.contact_id}"
