"""The rows of tests/doors/test_crm_matrix.py for addresses of the API: who gets which status."""

API = {
    "api-assessments": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("post", {"rep": "ANNA", "manager": "DORA"}, 401, 409, 403, 409, 404, 409, 403),
    ],
    "api-assessment": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-assessment-judge": [("post", {"judgements": "SAID"}, 401, 200, 403, 200, 404, 403, 403)],
    "api-assessment-drop": [("post", None, 401, 200, 403, 200, 404, 200, 403)],
    "api-assessment-talk": [("post", {"talk": "x"}, 401, 409, 403, 409, 404, 409, 403)],
    "api-customers": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        ("post", {"name": "New"}, 401, 201, 201, 201, 201, 201, 403),
    ],
    "api-customer": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"tier": "S"}, 401, 200, 403, 200, 404, 200, 403),
        ("delete", None, 401, 405, 405, 405, 405, 405, 405),
    ],
    "api-customer-state": [("post", {"state": "dormant"}, 401, 200, 403, 200, 404, 200, 403)],
    "api-customer-move": [
        ("post", {"team": "SOUTH", "reason": "x"}, 401, 403, 403, 403, 404, 204, 403)
    ],
    "api-customer-assign": [
        ("post", {"user": "NILS", "part": "sponsor"}, 401, 403, 403, 201, 404, 201, 403)
    ],
    "api-customer-timeline": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-customer-coverage": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-coverage-proposal": [
        ("post", {"gap": "cell-5-executive"}, 401, 201, 403, 201, 404, 201, 403)
    ],
    "api-customer-measures": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-chain-measures": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-contacts": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        ("post", {"customer": "ACME", "name": "X"}, 401, 201, 403, 201, 404, 201, 403),
    ],
    "api-contact": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"title": "x"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-contact-known-by": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-colleagues": [("get", {"topic": "call"}, 401, 200, 200, 200, 200, 200, 200)],
    "api-contact-left": [("post", {}, 401, 200, 403, 200, 404, 200, 403)],
    "api-contact-move": [
        ("post", {"customer": "OTHER"}, 401, 200, 403, 200, 404, 200, 403),
        ("post", {"customer": "ZENITH"}, 401, 404, 404, 404, 404, 200, 403),
    ],
    "api-contact-merge": [("post", {"into": "TWIN"}, 401, 200, 403, 200, 404, 200, 403)],
    "api-customer-chain": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("post", {}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-chains": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        ("post", {}, 401, 405, 405, 405, 405, 405, 405),
    ],
    "api-chain": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("delete", None, 401, 405, 405, 405, 405, 405, 405),
    ],
    "api-chain-take-latest": [("post", {}, 401, 409, 403, 409, 404, 409, 403)],
    "api-chain-stakeholders": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("post", {"roles": ["coach"]}, 401, 201, 403, 201, 404, 201, 403),
    ],
    "api-chain-lines": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        (
            "post",
            {"source": "GHOST", "target": "PLACE", "kind": "alliance"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-chain-steps": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("post", {"name": "Board"}, 401, 201, 403, 201, 404, 201, 403),
    ],
    "api-chain-line": [
        ("delete", None, 401, 204, 403, 204, 404, 204, 403),
        ("get", None, 401, 405, 405, 405, 405, 405, 405),
    ],
    "api-chain-step": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"name": "x"}, 401, 200, 403, 200, 404, 200, 403),
        ("delete", None, 401, 204, 403, 204, 404, 204, 403),
    ],
    "api-stakeholder": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"formal_power": 2}, 401, 200, 403, 200, 404, 200, 403),
        ("patch", {"attitude": 2}, 401, 400, 400, 400, 404, 400, 400),
        ("delete", None, 401, 204, 403, 204, 404, 204, 403),
    ],
    "api-stakeholder-fill": [("post", {"contact": "TWIN"}, 401, 409, 403, 409, 404, 409, 403)],
    "api-stakeholder-attitude": [
        ("post", {"attitude": 1, "evidence": "PROOF"}, 401, 200, 403, 200, 404, 200, 403),
        ("post", {"attitude": 1}, 401, 400, 403, 400, 404, 400, 403),
    ],
    "api-stakeholder-history": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-evidence": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {"customer": "ACME", "tier": 3, "text": "x"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-evidence-one": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"tier": 1}, 401, 405, 405, 405, 405, 405, 405),
        ("delete", None, 401, 405, 405, 405, 405, 405, 405),
    ],
    "api-ties": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {"contact": "CONTACT", "level": 1, "evidence": "PROOF"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-activities": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {"customer": "ACME", "kind": "call", "text": "x"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-activity": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"subject": "x"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-activity-take-back": [("post", {}, 401, 409, 403, 403, 404, 403, 403)],
    "api-actions": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        ("post", {"customer": "ACME", "text": "x"}, 401, 201, 403, 201, 404, 201, 403),
    ],
    "api-action": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"due_date": "2026-12-01"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-action-complete": [("post", {"result": "x"}, 401, 200, 403, 200, 404, 200, 403)],
    "api-action-cancel": [("post", {"reason": "x"}, 401, 200, 403, 200, 404, 200, 403)],
    "api-timeline": [("get", None, 401, 200, 200, 200, 200, 200, 200)],
    "api-assignments": [("get", None, 401, 200, 200, 200, 200, 200, 200)],
    "api-assignment": [("get", None, 401, 200, 200, 200, 404, 200, 200)],
    "api-assignment-end": [("post", {"reason": "x"}, 401, 403, 403, 200, 404, 200, 403)],
    "api-peer-pairs": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {"contact": "CONTACT", "user": "ANNA", "purpose": "x"},
            401,
            201,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-peer-pair": [
        ("get", None, 401, 200, 200, 200, 404, 200, 200),
        ("patch", {"purpose": "y"}, 401, 200, 403, 200, 404, 200, 403),
    ],
    "api-peer-pair-end": [("post", {"reason": "x"}, 401, 200, 403, 200, 404, 200, 403)],
    "api-reassignments": [
        ("get", None, 401, 200, 200, 200, 200, 200, 200),
        (
            "post",
            {"from_user": "ANNA", "receivers": ["NILS"], "reason": "x"},
            401,
            403,
            403,
            201,
            404,
            201,
            403,
        ),
    ],
    "api-reassignment-preview": [
        ("post", {"from_user": "ANNA", "receivers": ["NILS"]}, 401, 403, 403, 200, 404, 200, 403),
    ],
    "api-reassignment": [("get", None, 401, 200, 404, 200, 404, 200, 200)],
}
