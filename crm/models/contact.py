from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.customer import Customer, Grams


class Contact(models.Model):
    """A person at a customer."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left")
        MERGED = "merged", _("Merged")

    class Band(models.IntegerChoices):
        STAFF = 1, _("Staff, engineer")
        SUPERVISOR = 2, _("Supervisor, section head")
        HEAD = 3, _("Department head")
        VICE_PRESIDENT = 4, _("Vice president, general manager")
        CHIEF = 5, _("Chief executive, chair")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Band, null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.ACTIVE)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        db_index=False,
        help_text="The same person, noted twice: go on there.",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="contact_external_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__range=(1, 5)),
                name="contact_level_1_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(state="merged", merged_into__isnull=False)
                | (~models.Q(state="merged") & models.Q(merged_into__isnull=True)),
                name="contact_merged_into_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")),
                name="contact_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="contact_name"),
            GinIndex(Grams("name"), name="contact_grams"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="contact_merged_into",
            ),
        ]

    def __str__(self) -> str:
        return self.name
