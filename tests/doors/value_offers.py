"""The rows of the catalogue and its offers in the matrix of crm; columns as there."""

from typing import Any

from crm.commands import value_offers
from tests.cast import NOW
from tests.doors.answers import ALL, API_ALL, API_DO, API_MAKE, API_SEE, DO, SEE

KEEPER_SEES = (302, 403, 403, 403, 403, 403, 200)
KEEPER = (302, 403, 403, 403, 403, 403, 302)
NEW = {"kind": "study", "name": "New"}

PAGES: dict[str, list[Any]] = {
    "catalogue": [("get", {}, *ALL)],
    "catalogue-new": [("get", {}, *KEEPER_SEES), ("post", NEW, *KEEPER)],
    "catalogue-edit": [("get", {}, *KEEPER_SEES), ("post", NEW, *KEEPER)],
    "customer-offers": [("get", {}, *SEE)],
    "value-offer-new": [("get", {}, *SEE), ("post", {"item": "TRAINING"}, *DO)],
    "value-offer-accept": [("get", {}, *SEE), ("post", {}, *DO)],
    "value-offer-use": [("get", {}, *SEE), ("post", {"result": "x"}, *DO)],
    "value-offer-decline": [("get", {}, *SEE), ("post", {"reason": "x"}, *DO)],
}
API: dict[str, list[Any]] = {
    "api-value-items": [("get", None, *API_ALL), ("post", NEW, 401, 403, 403, 403, 403, 403, 201)],
    "api-value-item": [
        ("get", None, *API_ALL),
        ("patch", {"name": "Other"}, 401, 403, 403, 403, 403, 403, 200),
    ],
    "api-value-offers": [
        ("get", None, *API_ALL),
        ("post", {"customer": "ACME", "item": "TRAINING"}, *API_MAKE),
    ],
    "api-value-offer": [("get", None, *API_SEE)],
    "api-value-offer-accept": [("post", {}, *API_DO)],
    "api-value-offer-use": [("post", {"result": "x"}, *API_DO)],
    "api-value-offer-decline": [("post", {"reason": "x"}, *API_DO)],
}


def add_things(cast: Any) -> None:
    """A training in the catalogue, and a visit that is offered at Acme."""
    who = {"by": cast.otto, "at": NOW}
    cast.training = value_offers.add_item(facts={"kind": "training", "name": "Training"}, **who)
    visit = value_offers.add_item(facts={"kind": "visit", "name": "Visit"}, **who)
    cast.offer = value_offers.offer(customer=cast.acme, item=visit, by=cast.anna, at=NOW)


def thing_of(cast: Any, name: str) -> Any:
    """The entry or the offer, where an address is about it; None for others."""
    if name in ("catalogue-edit", "api-value-item"):
        return cast.training
    plain = name.removeprefix("api-")
    is_one = plain == "value-offer" or plain.startswith("value-offer-")
    return cast.offer if is_one and plain != "value-offer-new" else None
