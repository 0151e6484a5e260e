"""The rows of tests/doors/test_crm_matrix.py for coverage by rank and peer pairs."""

from tests.doors.answers import DO, SEE

PAGES = {
    "customer-coverage": [("get", {}, *SEE)],
    "coverage-propose": [("post", {"gap": "cell-5-executive"}, *DO)],
    "peer-pair-new": [
        ("get", {}, *SEE),
        ("post", {"contact": "CONTACT", "user": "ANNA", "purpose": "x", "cadence_days": "90"}, *DO),
    ],
    "peer-pair-edit": [("get", {}, *SEE), ("post", {"purpose": "y", "cadence_days": "60"}, *DO)],
    "peer-pair-end": [("get", {}, *SEE), ("post", {"word": "x"}, *DO)],
}
