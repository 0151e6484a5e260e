"""What must stand before Django loads: servers that answer, and on a laptop the variables of one.

A variable that is set always wins. What is missing is filled in only where the packages of
requirements-dev.txt are installed, so a production machine never starts a server of its own.
"""

import os

from config.dev import servers
from config.reachable import NotReady, check_postgresql, check_redis

# These commands touch no server, so they need not wait for one.
OFFLINE = frozenset(
    {"check", "collectstatic", "diffsettings", "findstatic", "help", "makemigrations", "version"}
)

__all__ = ("NotReady", "prepare", "prepare_for_command")


def prepare(*, database_may_be_missing: bool = False) -> None:
    """Check the servers named in the environment; start embedded ones for those not named."""
    given_database, given_broker = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if given_database:
        check_postgresql(given_database, database_may_be_missing=database_may_be_missing)
    if given_broker:
        check_redis(given_broker)
    if not (given_database and given_broker):
        found = servers.ensure(database=not given_database, broker=not given_broker)
        os.environ.update(found)
        os.environ.setdefault("DEBUG", "1")
    if servers.available() and not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = servers.secret()


def prepare_for_command(arguments: list[str]) -> None:
    """The same before a management command, without the check for one that needs no server."""
    named = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    if named and (not arguments or arguments[0] in OFFLINE):
        if servers.available() and not os.environ.get("SECRET_KEY"):
            os.environ["SECRET_KEY"] = servers.secret()
        return
    prepare()
