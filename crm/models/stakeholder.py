"""A place in a decision chain, filled or not, with the history the database keeps of it."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.intervals import period
from crm.models.contact import Contact
from crm.models.evidence import Confidence, Evidence


class Role(models.TextChoices):
    """What somebody does in a decision; most hold one, some hold several."""

    ECONOMIC_BUYER = "economic_buyer", _("Economic buyer")
    APPROVER = "approver", _("Approver")
    TECH_EVALUATOR = "tech_evaluator", _("Technical evaluator")
    USER_BUYER = "user_buyer", _("User buyer")
    PROCUREMENT = "procurement", _("Procurement")
    INFLUENCER = "influencer", _("Influencer")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    COACH = "coach", _("Coach")
    CHAMPION = "champion", _("Champion")
    BLOCKER = "blocker", _("Blocker")


class Stakeholder(models.Model):
    """A place in a chain. Without a contact it is a ghost: needed, but nobody known fills it."""

    class Power(models.IntegerChoices):
        NONE = 1, _("No say")
        RECOMMENDS = 2, _("Recommends")
        EVALUATES = 3, _("Evaluates, may veto a specification")
        APPROVES = 4, _("Approves, may veto")
        DECIDES = 5, _("Says the final yes")

    class Political(models.TextChoices):
        OUTSIDE = "outside", _("Outside")
        POLITICAL = "political", _("Makes things happen")
        INNER = "inner", _("Inner circle")

    class Attitude(models.IntegerChoices):
        OPPONENT = -2, _("Opponent")
        AGAINST = -1, _("Against")
        NEUTRAL = 0, _("Neutral")
        SUPPORTER = 1, _("Supporter")
        MENTOR = 2, _("Mentor")

    class ResponseMode(models.TextChoices):
        GROWTH = "growth", _("Growth")
        TROUBLE = "trouble", _("Trouble")
        EVEN_KEEL = "even_keel", _("Even keel")
        OVERCONFIDENT = "overconfident", _("Overconfident")

    class Adaptability(models.TextChoices):
        INNOVATOR = "innovator", _("Innovator")
        VISIONARY = "visionary", _("Visionary")
        PRAGMATIST = "pragmatist", _("Pragmatist")
        CONSERVATIVE = "conservative", _("Conservative")
        LAGGARD = "laggard", _("Laggard")

    class Orientation(models.TextChoices):
        FINANCIAL = "financial", _("Financial")
        TECHNICAL = "technical", _("Technical")
        RELATIONSHIP = "relationship", _("Relationship")
        BUSINESS = "business", _("Business")

    chain = models.ForeignKey("crm.Chain", on_delete=models.PROTECT, related_name="stakeholders")
    contact = models.ForeignKey(
        Contact,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stakeholders",
    )
    formal_power = models.PositiveSmallIntegerField(
        _("formal power"), choices=Power, default=Power.NONE
    )
    political = models.CharField(
        _("political status"), max_length=10, choices=Political, default=Political.OUTSIDE
    )
    attitude = models.SmallIntegerField(_("attitude"), choices=Attitude, null=True, blank=True)
    attitude_at = models.DateTimeField(null=True, blank=True, editable=False)
    attitude_tier = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    attitude_evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    confidence = models.CharField(
        _("confidence"), max_length=6, choices=Confidence, blank=True, editable=False
    )
    response_mode = models.CharField(
        _("mood towards change"), max_length=13, choices=ResponseMode, blank=True
    )
    adaptability = models.CharField(
        _("adaptability"), max_length=12, choices=Adaptability, blank=True
    )
    orientation = models.CharField(_("decides by"), max_length=12, choices=Orientation, blank=True)
    concerns = models.TextField(_("concerns"), max_length=2000, blank=True)
    expectations = models.TextField(_("expectations"), max_length=2000, blank=True)
    required_level = models.PositiveSmallIntegerField(_("level wanted"), default=2)
    target_attitude = models.SmallIntegerField(
        _("attitude wanted"), choices=Attitude, null=True, blank=True
    )
    target_date = models.DateField(_("wanted by"), null=True, blank=True)
    reports_to = models.ForeignKey(
        "self",
        verbose_name=_("reports to"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "contact"],
                condition=Q(removed_at__isnull=True),
                name="stakeholder_contact_once",
                violation_error_message=_("This person is in the chain already."),
            ),
            models.CheckConstraint(
                condition=Q(formal_power__range=(1, 5)), name="stakeholder_power_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(political__in=["outside", "political", "inner"]),
                name="stakeholder_political_known",
            ),
            models.CheckConstraint(
                condition=Q(required_level__range=(0, 4)), name="stakeholder_required_0_to_4"
            ),
            models.CheckConstraint(
                condition=Q(target_attitude__isnull=True) | Q(target_attitude__range=(-2, 2)),
                name="stakeholder_target_known",
            ),
            models.CheckConstraint(
                condition=~Q(reports_to=F("id")), name="stakeholder_not_its_own_superior"
            ),
            models.CheckConstraint(
                condition=Q(
                    attitude__isnull=True,
                    attitude_at__isnull=True,
                    attitude_tier__isnull=True,
                    attitude_evidence__isnull=True,
                    confidence="",
                )
                | Q(
                    attitude__range=(-2, 2),
                    attitude_at__isnull=False,
                    attitude_tier__range=(1, 4),
                    attitude_evidence__isnull=False,
                    confidence__in=["low", "medium", "high"],
                ),
                name="stakeholder_attitude_has_evidence",
                violation_error_message=_("An attitude needs evidence."),
            ),
            models.CheckConstraint(
                condition=Q(attitude__isnull=True)
                | Q(attitude__lt=2)
                | Q(attitude=2, attitude_tier=1),
                name="stakeholder_mentor_by_deeds",
                violation_error_message=_(
                    "A mentor is proved by what he did at a cost to himself (tier 1)."
                ),
            ),
            models.CheckConstraint(
                condition=Q(attitude_tier__isnull=True)
                | Q(attitude_tier__lt=4)
                | Q(attitude_tier=4, confidence="low"),
                name="stakeholder_title_proves_little",
                violation_error_message=_("A title alone gives low confidence."),
            ),
            models.CheckConstraint(
                condition=~Q(contact__isnull=True) | Q(attitude__isnull=True),
                name="stakeholder_ghost_has_no_attitude",
            ),
        ]

    def __str__(self) -> str:
        return f"stakeholder {self.pk}"


class StakeholderRole(models.Model):
    """One role of a stakeholder. A chain has one economic buyer at most."""

    chain = models.ForeignKey("crm.Chain", on_delete=models.PROTECT, related_name="+")
    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stakeholder", "role"], name="stakeholder_role_once"),
            models.UniqueConstraint(
                fields=["stakeholder"],
                condition=Q(is_primary=True),
                name="stakeholder_one_primary_role",
            ),
            models.UniqueConstraint(
                fields=["chain"],
                condition=Q(role="economic_buyer"),
                name="chain_one_economic_buyer",
                violation_error_message=_("A chain has one economic buyer."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="stakeholder_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.role


class StakeholderSpan(models.Model):
    """What was held of a stakeholder from one moment to another.

    Written by the triggers of migration 0005 alone, from the row and its roles, at the row's
    `updated_at`. What two changes of the same moment leave is one span.
    """

    stakeholder = models.ForeignKey(Stakeholder, on_delete=models.PROTECT, related_name="spans")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    roles = ArrayField(models.CharField(max_length=20), default=list)
    formal_power = models.PositiveSmallIntegerField()
    political = models.CharField(max_length=10)
    attitude = models.SmallIntegerField(null=True)
    attitude_at = models.DateTimeField(null=True)
    attitude_tier = models.PositiveSmallIntegerField(null=True)
    attitude_evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    confidence = models.CharField(max_length=6, blank=True)
    required_level = models.PositiveSmallIntegerField()
    reports_to = models.ForeignKey(
        Stakeholder, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="stakeholder_span_ends_after_start",
            ),
            ExclusionConstraint(
                name="stakeholder_one_span_at_a_time",
                expressions=[
                    ("stakeholder", RangeOperators.EQUAL),
                    (period("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"stakeholder {self.stakeholder_id} from {self.starts_at}"
