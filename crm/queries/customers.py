"""Lists of customers: found by any part of a name, narrowed, in three orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F, FilteredRelation, Func, Q, QuerySet, Value

from accounts.models import Team, User
from crm.access import WRITING_PARTS, is_any_of, visible_customers
from crm.models import Assignment, Customer
from crm.models.customer import Grams

ORDERS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "-name": ("-name",),
    "-last_activity_at": ("-last_activity_at",),
    "-created_at": ("-created_at",),
}
"""Word -> columns; each has an index behind it."""

MOST_WORDS = 6
ROW_COLUMNS = (
    "id",
    "name",
    "tier",
    "state",
    "industry",
    "region",
    "team_id",
    "last_activity_at",
    "created_at",
)


class HasGrams(Func):
    """`a @> b` over the pieces of two texts; the GIN index over the pieces answers it."""

    template = "%(expressions)s"
    arg_joiner = " @> "
    arity = 2
    output_field = models.BooleanField()
    conditional = True


def search(queryset: QuerySet[Any], text: str, column: str = "search_text") -> QuerySet[Any]:
    """Keep what contains every word of the text, in any case; Chinese, and pinyin for it, too.

    The pieces find candidates by index, the comparison makes it exact.
    """
    for word in text.replace("\x00", "").lower().split()[:MOST_WORDS]:
        queryset = queryset.filter(**{f"{column}__contains": word})
        if _has_pieces(word):
            queryset = queryset.filter(HasGrams(Grams(F(column)), Grams(Value(word))))
    return queryset


def search_lower(queryset: QuerySet[Any], text: str, column: str) -> QuerySet[Any]:
    """As `search`, for a column that is kept in its own case."""
    for word in text.replace("\x00", "").lower().split()[:MOST_WORDS]:
        queryset = queryset.filter(**{f"{column}__icontains": word})
        if _has_pieces(word):
            queryset = queryset.filter(HasGrams(Grams(F(column)), Grams(Value(word))))
    return queryset


def _has_pieces(word: str) -> bool:
    """One Latin letter has no pieces; it is in nearly every name anyway."""
    return len(word) > 1 or ord(word) >= 11904


def mine(queryset: QuerySet[Customer], user: User) -> QuerySet[Customer]:
    """Those the user serves as primary or deputy now."""
    rows = Assignment.objects.filter(user=user, ends_at__isnull=True, part__in=WRITING_PARTS)
    return queryset.filter(is_any_of("pk", rows.values("customer_id")))


def served_by(queryset: QuerySet[Customer], user_id: int) -> QuerySet[Customer]:
    """Those with this primary now."""
    rows = Assignment.objects.filter(
        user=user_id, ends_at__isnull=True, part=Assignment.Part.PRIMARY
    )
    return queryset.filter(is_any_of("pk", rows.values("customer_id")))


def narrow(queryset: QuerySet[Customer], user: User, wanted: Mapping[str, Any]) -> Any:
    """Apply filters by name: q, tier, state, industry, region, team, served, primary."""
    for name in ("tier", "state", "industry", "region"):
        if wanted.get(name):
            queryset = queryset.filter(**{name: wanted[name]})
    if wanted.get("team"):
        queryset = queryset.filter(team_id=wanted["team"])
    if wanted.get("served") == "me":
        queryset = mine(queryset, user)
    if wanted.get("primary"):
        queryset = served_by(queryset, wanted["primary"])
    return search(queryset, wanted.get("q") or "")


def with_primary(queryset: QuerySet[Customer]) -> Any:
    """Join who serves it now: columns `serving__user_id`, `serving__user__name`."""
    now = Q(assignments__part=Assignment.Part.PRIMARY, assignments__ends_at__isnull=True)
    return queryset.annotate(serving=FilteredRelation("assignments", condition=now))


def rows(queryset: QuerySet[Customer]) -> Any:
    """Plain rows for a list."""
    return with_primary(queryset).values(
        *ROW_COLUMNS,
        team_name=F("team__name"),
        primary_id=F("serving__user_id"),
        primary_name=F("serving__user__name"),
    )


def options(user: User, text: str, limit: int = 10) -> list[dict[str, Any]]:
    """What a combobox offers: found by name, or those one was busy with last."""
    found = search(visible_customers(user), text)
    if not text.strip():
        found = mine(found, user).order_by(F("last_activity_at").desc(nulls_last=True), "-pk")
    else:
        found = found.order_by("name", "pk")
    return [
        {"id": pk, "text": name, "hint": " · ".join(part for part in (tier, region) if part)}
        for pk, name, tier, region in found.values_list("pk", "name", "tier", "region")[:limit]
    ]


def words_in_use(user: User) -> dict[str, list[str]]:
    """Industries and regions to choose from; the commonest 200 of what the user sees."""
    found: dict[str, list[str]] = {}
    for name in ("industry", "region"):
        values = (
            visible_customers(user)
            .exclude(**{name: ""})
            .order_by(name)
            .values_list(name, flat=True)
            .distinct()[:200]
        )
        found[name] = list(values)
    return found


def teams_in_use(teams: Any) -> list[Team]:
    """Teams by name, to choose from; all of them when the user reads everything."""
    rows_ = Team.objects.order_by("name").only("pk", "name")
    return list(rows_ if teams is None else rows_.filter(pk__in=teams))
