from io import StringIO

import pytest
from django.core.management import call_command

from tests.cast import gather
from tests.pipeline.conftest import b2b8

__all__ = ["b2b8"]


@pytest.fixture
def cast():
    return gather()


@pytest.fixture
def imported(tmp_path):
    """Runs `import_csv` over lines of text; gives back what it printed and the rejected lines."""

    def run(kind, *lines, encoding="utf-8", name="file.csv", **options):
        file = tmp_path / name
        if lines:
            file.write_bytes(("\n".join(lines) + "\n").encode(encoding, "surrogateescape"))
        rejects = tmp_path / f"rejects-{name}"
        out = StringIO()
        call_command("import_csv", kind, str(file), rejects=rejects, stdout=out, **options)
        text = rejects.read_bytes().decode("utf-8-sig", "surrogateescape")
        return out.getvalue(), text.splitlines()

    return run
