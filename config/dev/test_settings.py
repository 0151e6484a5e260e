"""Settings of the test suite: real servers, and nothing shared between parallel workers.

pytest-django imports this first, so the servers stand before Django reads their addresses.
pytest-django gives each worker a database; keys in Redis get a prefix per worker.
"""

import os
import sys

from config.environment import NotReady, prepare

os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "for-tests-only-and-long-enough-to-please-every-check")
try:
    prepare(database_may_be_missing=True)
except NotReady as reason:
    sys.stderr.write(f"{reason}\n")
    sys.exit(2)

from config.settings import *  # noqa: F403 - the servers come first
from config.settings import (
    CACHES,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    DATABASES,
    STORAGES,
)

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw")
KEY_PREFIX: str = f"test-{DATABASES['default']['NAME']}-{WORKER}"

# A test that commits does not wait for the disk; a crash of the server may lose it.
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"

CACHES = {
    "default": CACHES["default"]
    | {"BACKEND": "config.dev.test_cache.SharedRedisCache", "KEY_PREFIX": KEY_PREFIX}
}
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_BROKER_TRANSPORT_OPTIONS | {
    "global_keyprefix": f"{KEY_PREFIX}:"
}
CELERY_REDBEAT_KEY_PREFIX: str = f"{KEY_PREFIX}:redbeat:"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
