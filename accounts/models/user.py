"""A person of the company. People leave, their records stay."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.team import Team


@lru_cache(maxsize=512)
def zone_of(name: str) -> tzinfo:
    """The time zone of this name; UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


class Role(models.TextChoices):
    """What a person may do; accounts/roles.py is the table behind it."""

    REP = "rep", _("Sales representative")
    MANAGER = "manager", _("Manager")
    DIRECTOR = "director", _("Director")
    ADMINISTRATOR = "administrator", _("Administrator")
    INTEGRATION = "integration", _("Integration")
    SOLUTION = "solution", _("Solution")
    DELIVERY = "delivery", _("Delivery")
    FINANCE = "finance", _("Finance")
    LEGAL = "legal", _("Legal")
    SYSTEM = "system", _("System")


class Department(models.TextChoices):
    """Whose voice a committee needs; accounts/roles.py says which role speaks for which."""

    SALES = "sales", _("Sales")
    SOLUTION = "solution", _("Solution")
    DELIVERY = "delivery", _("Delivery")
    FINANCE = "finance", _("Finance")
    LEGAL = "legal", _("Legal")


class Level(models.IntegerChoices):
    """Rank, the same five bands as at the customer."""

    STAFF = 1, _("Staff")
    SUPERVISOR = 2, _("Supervisor")
    HEAD = 3, _("Department head")
    VICE_PRESIDENT = 4, _("Vice president")
    CHIEF = 5, _("Chief executive")


class UserManager(BaseUserManager["User"]):
    """Natural lookups, and the two constructors Django's commands call."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """An administrator; Baton has no role above the table."""
        fields.setdefault("name", username)
        return self.create_user(username, password, role=Role.ADMINISTRATOR, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One of our people, a sign-in, or an integration."""

    username = models.CharField(
        _("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.REP)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.STAFF)
    team = models.ForeignKey(
        Team,
        verbose_name=_("team"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    theme = models.CharField(max_length=5, default="auto")
    is_active = models.BooleanField(_("may sign in"), default=True, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="user_email_once",
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="user_external_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(level__range=(1, 5)), name="user_level_1_to_5"
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=False)
                | models.Q(frozen_at__isnull=True, closed_at__isnull=True),
                name="user_frozen_or_closed_cannot_sign_in",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin lets this person in."""
        return self.is_active and self.role == Role.ADMINISTRATOR

    @property
    def zone(self) -> tzinfo:
        """Where this person's clock hangs."""
        return zone_of(self.time_zone)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with `session_epoch`, which ends every session."""
        return self._session_hash(secret=None)

    def get_session_auth_fallback_hash(self) -> Any:
        from django.conf import settings  # noqa: PLC0415 - read at call time, as Django does

        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret=secret)

    def _session_hash(self, *, secret: str | bytes | None) -> str:
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()
