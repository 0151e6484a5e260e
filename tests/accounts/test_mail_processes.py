"""Mail workers that are killed with SIGKILL in the middle of their work lose and double nothing."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.commands.inbox import Delivery, deliver
from accounts.commands.mail import LEASE
from accounts.models import InboxItem
from tests.cast import NOW, gather

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
MESSAGES, KILLS = 300, 3


def start(folder, at):
    values = connection.settings_dict
    name = f"{values['HOST'] or '127.0.0.1'}:{values['PORT'] or 5432}/{values['NAME']}"
    who = values["USER"] + (f":{values['PASSWORD']}" if values["PASSWORD"] else "")
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{who}@{name}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-m", "tests.accounts.mail_worker", str(folder), at.isoformat()]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def sent(folder):
    texts = [path.read_text() for path in sorted(folder.iterdir())]
    return Counter(re.findall(r"^Message-ID: (\S+)", "\n".join(texts), re.M))


def test_kills_lose_nothing_and_double_only_what_was_in_the_air(tmp_path):
    cast = gather()
    people = [cast.anna, cast.nils, cast.ben, cast.boris]
    deliver(
        [
            Delivery(people[n % 4].pk, "test.due", f"k{n}", {"name": f"Bridge {n}"})
            for n in range(MESSAGES)
        ],
        at=NOW,
    )
    chance = random.Random(7)

    for turn in range(KILLS):
        workers = [start(tmp_path, NOW + LEASE * turn) for _ in range(2)]
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.01, 0.15))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
    last = start(tmp_path, NOW + LEASE * KILLS)
    last.communicate(timeout=120)

    mails = sent(tmp_path)
    assert last.returncode == 0
    assert set(InboxItem.objects.values_list("mail", flat=True)) == {"sent"}
    assert len(mails) == MESSAGES
    assert sum(mails.values()) - MESSAGES <= 2 * KILLS
