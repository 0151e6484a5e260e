"""Whatever the schema lets one send is answered as the schema says, and never by a failure of ours.

Requests are made up from the schema, some valid, some not, and sent by a director to a small
company; nothing they change stays.
"""

import json
from copy import deepcopy
from urllib.parse import quote

import pytest
import schemathesis
from django.db import transaction
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from core.models import CalendarException
from crm.models import Action, Assignment
from tests.cast import NOW, ActivityFactory, ContactFactory, gather
from tests.kept import admitted, ticket

EXAMPLES = 12


def made():
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return schema, [
        str(each) for each in (*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache)
    ]


SCHEMA, COMPLAINTS = made()
OPERATIONS = [
    (path, method)
    for path, methods in SCHEMA["paths"].items()
    for method in methods
    if method in ("get", "post", "patch", "put", "delete")
]


def test_the_schema_is_valid_and_nothing_in_it_was_guessed():
    validate_schema(SCHEMA)
    assert COMPLAINTS == []


@pytest.fixture(scope="module")
def founded(kept):
    return kept(found)


@pytest.fixture
def company(db, founded):
    key, rows = founded
    return admitted(key), deepcopy(rows)


def found():
    """The key of a signed-in director, and real numbers by a field or the start of an address."""
    cast = gather()
    contact = ContactFactory(customer=cast.acme)
    activity = ActivityFactory(customer=cast.acme, author=cast.dora, created_at=timezone.now())
    action = Action.objects.create(
        customer=cast.acme, text="Call", owner=cast.dora, due_date=NOW.date(), created_at=NOW
    )
    day = CalendarException.objects.create(country="CN", day=NOW.date(), kind="off")
    assignment = Assignment.objects.get(customer=cast.acme)
    return ticket(cast.dora), {
        "customer": cast.acme.pk,
        "customers": [cast.acme.pk, cast.zenith.pk],
        "user": cast.nils.pk,
        "owner": cast.anna.pk,
        "team": cast.north.pk,
        "contact": contact.pk,
        "contacts": [contact.pk],
        "colleagues": [cast.anna.pk],
        "/customers/": cast.acme.pk,
        "/contacts/": contact.pk,
        "/activities/": activity.pk,
        "/actions/": action.pk,
        "/assignments/": assignment.pk,
        "/calendar-days/": day.pk,
        "/users/": cast.nils.pk,
        "/teams/": cast.north.pk,
    }


def send(client, case, real):
    """Send a made-up request; with `real`, numbers of rows are those of rows that are there."""
    path, body = case.path, case.body
    known = [number for start, number in real.items() if start[0] == "/" and start in path]
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(known[0] if known else value), safe=""))
    if isinstance(body, dict):
        body = {name: real.get(name, value) for name, value in body.items()}
    headers = {
        name: str(value)
        for name, value in (case.headers or {}).items()
        if str(value).isprintable() and name not in ("Authorization", "If-Match")
    }
    try:
        sent = json.dumps(body).encode() if case.method != "GET" else b""
    except TypeError:
        sent = b"{}"
    return client.generic(
        case.method,
        path,
        sent,
        content_type="application/json",
        headers=headers,
        query_params=case.query or {},
    )


@pytest.mark.parametrize(
    ("path", "method"), OPERATIONS, ids=[" ".join(each) for each in OPERATIONS]
)
def test_an_operation_keeps_its_word(company, path, method):
    client, rows = company
    operation = schemathesis.openapi.from_dict(SCHEMA)[path][method]
    strategy = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )
    documented = SCHEMA["paths"][path][method]["responses"]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, real=st.sampled_from([{}, rows, rows]))
    def check(case, real):
        with transaction.atomic():
            response = send(client, case, real)
            transaction.set_rollback(True)
        allowed = {*documented, "404", "405", "413", "415"}
        assert str(response.status_code) in allowed, response.content
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json"
            assert response.json()["status"] == response.status_code

    check()
