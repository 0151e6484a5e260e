"""Each URL of crm x each kind of person -> status. A URL missing here fails.

The customer is Acme, which Anna serves in North. The columns: nobody signed in, Anna, Nils of the
same team, her manager Boris, Ben of another team, the director Dora, the administrator Otto.
"""

import json
from copy import deepcopy

import pytest
from django.db import transaction
from django.urls import reverse

from crm import urls
from crm.api import urls as api_urls
from crm.commands import chain as chains
from crm.commands.evidence import note_evidence
from crm.commands.stakeholders import add_stakeholder
from crm.models import Action, Assessment, Assignment, PeerPair, Reassignment
from tests.cast import (
    NOW,
    ActivityFactory,
    ContactFactory,
    CustomerFactory,
    UserFactory,
    assign,
    gather,
)
from tests.doors import (
    concerns,
    contact_rules,
    crm_peers,
    goals,
    help,
    intel,
    promises,
    value_offers,
)
from tests.doors.answers import ALL, DO, IN, SEE, SHUT
from tests.doors.crm_api import API
from tests.kept import admitted, ticket

pytestmark = pytest.mark.django_db

WHO = (None, "anna", "nils", "boris", "ben", "dora", "otto")
PAGES = {
    # name: [(method, body, nobody, anna, nils, boris, ben, dora, otto)]
    "customer-list": [("get", {}, *ALL)],
    "customer-new": [
        ("get", {}, *ALL),
        (
            "post",
            {"name": "New", "tier": "C", "country": "CN", "state": "prospect", "team": "NORTH"},
            IN,
            302,
            302,
            302,
            403,
            302,
            403,
        ),
    ],
    "customer-options": [("get", {}, *ALL)],
    "customer-words": [("get", {}, *ALL)],
    "customer": [("get", {}, *SEE)],
    "customer-edit": [
        ("get", {}, IN, 200, 403, 200, 404, 200, 403),
        ("post", {"name": "Acme 2", "tier": "A", "country": "CN"}, *DO),
    ],
    "customer-fact": [("post", {"region": "East"}, *DO)],
    "customer-state": [("get", {}, *SEE), ("post", {"state": "dormant"}, *DO)],
    "customer-timeline": [("get", {}, IN, 302, 302, 302, 404, 302, 302)],
    "contact-new": [("get", {}, *SEE), ("post", {"name": "Lee"}, *DO)],
    "contact-edit": [("get", {}, *SEE), ("post", {"name": "Lee"}, *DO)],
    "contact-left": [("post", {"left": "1"}, *DO)],
    "contact-move": [("get", {}, *SEE), ("post", {"customer": "OTHER"}, *DO)],
    "contact-merge": [("get", {}, *SEE), ("post", {"contact": "TWIN"}, *DO)],
    "contact-known-by": [("get", {}, *SEE)],
    "colleague-find": [("get", {"q": "call"}, *ALL)],
    "contact-tie": [("get", {}, *SEE), ("post", {"level": "1", "text": "x", "tier": "3"}, *DO)],
    "customer-chain": [("get", {}, *SEE)],
    "customer-chain-start": [("post", {"five": "1"}, *DO)],
    "chain-take-latest": [("post", {}, *SHUT)],
    "stakeholder-new": [
        ("get", {}, *SEE),
        ("post", {"roles": ["coach"], "political": "outside", "required_level": "2"}, *DO),
    ],
    "chain-line-new": [
        ("get", {}, *SEE),
        ("post", {"source": "GHOST", "target": "PLACE", "kind": "alliance", "strength": "2"}, *DO),
    ],
    "chain-step-new": [("get", {}, *SEE), ("post", {"name": "Board"}, *DO)],
    "chain-step-edit": [("get", {}, *SEE), ("post", {"name": "Council"}, *DO)],
    "chain-step-remove": [("post", {}, *DO)],
    "chain-line-end": [("post", {}, *DO)],
    "stakeholder": [("get", {}, *SEE)],
    "stakeholder-edit": [
        ("get", {}, *SEE),
        ("post", {"roles": ["coach"], "political": "inner", "required_level": "2"}, *DO),
    ],
    "stakeholder-fill": [("get", {}, *SEE), ("post", {"contact": "TWIN"}, *SHUT)],
    "stakeholder-attitude": [
        ("get", {}, *SEE),
        ("post", {"attitude": "1", "text": "x", "tier": "3"}, *DO),
        ("post", {"attitude": "1", "tier": "3"}, IN, 422, 403, 422, 404, 422, 403),
    ],
    "stakeholder-remove": [("post", {}, *DO)],
    "customer-assign": [
        ("get", {}, *SEE),
        ("post", {"user": "NILS", "part": "sponsor"}, IN, 403, 403, 302, 404, 302, 403),
    ],
    "assignment-end": [
        ("get", {}, *SEE),
        ("post", {"word": "Done"}, IN, 403, 403, 302, 404, 302, 403),
    ],
    "person-options": [("get", {}, *ALL)],
    "action-new": [("post", {"text": "Call"}, *DO)],
    "action-complete": [("get", {}, *SEE), ("post", {"word": "Done"}, *DO)],
    "action-cancel": [("post", {"word": "Not now"}, *DO)],
    "action-due": [("post", {"due_date": "2026-12-01"}, *DO)],
    "quick-log": [
        ("get", {}, *ALL),
        ("post", {"customer": "ACME", "kind": "call", "text": "Hi"}, *DO),
    ],
    "quick-log-people": [("get", {}, *ALL)],
    "activity-edit": [
        ("get", {}, *SEE),
        ("post", {"kind": "call", "subject": "x", "starts_at": "2026-03-09T10:00"}, *DO),
    ],
    "activity-take-back": [("post", {}, IN, 409, 403, 403, 404, 403, 403)],
    "timeline": [("get", {}, *ALL)],
    "reassign": [
        ("get", {}, IN, 403, 403, 200, 403, 200, 403),
        (
            "post",
            {"share": "SHARE", "receivers": "NILS", "reason": "Leaves"},
            IN,
            403,
            403,
            302,
            403,
            302,
            403,
        ),
    ],
    "reassign-preview": [
        ("post", {"share": "SHARE", "receivers": "NILS"}, IN, 403, 403, 200, 403, 200, 403)
    ],
    "reassignment": [("get", {}, IN, 200, 404, 200, 404, 200, 200)],
    "assessment": [("get", {}, *SEE)],
    "assessment-open": [("post", {"rep": "ANNA", "manager": "DORA"}, *SHUT)],
    "assessment-judge": [("post", {"place": "LIU"}, IN, 302, 403, 302, 404, 403, 403)],
    "assessment-drop": [("post", {}, *DO)],
    "assessment-talk": [("post", {"talk": "x"}, *SHUT)],
    "palette": [("get", {}, *ALL)],
    **crm_peers.PAGES,
    "chain-map": [("get", {}, *SEE)],
    "stakeholder-reports-to": [("post", {"reports_to": ""}, *DO)],
}

