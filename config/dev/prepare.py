"""What `make run` does while its web server loads: migrate, fill an empty database, greet."""

import os
import sys
import time
import urllib.error
import urllib.request

import django
from django.core.management import CommandError, call_command

STEPS = (
    ("Bringing the tables up to date ...", "migrate", ["--verbosity=0"]),
    ("Loading the pipeline ...", "load_pipeline", ["--keep-own", "pipeline/definitions/b2b8.yaml"]),
    ("Looking for data; an empty database gets the demo company ...", "demo", ["--if-empty"]),
)


def main() -> int:
    """Run every step in one Django process, which saves a second each."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        for text, command, arguments in STEPS:
            print(text, flush=True)
            call_command(command, *arguments)
        greet(int(os.environ["PORT"]))
    except CommandError as error:
        print(error, flush=True)
        return 2
    return 0


def greet(port: int) -> None:
    """Wait until the web answers, then say where it is and who may come in."""
    while not answers(f"http://127.0.0.1:{port}/healthz"):
        time.sleep(0.1)
    print(f"\nBaton is at http://localhost:{port}\n")
    call_command("demo", "--sign-ins")
    print("\nCtrl-C stops it.\n", flush=True)


def answers(address: str) -> bool:
    """Whether a web server speaks there, whatever it says."""
    try:
        urllib.request.urlopen(address, timeout=30).close()
    except urllib.error.HTTPError as error:
        error.close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
