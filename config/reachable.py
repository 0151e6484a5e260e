"""Are the servers the environment names there, and new enough? One sentence when not."""

from urllib.parse import urlsplit

import psycopg
import redis

OLDEST_POSTGRESQL = 15
EXTENSIONS = ("btree_gist", "pg_trgm")
PATIENCE = 5  # seconds until a silent server counts as dead


class NotReady(Exception):
    """What is missing, as one sentence for the person at the keyboard."""


def check_postgresql(url: str, *, database_may_be_missing: bool = False) -> None:
    """Refuse a PostgreSQL that does not answer, is too old or lacks an extension.

    The test suite makes its own database, so for it the one named may be missing.
    """
    where = _place(
        url,
        "DATABASE_URL",
        ("postgres", "postgresql"),
        "postgres://user:password@host:5432/database",
    )
    try:
        connection = _connect(url, database_may_be_missing=database_may_be_missing)
    except psycopg.Error as error:
        reason = _first_line(error)
        raise NotReady(f"DATABASE_URL: PostgreSQL at {where} does not answer: {reason}") from error
    with connection:
        check_version(connection.info.server_version, where)
        missing = missing_extensions(connection)
    if missing:
        raise NotReady(
            f"DATABASE_URL: PostgreSQL at {where} lacks the extensions {', '.join(missing)}; "
            "they come with the package postgresql-contrib."
        )


def check_version(number: int, where: str) -> None:
    """Refuse a server older than the oldest we run on; `number` as libpq gives it (150020)."""
    if number // 10000 < OLDEST_POSTGRESQL:
        raise NotReady(
            f"DATABASE_URL: PostgreSQL at {where} is version {number // 10000}.{number % 10000}; "
            f"Baton needs {OLDEST_POSTGRESQL} or newer."
        )


def missing_extensions(
    connection: psycopg.Connection, wanted: tuple[str, ...] = EXTENSIONS
) -> list[str]:
    """Extensions this server cannot create, in order."""
    rows = connection.execute(
        "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(wanted)]
    )
    there = {name for (name,) in rows}
    return [name for name in wanted if name not in there]


def check_redis(url: str) -> None:
    """Refuse a Redis or Valkey that does not answer PING."""
    where = _place(url, "REDIS_URL", ("redis", "rediss", "unix"), "redis://host:6379/0")
    try:
        client = redis.Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=None
        )
        with client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise NotReady(
            f"REDIS_URL: the server at {where} does not answer: {_first_line(error)}"
        ) from error


def _connect(url: str, *, database_may_be_missing: bool) -> psycopg.Connection:
    try:
        return psycopg.connect(url, connect_timeout=PATIENCE)
    except psycopg.OperationalError as error:
        if not (database_may_be_missing and "does not exist" in str(error)):
            raise
    return psycopg.connect(url, dbname="postgres", connect_timeout=PATIENCE)


def _place(url: str, variable: str, schemes: tuple[str, ...], example: str) -> str:
    """Host and port of a URL, never its password; a sentence when it is no such URL."""
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    except ValueError:
        parts, place = urlsplit(""), ""
    if parts.scheme not in schemes:
        raise NotReady(f"{variable} is not a URL Baton understands; it looks like {example}.")
    return place if parts.hostname else (parts.path or "the default socket")


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return text.split(" failed: ")[-1].rstrip(".") + "."
