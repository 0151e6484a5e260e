"""Who of us has to do with a person at a customer, or with a topic, from conversations held.

A contact is asked about only by who sees his customer. A topic is looked for everywhere, and what
was said at customers the searcher does not see gives no more than the name of a colleague and a
number. It counts only when the words were said at MANY_HIDDEN such customers or more: a word of
fewer could be somebody's name, and finding it would tell where he is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, Func, Q, Value

from accounts.models import User
from core.metrics.result import Result
from crm.access import visible_contacts, visible_customers
from crm.metrics.closeness import LOOKS_BACK, Talk, closeness
from crm.models import Activity, ActivityContact, ActivityUser, Contact
from crm.models.activity import Topics
from crm.queries.chain import Known, Met, ties_to
from crm.queries.colleagues import PEOPLE
from crm.queries.customers import search_lower

MOST_TALKS = 500
"""The newest conversations about a topic, or with a person, are looked at."""

MOST_COLLEAGUES = 20
MOST_CONTACTS = 5
MOST_NAMED = 3
MANY_HIDDEN = 3
MOST_WORDS = 6

_HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_PIECES = re.compile(rf"[{_HAN}]+|[^{_HAN}\s]+")
_PERSON = ("user_id", "user__name", "user__title", "user__team__name")


class Named(NamedTuple):
    """A customer the searcher sees."""

    id: int
    name: str


@dataclass(frozen=True)
class Acquaintance:
    """One of us, how much he has to do with it, and how well he knows the person (0 to 4).

    `customers` are those the searcher sees, the last talked to first; `hidden` counts the others.
    """

    user_id: int
    name: str
    title: str
    team: str
    closeness: Result
    answered: int
    last_at: datetime | None
    level: int | None = None
    customers: tuple[Named, ...] = ()
    hidden: int = 0

    @property
    def named(self) -> tuple[Named, ...]:
        """The customers that are named."""
        return self.customers[:MOST_NAMED]

    @property
    def more(self) -> int:
        """How many customers there are besides."""
        return len(self.customers) - len(self.named) + self.hidden


@dataclass
class _Gathered:
    person: tuple[int, str, str, str]
    talks: list[Talk] = field(default_factory=list)
    customers: dict[int, str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    level: int | None = None

    def shown(self, at: datetime) -> Acquaintance:
        return Acquaintance(
            *self.person,
            closeness=closeness(self.talks, at=at),
            answered=sum(talk.two_way for talk in self.talks),
            last_at=max((talk.at for talk in self.talks), default=None),
            level=self.level,
            customers=tuple(Named(*each) for each in self.customers.items()),
            hidden=len(self.hidden),
        )


def known_by(
    contacts: Iterable[int], *, at: datetime, ties: Iterable[Known] = ()
) -> dict[int, list[Acquaintance]]:
    """Contact -> who of us talks with him, the closest first; one query.

    With `ties`, those who know him by their own word are among them. The caller has found the
    contacts visible.
    """
    wanted = sorted(set(contacts))
    rows = (
        ActivityContact.objects.filter(
            _held("activity__", at),
            contact__in=wanted,
            activity__user_links__user__is_active=True,
            activity__user_links__user__role__in=PEOPLE,
        )
        .order_by("-activity__starts_at", "pk")
        .values_list(
            "contact_id",
            "activity__starts_at",
            "activity__two_way",
            *(f"activity__user_links__{name}" for name in _PERSON),
        )[: MOST_TALKS * max(1, len(wanted))]
    )
    found: dict[int, dict[int, _Gathered]] = {pk: {} for pk in wanted}
    for contact, starts_at, two_way, *person in rows:
        one = found[contact].setdefault(person[0], _gathered(person))
        one.talks.append(Talk(starts_at, two_way))
    for tie in ties:
        user = tie.user
        person = [user.pk, user.name, user.title, user.team.name if user.team else ""]
        found[tie.contact_id].setdefault(user.pk, _gathered(person)).level = tie.level
    return {pk: _in_order(people.values(), at) for pk, people in found.items()}


def known_with_ties(
    contact: Contact, *, at: datetime, met: Met | None = None
) -> list[Acquaintance]:
    """The same for one contact, with who says that he knows him; three queries, two with `met`."""
    ties = ties_to([contact.pk], at=at, met=met)
    return known_by([contact.pk], at=at, ties=ties)[contact.pk]


def contacts_about(user: User, text: str, *, at: datetime) -> list[tuple[Any, list[Acquaintance]]]:
    """People at customers the user sees whose name has the text, and who of us talks with them."""
    if not text.strip():
        return []
    rows = search_lower(visible_contacts(user), text, "name").filter(state=Contact.State.ACTIVE)
    found = list(rows.select_related("customer").order_by("name", "pk")[:MOST_CONTACTS])
    known = known_by([one.pk for one in found], at=at) if found else {}
    return [(one, known[one.pk][:MOST_NAMED]) for one in found]


def experts(user: User, text: str, *, at: datetime) -> list[Acquaintance]:
    """Who else of us has talked about every word of the text, the closest first; three queries."""
    condition = about(text)
    if condition is None:
        return []
    talks = {
        pk: (customer, Talk(starts_at, two_way))
        for pk, customer, starts_at, two_way in Activity.objects.filter(condition, _held("", at))
        .order_by("-starts_at", "-pk")
        .values_list("pk", "customer_id", "starts_at", "two_way")[:MOST_TALKS]
    }
    if not talks:
        return []
    there = {customer for customer, _talk in talks.values()}
    seen = dict(visible_customers(user).filter(pk__in=there).values_list("pk", "name"))
    if len(there) - len(seen) < MANY_HIDDEN:
        talks = {pk: each for pk, each in talks.items() if each[0] in seen}
    return _experts(user, talks, seen, at)


def _experts(
    user: User, talks: Mapping[int, tuple[int, Talk]], seen: Mapping[int, str], at: datetime
) -> list[Acquaintance]:
    rows = (
        ActivityUser.objects.filter(
            activity__in=list(talks), user__is_active=True, user__role__in=PEOPLE
        )
        .exclude(user=user)
        .order_by("-activity__starts_at", "pk")
        .values_list("activity_id", *_PERSON)
    )
    found: dict[int, _Gathered] = {}
    for activity, *person in rows:
        customer, talk = talks[activity]
        one = found.setdefault(person[0], _gathered(person))
        one.talks.append(talk)
        if customer in seen:
            one.customers.setdefault(customer, seen[customer])
        else:
            one.hidden.add(customer)
    return _in_order(found.values(), at)[:MOST_COLLEAGUES]


def _gathered(person: list[Any]) -> _Gathered:
    pk, name, title, team = person
    return _Gathered((pk, name, title, team or ""))


def _in_order(people: Iterable[_Gathered], at: datetime) -> list[Acquaintance]:
    """The closest first, then who knows best by his own word."""
    shown = [one.shown(at) for one in people]
    return sorted(shown, key=lambda one: (-(one.closeness.value or 0), -(one.level or 0), one.name))


def _held(to: str, at: datetime) -> Q:
    """A conversation that counts; a note is none."""
    since = Q(**{f"{to}starts_at__gt": at - LOOKS_BACK, f"{to}starts_at__lte": at})
    return since & ~Q(**{f"{to}kind": Activity.Kind.NOTE})


# --- words --------------------------------------------------------------------------------


class _Matches(Func):
    """`a @@ b`: the words of a text against a question; the GIN index over the words answers it."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    arity = 2
    output_field = BooleanField()
    conditional = True


