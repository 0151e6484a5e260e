"""The Celery application; tasks live in each app's tasks.py and carry no data."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
# redbeat looks for these without the namespace, and warns when it does not find them.
app.add_defaults(lambda: {"redbeat_redis_url": settings.REDIS_URL, "redbeat_redis_options": {}})
app.autodiscover_tasks()
