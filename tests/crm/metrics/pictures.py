"""Pictures of decision chains for tests: the chain of M3's example, and any chain at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from crm.metrics.picture import Picture, Place

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATELY = AT - timedelta(days=10)
ROLES = (
    "economic_buyer",
    "approver",
    "tech_evaluator",
    "user_buyer",
    "procurement",
    "influencer",
    "champion",
)


def place(pk, **values):
    """A contact we know at level 2, met lately, neutral, of no formal power."""
    plain = {
        "id": pk,
        "contact_id": 100 + pk,
        "name": f"Contact {pk}",
        "title": "",
        "department": "",
        "band": 3,
        "roles": (),
        "formal_power": 1,
        "political": "outside",
        "attitude": 0,
        "attitude_at": LATELY,
        "confidence": "medium",
        "tier": 2,
        "level": 2,
        "required_level": 2,
        "last_two_way_at": LATELY,
        "reports_to": None,
        "peers": (),
    }
    return Place(**plain | values)


def unknown(pk, **values):
    return place(pk, **{"attitude": None, "attitude_at": None, "tier": None} | values)


def ghost(pk, **values):
    nobody = {"contact_id": None, "name": "", "level": 0, "last_two_way_at": None}
    return unknown(pk, **nobody | values)


def picture(*places, at=AT):
    return Picture(1, 1, at, 1, tuple(places), (), ())


def example():
    """M3: EB w5 a0, TB w3 a+1, UB w2 a+2, PB w3 unknown."""
    return picture(
        place(1, roles=("economic_buyer",), formal_power=5, attitude=0),
        place(2, roles=("tech_evaluator",), formal_power=3, attitude=1),
        place(3, roles=("user_buyer",), formal_power=2, attitude=2),
        unknown(4, roles=("procurement",), formal_power=3),
    )


@st.composite
def places(draw, pk):
    known = draw(st.booleans())
    days = draw(st.integers(0, 400))
    there = draw(st.booleans())
    return place(
        pk,
        contact_id=100 + pk if there else None,
        roles=tuple(draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=3))),
        formal_power=draw(st.integers(1, 5)),
        political=draw(st.sampled_from(["outside", "political", "inner"])),
        attitude=draw(st.integers(-2, 2)) if known else None,
        attitude_at=AT - timedelta(days=days) if known else None,
        level=draw(st.integers(0, 4)) if there else 0,
        required_level=draw(st.integers(0, 4)),
        last_two_way_at=draw(st.sampled_from([None, LATELY, AT - timedelta(days=days)])),
    )


@st.composite
def pictures(draw, least=0):
    size = draw(st.integers(least, 8))
    return picture(*(draw(places(pk)) for pk in range(1, size + 1)))
