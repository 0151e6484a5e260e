"""The container's own look at /healthz, as a browser behind the proxy would ask for it."""

import http.client
import os
import sys


def main() -> int:
    """0 when web answers 200."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4
    )
    try:
        headers = {"Host": "localhost" if host == "*" else host, "X-Forwarded-Proto": "https"}
        connection.request("GET", "/healthz", headers=headers)
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
