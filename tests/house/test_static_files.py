import json
import re

import pytest
from django.contrib.staticfiles.management.commands.collectstatic import Command

from config.storage import HashedStaticFiles


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """What an image carries: collected, hashed, compressed."""
    folder = tmp_path_factory.mktemp("static")
    command = Command()
    command.storage = HashedStaticFiles(location=str(folder), base_url="/static/")
    command.set_options(
        interactive=False, verbosity=0, link=False, clear=False, dry_run=False,
        ignore_patterns=["drf_spectacular_sidecar"],  # large, and nobody imports it
        use_default_ignore_patterns=True, post_process=True,
    )  # fmt: skip
    command.collect()
    return folder


def test_modules_import_each_other_by_hashed_names(collected):
    """Else a browser would keep yesterday's module beside today's."""
    plain = re.compile(r"""(?:from|import)\s*\(?["'](\.{1,2}/[^"']+)["']""")
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    ours = {kept for name, kept in names.items() if name.startswith("core/") and ".js" in name}
    assert ours
    for name in ours:
        for imported in plain.findall((collected / name).read_text()):
            assert re.search(r"\.[0-9a-f]{12}\.js$", imported), f"{name} imports {imported}"


def test_a_page_brings_little(collected):
    """htmx, our styles, and the modules every page loads: what the first visit costs."""
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    main = (collected / names["core/js/main.js"]).read_text()
    eager = re.findall(r'import \{[^}]*\} from "\./(\w+)\.', main)
    wanted = [
        "django_htmx/htmx-2.min.js",
        "core/js/main.js",
        "core/js/dom.js",
        *(f"core/js/{name}.js" for name in eager),
        *(name for name in names if re.fullmatch(r"core/css/\w+\.css", name)),
    ]
    sent = sum((collected / f"{names[name]}.br").stat().st_size for name in wanted)
    assert len(eager) > 5
    assert sent < 38 * 1024
