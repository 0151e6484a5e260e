"""Is everything there that a request needs?"""

from __future__ import annotations

from django.core.cache import cache
from django.db import Error, connection
from redis.exceptions import RedisError


def failing() -> list[str]:
    """Name the servers that do not answer."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        missing.append("database")
    try:
        cache.get("health")
    except RedisError:
        missing.append("redis")
    return missing
