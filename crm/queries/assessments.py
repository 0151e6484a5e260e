"""What two pairs of eyes have seen, once both have looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, When

from accounts.access import reach
from accounts.models import Role, Team, User
from crm import access
from crm.metrics.alignment import Alignment, alignment
from crm.metrics.alignment import Judgement as Judged
from crm.models import Assessment, Assignment, Chain, Judgement, Stakeholder

KAPPA_ENOUGH = 0.6
"""From here on two views count as one; below it they have to be talked about."""


@dataclass(frozen=True)
class Compared:
    """One place, with what each of the two says; `differs` when they have to talk about it."""

    stakeholder_id: int
    name: str
    by_rep: Judgement | None
    by_manager: Judgement | None
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """Both views side by side, those who differ first, and how far they agree (M12)."""

    places: tuple[Compared, ...]
    alignment: Alignment

    @property
    def needs_talk(self) -> bool:
        """Whether they differ on somebody, or agree less than is enough."""
        kappa = self.alignment.attitude.value
        return bool(self.alignment.differences) or (kappa is not None and kappa < KAPPA_ENOUGH)


def latest(user: User, chain: Chain) -> Assessment | None:
    """The round that counts: the one that waits, else the last that was revealed."""
    rounds = access.visible_assessments(user).filter(chain=chain, dropped_at=None)
    return rounds.select_related("rep", "manager", "talked_by", "chain").order_by("-pk").first()


def could_judge(chain: Chain) -> tuple[list[User], list[User]]:
    """Who could be asked: those who serve the customer, and those who lead them, nearest first."""
    customer = chain.customer
    serving = Assignment.objects.filter(customer=customer, ends_at=None, user__is_active=True)
    rank = Case(When(part=Assignment.Part.PRIMARY, then=0), default=1)
    reps = [row.user for row in serving.select_related("user").order_by(rank, "starts_at", "pk")]
    above = {team.pk: team for team in Team.objects.select_related("lead")}
    leads: list[User | None] = []
    at: int | None = customer.team_id
    while at is not None:
        leads.append(above[at].lead)
        at = above[at].parent_id
    directors = User.objects.filter(role=Role.DIRECTOR, is_active=True).order_by("name", "pk")
    managers = [
        one
        for one in [*leads, *directors]
        if one is not None and one.is_active and customer.team_id in reach(one)
    ]
    return list(dict.fromkeys(reps)), list(dict.fromkeys(managers))


def places_to_judge(chain: Chain) -> list[Stakeholder]:
    """Who can be judged: the places somebody known fills."""
    places = Stakeholder.objects.filter(chain=chain, removed_at=None, contact__isnull=False)
    return list(places.select_related("contact").order_by("-formal_power", "contact__name", "pk"))


def compare(user: User, assessment: Assessment, *, at: datetime) -> Comparison | None:
    """Both views; None until both have saved, whoever asks."""
    if assessment.revealed_at is None:
        return None
    said = list(access.visible_judgements(user, assessment).select_related("stakeholder__contact"))
    by_rep = {one.stakeholder_id: one for one in said if one.assessor_id == assessment.rep_id}
    by_manager = {
        one.stakeholder_id: one for one in said if one.assessor_id == assessment.manager_id
    }
    found = alignment(_plain(by_rep), _plain(by_manager), at=at)
    differing = {one.place_id for one in found.differences}
    names = {
        one.stakeholder_id: one.stakeholder.contact.name if one.stakeholder.contact else ""
        for one in said
    }
    rows = [
        Compared(place, name, by_rep.get(place), by_manager.get(place), place in differing)
        for place, name in names.items()
    ]
    rows.sort(key=lambda row: (not row.differs, row.name, row.stakeholder_id))
    return Comparison(tuple(rows), found)


def _plain(said: dict[int, Judgement]) -> list[Judged]:
    return [Judged(one.stakeholder_id, one.attitude, one.role) for one in said.values()]
