"""`make lint`: every check, each under its name; all run, and one failure fails the whole."""

import os
import subprocess
import sys
import time

# Checks read the settings but touch no server.
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nowhere",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "SECRET_KEY": "lint",
    "DEBUG": "0",
}
CHECKS = (
    ("ruff", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "--quiet", "."]),
    ("imports", ["lint-imports", "--no-logo"]),
    ("types", ["mypy", "."]),
    ("templates", ["djlint", ".", "--lint", "--quiet"]),
    ("scripts", ["oxlint", "--deny-warnings", "--quiet", "."]),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("messages", ["python", "-m", "config.dev.messages", "check"]),
)


def main() -> int:
    """Run the checks and say which failed."""
    failed = []
    for name, command in CHECKS:
        began = time.monotonic()
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | NOWHERE,
            check=False,
        )
        verdict = "failed" if done.returncode else "ok"
        print(f"{name:<11} {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout.rstrip(), flush=True)
    if failed:
        print(f"lint failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
