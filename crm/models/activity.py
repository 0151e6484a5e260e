from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.contact import Contact
from crm.models.customer import Customer


class Topics(models.Func):
    """Latin words of three texts, and each two neighbouring Chinese characters; migration 0009."""

    function = "crm_topics"
    arity = 3
    output_field = SearchVectorField()


class Activity(models.Model):
    """What happened with a customer: it has been held, and somebody wrote it down."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        EMAIL = "email", pgettext_lazy("kind of activity", "E-mail")
        MESSAGE = "message", _("Message")
        NOTE = "note", _("Note")

    customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="activities",
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("notes"), blank=True, max_length=20000)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True, max_length=2000)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    two_way = models.BooleanField(
        _("the customer answered"),
        default=True,
        help_text=_("Off for a message nobody answered: it does not count as contact."),
    )
    incoming = models.BooleanField(
        _("they contacted us"),
        default=False,
        db_default=False,
        help_text=_("On when the customer came to us: it does not count as our contact."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("logged by"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    contacts = models.ManyToManyField(
        Contact, through="ActivityContact", verbose_name=_("from the customer"), blank=True
    )
    colleagues = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="ActivityUser",
        verbose_name=_("from us"),
        blank=True,
        related_name="activities",
    )
    created_at = models.DateTimeField()
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gte=models.F("starts_at")),
                name="activity_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="activity_external_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-starts_at", "-id"], name="activity_customer_at"),
            models.Index(fields=["author", "-starts_at"], name="activity_author_at"),
            models.Index(fields=["-starts_at", "-id"], name="activity_at"),
            GinIndex(Topics("subject", "body", "outcome"), name="activity_topics"),
        ]

    def __str__(self) -> str:
        return self.subject


class ActivityContact(models.Model):
    """A person of the customer who took part."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="contact_links")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="activity_links")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "contact"], name="activity_contact_once")
        ]


class ActivityUser(models.Model):
    """One of us who took part."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="user_links")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "user"], name="activity_user_once")
        ]
