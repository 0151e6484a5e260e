from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    """A part of the company that serves customers; teams form a tree.

    `group` holds, for django-guardian, everybody who reads this team's customers. Who that is
    follows from home teams and leads; `accounts.commands.teams` keeps it.
    """

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    region = models.CharField(_("region"), max_length=80, blank=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("led by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="led_teams",
    )
    group = models.OneToOneField(Group, on_delete=models.PROTECT, editable=False)
    reads_all = models.BooleanField(
        _("the whole team reads its customers"),
        default=True,
        help_text=_("Off: only people assigned to a customer, and managers, read it."),
    )
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="team_not_its_own_parent"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="team_external_id_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
