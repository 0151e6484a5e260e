import re
from pathlib import Path

import yaml

from tests.house.source import python_files, text, tracked

# Set by our own tools for each other, never by a person.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER"}
READ = re.compile(
    r"""(?:env\.\w+|os\.environ\.(?:get|setdefault|pop)|os\.getenv)\(\s*["']([A-Z_0-9]+)["']"""
    r"""|os\.environ\[["']([A-Z_0-9]+)["']\]|["']([A-Z_]+)["'] (?:not )?in os\.environ"""
)


def test_every_environment_variable_is_documented():
    documented = set(re.findall(r"`([A-Z][A-Z_0-9]+)`", text(Path("docs/operations.md"))))
    read = {
        next(filter(None, names))
        for path in python_files()
        if path.parts[0] != "tests"
        for names in READ.findall(text(path))
    }
    read |= set(re.findall(r"^([A-Z]+) \?=", text(Path("Makefile")), re.M))
    read |= set(re.findall(r"\$\{([A-Z_]+)", text(Path("compose.yaml"))))
    assert sorted(read - INTERNAL - documented) == []


def test_make_commands_of_the_documents_exist():
    there = set(re.findall(r"^([a-z]+):", text(Path("Makefile")), re.M))
    for path in tracked():
        if path.suffix == ".md":
            named = re.findall(r"(?:`|^\s{4}|^)(?:[A-Z_]+=\S+ )*make ([a-z]+)", text(path), re.M)
            assert (path, sorted(set(named) - there)) == (path, [])


def test_help_lists_every_command():
    makefile = text(Path("Makefile"))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony is not None
    described = set(re.findall(r"^([a-z]+):[^#\n]*## \S", makefile, re.M))
    assert set(phony[1].split()) - described == {"environment"}


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{path}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text(path))
        if not (Path(__file__).parents[2] / path.parent / target).exists()
    ]
    assert broken == []


def test_compose_scales_web_and_worker():
    """A fixed name or a single host port would allow one container only."""
    services = yaml.safe_load(text(Path("compose.yaml")))["services"]
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "valkey"}
    for name in ("web", "worker"):
        assert "container_name" not in services[name]
        ports = services[name].get("ports", [])
        assert [port for port in ports if not re.search(r"\d+-\d+}?:\d+$", port)] == []
