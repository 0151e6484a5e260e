"""However large the file, a run holds one batch."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

ROWS = 200_000
MEGABYTES = 220
"""A Django process that has imported ten rows takes some 130 MB; 200,000 rows as objects 600."""

RUN = """
import resource, sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.core.management import call_command
call_command("import_csv", "products", sys.argv[2], rejects=sys.argv[3], dry_run=True)
sys.stdout.write("peak %d" % (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_two_hundred_thousand_rows_need_little_memory(tmp_path):
    file = tmp_path / "large.csv"
    with file.open("w") as stream:
        stream.write("external_id,name,series,list_price\n")
        for number in range(ROWS):
            price = "dear" if number % 10 == 0 else f"{number}.50"
            stream.write(f"P{number:07},Product with a longish name {number},Series A,{price}\n")

    found = subprocess.run(
        [sys.executable, "-c", RUN, connection.settings_dict["NAME"], file, tmp_path / "r.csv"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.dev.test_settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "read 200000 = created 180000 + updated 0 + unchanged 0 + rejected 20000" in found.stdout
    assert (tmp_path / "r.csv").read_text().count("\n") == 20_001
    peak = int(found.stdout.rsplit("peak ", 1)[1])
    assert peak < MEGABYTES, found.stdout