REGISTERS = (promises, concerns, contact_rules, goals, help, intel, value_offers)
"""Modules with rows, things and addresses of their own."""
for register in REGISTERS:
    PAGES |= register.PAGES
    API |= register.API


@pytest.fixture(scope="module")
def founded(kept):
    return kept(found)


@pytest.fixture
def company(db, founded):
    return deepcopy(founded)


def found():
    """The cast signed in, and one of each thing at Acme."""
    cast = gather()
    cast.contact = ContactFactory(customer=cast.acme, level=1)
    cast.twin = ContactFactory(customer=cast.acme)
    cast.other = CustomerFactory(name="Other", team=cast.north)
    assign(cast.other, cast.anna)
    seal(cast)
    cast.activity = ActivityFactory(customer=cast.acme, author=cast.anna)
    cast.action = Action.objects.create(
        customer=cast.acme, owner=cast.anna, text="Call", created_at=NOW
    )
    cast.pair = PeerPair.objects.create(
        user=cast.nils, contact=cast.contact, purpose="x", starts_at=NOW
    )
    for register in REGISTERS:
        register.add_things(cast)
    cast.chief = UserFactory(username="chief", role="director", team=cast.company, level=5)
    cast.deputy = Assignment.objects.create(
        customer=cast.acme, user=cast.dora, part="sponsor", starts_at=NOW
    )
    cast.round = Assessment.objects.create(
        chain=cast.chain, rep=cast.anna, manager=cast.boris, opened_at=NOW, opened_by=cast.anna
    )
    cast.act = Reassignment.objects.create(
        from_user=cast.anna,
        by=cast.boris,
        reason="x",
        at=NOW,
        receipt={
            "receivers": [],
            "total": {"customers": 0},
            "givers": [{"id": cast.anna.pk, "name": "Anna", "customers": 0}],
        },
    )
    cast.tickets = {who: ticket(getattr(cast, who)) for who in WHO if who}
    return cast


def seal(cast):
    """A chain at Acme with a place, a ghost, a line, a step and a piece of evidence."""
    write = {"by": cast.anna, "at": NOW}
    cast.chain = chains.standing_chain(cast.acme, **write)
    cast.place = add_stakeholder(cast.chain, contact=cast.contact, **write)
    cast.ghost = add_stakeholder(cast.chain, roles=["approver"], **write)
    cast.line = chains.draw_line(
        cast.chain, source=cast.place, target=cast.ghost, kind="conflict", **write
    )
    cast.step = chains.add_step(cast.chain, facts={"name": "Board"}, **write)
    cast.evidence = note_evidence(customer=cast.acme, facts={"text": "x", "tier": 3}, **write)


