"""Where the real files lie that some tests read; those tests are skipped where they are not."""

from pathlib import Path

import pytest
from django.conf import settings

DATA = settings.BASE_DIR.parent / "shared" / "data"


def folder(name: str) -> Path:
    """A folder of real input, or a skip that says which one is missing."""
    path = DATA / name
    if not path.is_dir():
        pytest.skip(f"needs the folder {path}")
    return path
