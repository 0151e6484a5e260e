"""Settings of every deployment; what differs between them comes from the environment.

docs/operations.md lists each variable; a test keeps that list complete.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="development-only" if DEBUG else environ.Env.NOTSET)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")

INSTALLED_APPS = [
    "core",
    "accounts",
    "crm",
    "pipeline",
    "analytics",
    "integrations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "core.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.ui", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.shell.shell",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"options": "-c jit=off", "server_side_binding": False},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "baton",
    }
}

# --- background work ----------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
    "visibility_timeout": 300,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "redbeat.RedBeatScheduler"
CELERY_REDBEAT_LOCK_TIMEOUT = 30
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "relay-events": {"task": "core.tasks.relay", "schedule": 5.0},
    "forget-answers": {"task": "core.tasks.forget_answers", "schedule": 3600.0},
    "ring-clocks": {"task": "pipeline.tasks.ring_clocks", "schedule": 60.0},
    "watch-sales": {"task": "pipeline.tasks.watch_sales", "schedule": 60.0},
    "set-clocks": {"task": "pipeline.tasks.set_clocks", "schedule": 60.0},
    "count-odds": {"task": "pipeline.tasks.count_odds", "schedule": 3600.0},
    "keep-forecast": {"task": "analytics.tasks.keep_forecast", "schedule": 3600.0},
    "watch-gates": {"task": "pipeline.tasks.watch_gates", "schedule": 60.0},
    "watch-promises": {"task": "crm.tasks.watch_promises", "schedule": 60.0},
    "watch-concerns": {"task": "crm.tasks.watch_concerns", "schedule": 60.0},
    "watch-orphans": {"task": "crm.tasks.watch_orphans", "schedule": 60.0},
    "watch-help": {"task": "crm.tasks.watch_help", "schedule": 60.0},
    "make-digests": {"task": "accounts.tasks.make_digests", "schedule": 60.0},
    "send-mail": {"task": "accounts.tasks.send_mail", "schedule": 15.0},
}

# --- people -------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.RoleBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
# How often a name may be tried is the matter of axes, below.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Baton"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "accounts.adapters.tried_name"
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_ENABLE_ADMIN = False
# Tries are counted by name alone on purpose: who guesses has many addresses.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_VERBOSE = False
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True

# --- language and time --------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LANGUAGE_COOKIE_NAME = "baton_language"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
BATON_COUNTRY = env.str("COUNTRY", default="CN")

# --- files --------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.storage.HashedStaticFiles"
    },
}

# --- mail ---------------------------------------------------------------------------------

if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Baton <baton@localhost>")

# --- web ----------------------------------------------------------------------------------

SECURE_HTTPS = env.bool("SECURE_HTTPS", default=False)
SECURE_SSL_REDIRECT = SECURE_HTTPS
SESSION_COOKIE_SECURE = SECURE_HTTPS
CSRF_COOKIE_SECURE = SECURE_HTTPS
SECURE_HSTS_SECONDS = 31536000 if SECURE_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsing.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.BatonSchema",
    "EXCEPTION_HANDLER": "core.api.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Baton API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "Attitude": "crm.models.stakeholder.Stakeholder.Attitude",
        "ChainLineKind": "crm.models.chain.ChainLine.Kind",
        "ChainLineStrength": "crm.models.chain.ChainLine.Strength",
        "ChainRole": "crm.models.stakeholder.Role",
        "Confidence": "crm.models.evidence.Confidence",
        "EvidenceKind": "crm.models.evidence.Evidence.Kind",
        "FormalPower": "crm.models.stakeholder.Stakeholder.Power",
        "PoliticalStatus": "crm.models.stakeholder.Stakeholder.Political",
        "TieLevel": "crm.models.tie.Tie.Level",
        "EvidenceTier": "crm.models.evidence.Tier",
        "ActionState": "crm.models.action.Action.State",
        "CommitmentDirection": "crm.models.commitment.Commitment.Direction",
        "CommitmentState": "crm.models.commitment.Commitment.State",
        "ContactChannel": "crm.models.contact_rule.CHANNELS",
        "ContactRule": "crm.models.contact_rule.ContactBreach.Rule",
        "ConcernOrigin": "crm.models.concern.Concern.Origin",
        "ConcernSeverity": "crm.models.concern.Concern.Severity",
        "ConcernState": "crm.models.concern.Concern.State",
        "ValueKind": "crm.models.value_offer.ValueItem.Kind",
        "ValueOfferState": "crm.models.value_offer.ValueOffer.State",
        "IntelKey": "crm.models.intel.IntelItem.Key",
        "IntelState": "crm.models.intel.IntelItem.State",
        "IntelSourceKind": "crm.models.intel.IntelItem.SourceKind",
        "WaiverState": "pipeline.models.waiver.Waiver.State",
        "StandardStepState": "pipeline.serializers.steps.STATES",
        "GateDecisionState": "pipeline.models.gate.GateDecision.State",
        "GateDepartment": "accounts.models.user.Department",
        "GoalSide": "crm.models.goal.JointGoal.Side",
        "GoalState": "crm.models.goal.JointGoal.State",
        "ExpectationState": "crm.models.commitment.Expectation.State",
        "ActivityKind": "crm.models.activity.Activity.Kind",
        "AssignmentPart": "crm.models.assignment.Assignment.Part",
        "CalendarDayKind": "core.models.calendar.CalendarException.Kind",
        "ContactLevel": "crm.models.contact.Contact.Band",
        "ContactState": "crm.models.contact.Contact.State",
        "CustomerState": "crm.models.customer.Customer.State",
        "CustomerTier": "crm.models.customer.Customer.Tier",
        "Level": "accounts.models.user.Level",
        "ForecastCategory": "pipeline.models.forecast.ForecastOverride.CATEGORIES",
        "StageCategory": "pipeline.models.definition.Stage.Category",
        "ForecastSide": "pipeline.models.forecast.ForecastOverride.Side",
        "OpportunityState": "pipeline.models.opportunity.Opportunity.State",
        "RivalState": "pipeline.models.rival.Rival.State",
        "SolutionLineKind": "pipeline.models.pain.SolutionLine.Kind",
        "Role": "accounts.serializers.people.ROLES",
        "TokenScope": "accounts.models.token.ApiToken.Scope",
    },
    "COMPONENT_SPLIT_REQUEST": True,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "core.redaction.Redact"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["redact"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