def address(cast, name):
    thing = {
        "contact-edit": cast.contact,
        "contact-left": cast.contact,
        "api-contact": cast.contact,
        "api-contact-left": cast.contact,
        "contact-move": cast.contact,
        "contact-merge": cast.contact,
        "contact-tie": cast.contact,
        "contact-known-by": cast.contact,
        "api-contact-known-by": cast.contact,
        "chain-line-end": cast.line,
        "chain-take-latest": cast.chain,
        "chain-line-new": cast.chain,
        "chain-step-new": cast.chain,
        "chain-step-edit": cast.step,
        "chain-step-remove": cast.step,
        "api-contact-move": cast.contact,
        "api-contact-merge": cast.contact,
        "api-chain-line": cast.line,
        "api-chain-step": cast.step,
        "api-evidence-one": cast.evidence,
        "assignment-end": cast.deputy,
        "api-assignment": cast.deputy,
        "api-assignment-end": cast.deputy,
        "peer-pair-edit": cast.pair,
        "peer-pair-end": cast.pair,
        "api-peer-pair": cast.pair,
        "api-peer-pair-end": cast.pair,
        "assessment": cast.chain,
        "assessment-open": cast.chain,
        "api-assessments": cast.chain,
        "assessment-judge": cast.round,
        "assessment-drop": cast.round,
        "assessment-talk": cast.round,
        "api-assessment": cast.round,
        "api-assessment-judge": cast.round,
        "api-assessment-drop": cast.round,
        "api-assessment-talk": cast.round,
        "chain-map": cast.chain,
        "stakeholder-reports-to": cast.place,
        "reassignment": cast.act,
        "api-reassignment": cast.act,
    }.get(name, cast.acme)
    if name.startswith("api-chain") and name not in ("api-chain-line", "api-chain-step"):
        thing = cast.chain
    if name.startswith(("api-stakeholder", "stakeholder")):
        thing = cast.chain if name == "stakeholder-new" else cast.place
    thing = next((own for one in REGISTERS if (own := one.thing_of(cast, name))), thing)
    if "activity" in name:
        thing = cast.activity
    if name.removeprefix("api-").startswith("action") and name not in ("action-new", "api-actions"):
        thing = cast.action
    route = next(one for one in routes() if one.name == name)
    if "<slug" in str(route.pattern):
        return reverse(name, args=[cast.acme.pk, "region"])
    return reverse(name, args=[thing.pk] if "<int" in str(route.pattern) else [])


def routes():
    return [*urls.urlpatterns, *api_urls.urlpatterns]


def filled(cast, body):
    words = {
        "NORTH": cast.north.pk,
        "SOUTH": cast.south.pk,
        "NILS": cast.nils.pk,
        "ANNA": cast.anna.pk,
        "DORA": cast.dora.pk,
        "CLARA": cast.clara.pk,
        "CHIEF": cast.chief.pk,
        "BRIEF": help.BRIEF,
        "ACME": cast.acme.pk,
        "ZENITH": cast.zenith.pk,
        "OTHER": cast.other.pk,
        "CONTACT": cast.contact.pk,
        "TWIN": cast.twin.pk,
        "GHOST": cast.ghost.pk,
        "PLACE": cast.place.pk,
        "PROOF": {"text": "x", "tier": 3},
        "LIU": str(cast.place.pk),
        "SAID": [{"stakeholder": cast.place.pk, "attitude": 1}],
        "PROMISE": cast.promise.pk,
        "TRAINING": cast.training.pk,
        "SHARE": f"{cast.acme.pk}:{cast.anna.pk}",
    }

    def fill(value):
        if isinstance(value, list):
            return [fill(one) for one in value]
        return words.get(value, value) if isinstance(value, str) else value

    return {name: fill(value) for name, value in (body or {}).items()}


def test_every_url_is_in_the_matrix():
    assert {route.name for route in routes()} == {*PAGES, *API}


@pytest.mark.parametrize("name", [*PAGES, *API])
def test_who_gets_what(company, name):
    for method, body, *expected in (PAGES | API)[name]:
        found = [ask(company, name, method, body, who) for who in WHO]
        assert found == expected, f"{method} {name}"


def ask(cast, name, method, body, who):
    """The status, with whatever it changed rolled back."""
    client = admitted(cast.tickets.get(who), raise_request_exception=False)
    data = filled(cast, body)
    path = address(cast, name)
    with transaction.atomic():
        if name.startswith("api-") and method != "get":
            response = client.generic(
                method.upper(), path, json.dumps(data), content_type="application/json"
            )
        else:
            response = getattr(client, method)(path, data)
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.parametrize("name", [*PAGES, *API])
def test_numbers_nobody_has(company, name):
    """Ids that do not exist, or cannot, are a 404 at every address with a number."""
    route = next(one for one in routes() if one.name == name)
    if "<int" not in str(route.pattern):
        return
    method = PAGES.get(name, API.get(name))[0][0]
    body = filled(company, PAGES.get(name, API.get(name))[0][1])
    client = admitted(company.tickets["dora"], raise_request_exception=False)
    for number in (0, 999_999_999, 2**64):
        args = [number, "region"] if "<slug" in str(route.pattern) else [number]
        path = reverse(name, args=args)
        if name.startswith("api-") and method != "get":
            response = client.generic(
                method.upper(), path, json.dumps(body), content_type="application/json"
            )
        else:
            response = getattr(client, method)(path, body)
        assert response.status_code == 404, f"{name} {number}"
