"""The organisation we sell to. It belongs to the company: it has no owner, only assignments."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _


class Grams(Func):
    """Every two-letter piece of a text, and each Chinese character alone; see migration 0002."""

    function = "crm_grams"
    arity = 1


class Customer(models.Model):
    class Tier(models.TextChoices):
        S = "S", _("S · strategic")
        A = "A", _("A · partner")
        B = "B", _("B · regular")
        C = "C", _("C · small")

    class State(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")
        LOST = "lost", _("Lost")

    name = models.CharField(_("name"), max_length=200)
    other_names = models.TextField(
        _("other names"),
        blank=True,
        max_length=1000,
        help_text=_("One a line: former names, short names, names in other languages."),
    )
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    tier = models.CharField(_("tier"), max_length=1, choices=Tier, default=Tier.C)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="CN")
    website = models.URLField(_("website"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
    )
    team = models.ForeignKey(
        "accounts.Team",
        verbose_name=_("served by team"),
        on_delete=models.PROTECT,
        related_name="customers",
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROSPECT)
    pinyin = models.CharField(max_length=400, blank=True, editable=False)
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("name"),
                Value("\n"),
                F("other_names"),
                Value("\n"),
                F("registration_number"),
                Value("\n"),
                F("pinyin"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    last_activity_at = models.DateTimeField(
        null=True, editable=False, help_text="Kept by a trigger on activities."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=F("id")), name="customer_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=models.Q(tier__in=["S", "A", "B", "C"]), name="customer_tier_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["prospect", "active", "dormant", "lost"]),
                name="customer_state_known",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="customer_external_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="customer_name"),
            models.Index(fields=["team", "name", "id"], name="customer_team_name"),
            models.Index(
                F("last_activity_at").desc(nulls_last=True), F("id").desc(), name="customer_recent"
            ),
            models.Index(
                F("team"),
                F("last_activity_at").desc(nulls_last=True),
                F("id").desc(),
                name="customer_team_recent",
            ),
            models.Index(F("created_at").desc(), F("id").desc(), name="customer_newest"),
            GinIndex(Grams("search_text"), name="customer_grams"),
        ]

    def __str__(self) -> str:
        return self.name
