"""Who competes in a sale, the versions of what we offer, and the company's list of competitors."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from pipeline.models import Competitor, Opportunity, Proposal, Rival


def rivals_of(opportunity: Opportunity) -> list[Rival]:
    """Those still in it first."""
    rows = Rival.objects.filter(opportunity=opportunity).select_related("competitor", "sponsor")
    return sorted(rows, key=lambda row: (row.state == Rival.State.OUT, row.pk))


def proposals_of(opportunity: Opportunity) -> list[Proposal]:
    """Every version, the newest first."""
    rows = Proposal.objects.filter(opportunity=opportunity).order_by("-version")
    return list(rows.select_related("created_by", "approved_by"))


def competitors() -> QuerySet[Competitor]:
    """The list with in how many sales each has been met, and in how many won and lost ones."""
    state = "rivals__opportunity__state"
    return Competitor.objects.annotate(
        n_sales=Count("rivals"),
        n_won=Count("rivals", filter=Q(**{state: "won"})),
        n_lost=Count("rivals", filter=Q(**{state: "lost"})),
    ).order_by("name", "pk")


def choosable(opportunity: Opportunity) -> list[tuple[int, str]]:
    """Those of the list that are not noted in the sale yet."""
    rows = Competitor.objects.filter(is_active=True).exclude(rivals__opportunity=opportunity)
    return list(rows.order_by("name", "pk").values_list("pk", "name"))
