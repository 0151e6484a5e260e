"""A worker in a process of its own: sends what waits into a folder until nothing is due.

python -m tests.accounts.mail_worker FOLDER MOMENT
"""

import os
import sys
from datetime import datetime

import django


def main() -> None:
    folder, moment = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.mail import get_connection
    from django.utils.translation import gettext_noop

    from accounts import notices
    from accounts.commands.mail import send_next

    notices.register("test.due", gettext_noop("{name} is due."), "clock")
    backend = "django.core.mail.backends.filebased.EmailBackend"
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while send_next(
        at=datetime.fromisoformat(moment),
        connection=get_connection(backend, file_path=folder),
    ):
        pass


if __name__ == "__main__":
    main()