def words_of(text: str) -> tuple[list[str], list[str]]:
    """The Latin words of a question, and each two neighbouring Chinese characters of it."""
    latin: list[str] = []
    han: list[str] = []
    for piece in _PIECES.findall(text.replace("\x00", " ").lower())[:MOST_WORDS]:
        if re.match(f"[{_HAN}]", piece):
            han += [piece[n : n + 2] for n in range(max(1, len(piece) - 1))]
        elif any(sign.isalnum() for sign in piece):
            latin.append(piece)
    return latin, han


def about(text: str) -> Q | None:
    """The condition that an activity speaks of every word, or None where the text has no word.

    A Latin word, and a single Chinese character, also finds what begins with it.
    """
    latin, han = words_of(text)
    asked = []
    if latin:
        asked.append(_question("to_tsquery('simple', %(expressions)s)", latin))
    if han:
        asked.append(_question("%(expressions)s::tsquery", han))
    if not asked:
        return None
    condition = Q()
    for question in asked:
        condition &= Q(_Matches(Topics("subject", "body", "outcome"), question))
    return condition


def _question(template: str, words: list[str]) -> Func:
    return Func(Value(" & ".join(map(_quoted, words))), template=template)


def _quoted(word: str) -> str:
    inside = word.replace("\\", "\\\\").replace("'", "''")
    is_whole = len(word) == 2 and re.match(f"[{_HAN}]", word)
    return f"'{inside}'" if is_whole else f"'{inside}':*"
