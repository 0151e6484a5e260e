"""The measures of a chain and of a customer, each with the rows it was computed from.

The formulas are in `crm.metrics`; here their input is read, in the same number of queries for one
customer as for a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.metrics.result import Result
from crm.metrics.coverage import Coverage, coverage
from crm.metrics.dependence import Dependence, Known, Tie, dependence
from crm.metrics.information import Knowledge, Minutes
from crm.metrics.picture import Picture
from crm.metrics.support import Support, support
from crm.metrics.thickness import Thickness
from crm.models import Chain, Contact, Customer
from crm.queries.chain_people import People, Relation, people_at, people_of, relations
from crm.queries.commitments import Reciprocity, reciprocity
from crm.queries.coverage import thickness_of
from crm.queries.intel import Intel, intel_of, minutes_of

UNKNOWN_WEIGHT = 1
"""What a contact weighs that has no place in the chain."""


@dataclass(frozen=True)
class Measure:
    """One number under its name, the kind of rows behind it, and who matters most for it."""

    name: str
    result: Result
    rows: str
    ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measures:
    """Everything measured of a chain or a customer at a moment."""

    customer_id: int
    chain_id: int | None
    at: datetime
    support: Support
    measures: tuple[Measure, ...]


def of_chain(chain: Chain, *, at: datetime) -> Measures:
    """M2 and M3 of one chain; one query."""
    empty = People(_empty(chain.customer_id, chain.pk, at))
    people = people_of([chain.pk], at=at).get(chain.pk, empty)
    known = [
        Known(place.contact_id, place.weight)
        for place in people.picture.places
        if place.contact_id is not None
    ]
    found = support(people.picture)
    return Measures(
        chain.customer_id,
        chain.pk,
        at,
        found,
        (
            *_chain_measures(coverage(people.picture), found),
            *_dependence_measures(dependence(known, ties_in(people.relations), at=at)),
        ),
    )


def of_customer(customer: Customer, *, at: datetime) -> Measures:
    """M2 over all contacts, M3 of the standing chain, M4, M10, M17; a fixed number of queries."""
    held = holdings_of([customer.pk], at=at)[customer.pk]
    found = support(held.picture)
    return Measures(
        customer.pk,
        held.picture.chain_id or None,
        at,
        found,
        (
            *_chain_measures(coverage(held.picture), found),
            *_dependence_measures(dependence(held.known, held.ties, at=at)),
            *_thickness_measures(thickness_of(customer, at=at)),
            *_promise_measures(reciprocity(customer, at=at)),
            *_information_measures(intel_of(customer, at), minutes_of(customer, at)),
        ),
    )


@dataclass(frozen=True)
class Holdings:
    """The contacts of a customer with their weights, our ties to them, and its standing chain."""

    known: tuple[Known, ...]
    ties: tuple[Tie, ...]
    picture: Picture


def holdings_of(customers: Iterable[int], *, at: datetime) -> dict[int, Holdings]:
    """Whom we know at these customers, by customer; three queries for any number.

    Who left the customer counts no more. A contact outside the standing chain weighs 1.
    """
    wanted = list(customers)
    people = {
        each.picture.customer_id: each for each in people_at((), standing_of=wanted, at=at).values()
    }
    contacts: dict[int, list[Contact]] = {}
    for contact in Contact.objects.filter(customer__in=wanted, state=Contact.State.ACTIVE):
        contacts.setdefault(contact.customer_id, []).append(contact)
    inside = {pk for each in people.values() for pk in each.relations}
    outside = {c.pk for each in contacts.values() for c in each} - inside
    known = relations(outside, at=at)
    for each in people.values():
        known |= each.relations
    found: dict[int, Holdings] = {}
    for customer in wanted:
        standing = people.get(customer)
        picture = standing.picture if standing else _empty(customer, 0, at)
        weights = {p.contact_id: p.weight for p in picture.places if p.contact_id is not None}
        here = contacts.get(customer, [])
        found[customer] = Holdings(
            tuple(Known(c.pk, weights.get(c.pk, UNKNOWN_WEIGHT)) for c in here),
            tuple(ties_in({c.pk: known[c.pk] for c in here if c.pk in known})),
            picture,
        )
    return found


def ties_in(known: Mapping[int, Sequence[Relation]]) -> list[Tie]:
    """The ties of our active people among relations, at the level left of them."""
    return [
        Tie(each.user_id, contact, each.level, each.answered_at)
        for contact, held in known.items()
        for each in held
        if each.user_id is not None and each.is_active
    ]


def _empty(customer: int, chain: int, at: datetime) -> Picture:
    return Picture(chain, customer, at, 0, (), (), ())


def _chain_measures(covered: Coverage, stands: Support) -> list[Measure]:
    return [
        Measure("weighted_coverage", covered.weighted, "stakeholders", covered.uncovered),
        Measure("role_coverage", covered.by_role, "stakeholders", covered.covered),
        Measure("support", stands.support, "stakeholders"),
        Measure("uncertainty", stands.uncertainty, "stakeholders", stands.unknown + stands.stale),
    ]


def _dependence_measures(found: Dependence) -> list[Measure]:
    held = found.relations
    return [
        Measure("top_share", held.top_share, "ties", tuple(s.user_id for s in held.shares[:1])),
        Measure("hhi", held.hhi, "ties", tuple(share.user_id for share in held.shares)),
        Measure("effective_holders", held.effective_holders, "ties"),
        Measure("normalised_hhi", held.normalised_hhi, "ties"),
        Measure("bus_factor", found.bus_factor, "ties", found.leaving),
        Measure("sole_contacts", found.sole_contacts, "ties"),
    ]


def _thickness_measures(found: Thickness) -> list[Measure]:
    return [
        Measure("thickness", found.thickness, "activities"),
        Measure("cell_coverage", found.cells, "activities"),
        Measure("peer_match", found.peers, "peer_pairs", found.missing_peers),
        Measure("pair_volume", found.volume, "activities"),
    ]


def _promise_measures(found: Reciprocity) -> list[Measure]:
    measures = []
    for side, kept in found.sides.items():
        measures += [
            Measure(f"kept_{side}", kept.kept_rate, "promises", kept.kept_late + kept.broken),
            Measure(f"kept_soft_{side}", kept.soft_rate, "promises", kept.broken),
            Measure(f"replanned_{side}", kept.replanned, "promises"),
        ]
    return [
        *measures,
        Measure("promise_balance", found.balance, "promises"),
        Measure("company_promise_share", found.company_share, "promises"),
    ]


def _information_measures(found: Intel, held: Minutes) -> list[Measure]:
    stale = found.ids(Knowledge.STALE)
    return [
        Measure("information_completeness", found.completeness, "intel", stale),
        Measure("single_source_share", found.single_source, "intel", found.single_ids),
        Measure("minutes_latency", held.latency, "activities", held.overdue),
        Measure("minutes_captured", held.capture_rate, "activities", held.without),
    ]
