"""Places and pictures of decision chains, made by hand."""

from datetime import UTC, datetime, timedelta

from crm.metrics.picture import Line, Ours, Peer, Picture, Place

AT = datetime(2026, 6, 3, 9, tzinfo=UTC)


def place(pk, **values):
    given = {
        "contact_id": pk,
        "name": f"Person {pk}",
        "title": "Engineer",
        "department": "Works",
        "band": 2,
        "roles": (),
        "formal_power": 2,
        "political": "outside",
        "attitude": 0,
        "attitude_at": AT - timedelta(days=3),
        "confidence": "low",
        "tier": 3,
        "level": 1,
        "required_level": 2,
        "last_two_way_at": AT - timedelta(days=10),
        "reports_to": None,
    }
    return Place(id=pk, **(given | values))


def company(count):
    """A chief, some below him, heads below those, the rest at the bottom."""
    made = []
    for pk in range(1, count + 1):
        if pk == 1:
            band, boss = 5, None
        elif pk <= 1 + max(2, count // 60):
            band, boss = 4, 1
        elif pk <= 1 + max(6, count // 10):
            band, boss = 3, 2 + pk % max(2, count // 60)
        else:
            first = 2 + max(2, count // 60)
            last = 1 + max(6, count // 10)
            band, boss = 2 - pk % 2, first + pk % (last - first + 1)
        made.append(
            place(
                pk,
                band=band,
                reports_to=boss,
                attitude=(2, 1, 0, -1, -2, None)[pk % 6],
                formal_power=1 + pk % 5,
                political=("outside", "political", "inner")[pk % 3],
            )
        )
    return made


def picture(places, lines=(), ours=(), at=AT):
    return Picture(1, 1, at, 7, tuple(places), tuple(lines), tuple(ours))


def line(pk, source, target, kind="influence", strength=2):
    return Line(pk, source, target, kind, strength)


def ours(user_id, name, level):
    return Ours(user_id, name, name[:2].upper(), level)


def peer(user_id, name, *, is_overdue=False):
    return Peer(user_id, name, name[:2].upper(), is_overdue)
