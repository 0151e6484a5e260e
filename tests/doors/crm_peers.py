"""The rows of tests/doors/test_crm_matrix.py for coverage by rank and peer pairs."""

IN = 302

PAGES = {
    "customer-coverage": [("get", {}, IN, 200, 200, 200, 404, 200, 200)],
    "coverage-propose": [("post", {"gap": "cell-5-executive"}, IN, 302, 403, 302, 404, 302, 403)],
    "peer-pair-new": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        (
            "post",
            {"contact": "CONTACT", "user": "ANNA", "purpose": "x", "cadence_days": "90"},
            IN,
            302,
            403,
            302,
            404,
            302,
            403,
        ),
    ],
    "peer-pair-edit": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"purpose": "y", "cadence_days": "60"}, IN, 302, 403, 302, 404, 302, 403),
    ],
    "peer-pair-end": [
        ("get", {}, IN, 200, 200, 200, 404, 200, 200),
        ("post", {"word": "x"}, IN, 302, 403, 302, 404, 302, 403),
    ],
}
