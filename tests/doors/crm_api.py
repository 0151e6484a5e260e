"""The rows of tests/doors/test_crm_matrix.py for addresses of the API: who gets which status."""

from tests.doors.answers import API_ALL, API_DO, API_END, API_MAKE, API_NEVER, API_SEE, API_SHUT

API = {
    "api-assessments": [
        ("get", None, *API_SEE),
        ("post", {"rep": "ANNA", "manager": "DORA"}, *API_SHUT),
    ],
    "api-assessment": [("get", None, *API_SEE)],
    "api-assessment-judge": [("post", {"judgements": "SAID"}, 401, 200, 403, 200, 404, 403, 403)],
    "api-assessment-drop": [("post", None, *API_DO)],
    "api-assessment-talk": [("post", {"talk": "x"}, *API_SHUT)],
    "api-customers": [
        ("get", None, *API_ALL),
        ("post", {"name": "New"}, 401, 201, 201, 201, 201, 201, 403),
    ],
    "api-customer": [
        ("get", None, *API_SEE),
        ("patch", {"tier": "S"}, *API_DO),
        ("delete", None, *API_NEVER),
    ],
    "api-customer-state": [("post", {"state": "dormant"}, *API_DO)],
    "api-customer-move": [
        ("post", {"team": "SOUTH", "reason": "x"}, 401, 403, 403, 403, 404, 204, 403)
    ],
    "api-customer-assign": [
        ("post", {"user": "NILS", "part": "sponsor"}, 401, 403, 403, 201, 404, 201, 403)
    ],
    "api-customer-timeline": [("get", None, *API_SEE)],
    "api-customer-coverage": [("get", None, *API_SEE)],
    "api-coverage-proposal": [("post", {"gap": "cell-5-executive"}, *API_MAKE)],
    "api-customer-measures": [("get", None, *API_SEE)],
    "api-chain-measures": [("get", None, *API_SEE)],
    "api-contacts": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "name": "X"}, *API_MAKE),
    ],
    "api-contact": [("get", None, *API_SEE), ("patch", {"title": "x"}, *API_DO)],
    "api-contact-known-by": [("get", None, *API_SEE)],
    "api-colleagues": [("get", {"topic": "call"}, *API_ALL)],
    "api-contact-left": [("post", {}, *API_DO)],
    "api-contact-move": [
        ("post", {"customer": "OTHER"}, *API_DO),
        ("post", {"customer": "ZENITH"}, 401, 404, 404, 404, 404, 200, 403),
    ],
    "api-contact-merge": [("post", {"into": "TWIN"}, *API_DO)],
    "api-customer-chain": [("get", None, *API_SEE), ("post", {}, *API_DO)],
    "api-chains": [("get", None, *API_ALL), ("post", {}, *API_NEVER)],
    "api-chain": [("get", None, *API_SEE), ("delete", None, *API_NEVER)],
    "api-chain-take-latest": [("post", {}, *API_SHUT)],
    "api-chain-stakeholders": [("get", None, *API_SEE), ("post", {"roles": ["coach"]}, *API_MAKE)],
    "api-chain-lines": [
        ("get", None, *API_SEE),
        ("post", {"source": "GHOST", "target": "PLACE", "kind": "alliance"}, *API_MAKE),
    ],
    "api-chain-steps": [("get", None, *API_SEE), ("post", {"name": "Board"}, *API_MAKE)],
    "api-chain-line": [
        ("delete", None, *API_END),
        ("get", None, *API_NEVER),
    ],
    "api-chain-step": [
        ("get", None, *API_SEE),
        ("patch", {"name": "x"}, *API_DO),
        ("delete", None, *API_END),
    ],
    "api-stakeholder": [
        ("get", None, *API_SEE),
        ("patch", {"formal_power": 2}, *API_DO),
        ("patch", {"attitude": 2}, 401, 400, 400, 400, 404, 400, 400),
        ("delete", None, *API_END),
    ],
    "api-stakeholder-fill": [("post", {"contact": "TWIN"}, *API_SHUT)],
    "api-stakeholder-attitude": [
        ("post", {"attitude": 1, "evidence": "PROOF"}, *API_DO),
        ("post", {"attitude": 1}, 401, 400, 403, 400, 404, 400, 403),
    ],
    "api-stakeholder-history": [("get", None, *API_SEE)],
    "api-evidence": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "tier": 3, "text": "x"}, *API_MAKE),
    ],
    "api-evidence-one": [
        ("get", None, *API_SEE),
        ("patch", {"tier": 1}, *API_NEVER),
        ("delete", None, *API_NEVER),
    ],
    "api-ties": [
        ("get", None, *API_ALL),
        ("post", {"contact": "CONTACT", "level": 1, "evidence": "PROOF"}, *API_MAKE),
    ],
    "api-activities": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "kind": "call", "text": "x"}, *API_MAKE),
    ],
    "api-activity": [("get", None, *API_SEE), ("patch", {"subject": "x"}, *API_DO)],
    "api-activity-take-back": [("post", {}, 401, 409, 403, 403, 404, 403, 403)],
    "api-actions": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "text": "x"}, *API_MAKE),
    ],
    "api-action": [("get", None, *API_SEE), ("patch", {"due_date": "2026-12-01"}, *API_DO)],
    "api-action-complete": [("post", {"result": "x"}, *API_DO)],
    "api-action-cancel": [("post", {"reason": "x"}, *API_DO)],
    "api-timeline": [("get", None, *API_ALL)],
    "api-assignments": [("get", None, *API_ALL)],
    "api-assignment": [("get", None, *API_SEE)],
    "api-assignment-end": [("post", {"reason": "x"}, 401, 403, 403, 200, 404, 200, 403)],
    "api-peer-pairs": [
        ("get", None, *API_ALL),
        ("post", {"contact": "CONTACT", "user": "ANNA", "purpose": "x"}, *API_MAKE),
    ],
    "api-peer-pair": [("get", None, *API_SEE), ("patch", {"purpose": "y"}, *API_DO)],
    "api-peer-pair-end": [("post", {"reason": "x"}, *API_DO)],
    "api-reassignments": [
        ("get", None, *API_ALL),
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
        ("post", {"from_user": "ANNA", "receivers": ["NILS"]}, 401, 403, 403, 200, 404, 200, 403)
    ],
    "api-reassignment": [("get", None, 401, 200, 404, 200, 404, 200, 200)],
}
