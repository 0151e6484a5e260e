"""The real settings with a beat that looks every half second; for tests with real processes."""

from config.settings import *  # noqa: F403 - the real thing, only quicker
from config.settings import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": 0.5}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if name in ("relay-events", "ring-clocks")
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 0.5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
