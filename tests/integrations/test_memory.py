"""However large the file, a run holds one batch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROWS = 200_000
MEGABYTES = 40
"""What a run may need on top of a run over a hundred rows. As objects the rows would need 500."""

RUN = """
import re, sys
from pathlib import Path
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
from django.core.management import call_command
peaks = []
for file in sys.argv[3:]:
    call_command("import_csv", "products", file, rejects=sys.argv[2], dry_run=True)
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    peaks.append(int(peak[1]) // 1024)
sys.stdout.write("peaks %d %d" % tuple(peaks))
"""


def write(path, rows):
    with path.open("w") as stream:
        stream.write("external_id,name,series,list_price\n")
        for number in range(rows):
            price = "dear" if number % 10 == 0 else f"{number}.50"
            stream.write(f"P{number:07},Product with a longish name {number},Series A,{price}\n")
    return path


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_two_hundred_thousand_rows_need_little_memory(tmp_path):
    small, large = write(tmp_path / "small.csv", 100), write(tmp_path / "large.csv", ROWS)
    rejects = tmp_path / "r.csv"

    found = subprocess.run(
        [sys.executable, "-c", RUN, connection.settings_dict["NAME"], rejects, small, large],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.dev.test_settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "read 200000 = created 180000 + updated 0 + unchanged 0 + rejected 20000" in found.stdout
    assert rejects.read_text().count("\n") == 20_001
    before, after = map(int, found.stdout.rsplit("peaks ", 1)[1].split())
    assert after - before < MEGABYTES, found.stdout
