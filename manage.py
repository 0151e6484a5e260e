#!/usr/bin/env python
"""Baton's command line."""

import os
import sys


def main() -> None:
    """Make sure of the servers, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.environment import NotReady, prepare_for_command  # noqa: PLC0415 - settings first

    try:
        prepare_for_command(sys.argv[1:])
    except NotReady as reason:
        sys.stderr.write(f"{reason}\n")
        sys.exit(2)
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
