"""Decisions at gates on pages: the list, one decision, and those of a sale."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import may as role_may
from core import keyset
from core.web import fragment
from pipeline import access
from pipeline.models import GateDecision
from pipeline.queries import gate_page as queries
from pipeline.queries.gate_facts import facts_of
from pipeline.queries.gates import deal_gates, standings

LIMIT = 50


@require_GET
@login_required
def gate_list(request: HttpRequest) -> HttpResponse:
    """What waits for one's vote; or what one asked for, or all one sees."""
    user: Any = request.user
    whose, state = request.GET.get("whose", ""), request.GET.get("state", "")
    whose = whose if whose in ("mine", "asked", "all") else "mine"
    state = state if state in ("live", "decided") else "live"
    page = keyset.page(
        queries.gates_listed(user, whose=whose, state=state),
        ("-requested_at",),
        cursor=request.GET.get("cursor") or None,
        limit=LIMIT,
    )
    context = {
        "page": page,
        "lines": [queries.Line(row) for row in page.rows],
        "whose": whose,
        "state": state,
        "whose_choices": [
            ("mine", _("waiting for my vote")),
            ("asked", _("requested by me")),
            ("all", _("all I see")),
        ],
        "state_choices": [("live", _("to be decided")), ("decided", _("decided"))],
    }
    return render(request, "pipeline/gate_list.html", context)


@require_GET
@login_required
def gate(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision: what its deciders read, what the system knows, and what was said."""
    user: Any = request.user
    decision = access.get_gate(user, pk)
    now = timezone.now()
    voices = queries.voices(decision)
    standing = standings([decision.opportunity_id], now).get(decision.opportunity_id, {})
    current = standing.get(decision.gate)
    sees_sale = access.sees_sale_of(user, decision)
    context = {
        "decision": decision,
        "sale": decision.opportunity,
        "customer": decision.opportunity.customer,
        "sees_sale": sees_sale,
        "texts": queries.texts_of(decision),
        "facts": facts_of(decision, now, sees_sale=sees_sale),
        "voices": voices,
        "missing": queries.missing(voices),
        "standing": current if current and current.id == decision.pk else None,
        "rank": queries.rank_wanted(decision),
        "conditions": queries.conditions_of(decision),
        "tone": queries.TONES[GateDecision.State(decision.state)],
        "may": _may(user, decision, voices),
    }
    return render(request, "pipeline/gate.html", context)


def _may(user: Any, decision: GateDecision, voices: list[queries.Voices]) -> dict[str, bool]:
    """Which buttons the page shows; the commands ask again."""
    changes = access.may(user, "gate.change", decision.opportunity)
    if not decision.is_live:
        return {"fulfil_all": changes}
    silent = {seat.user_id for one in voices for seat in one.silent}
    seated = {seat.user_id for one in voices for seat in one.seats}
    decides = role_may(user, "gate.decide") and user.pk != decision.requested_by_id
    return {
        "change": changes,
        "rewrite": changes and not any(one.votes for one in voices),
        "vote": user.pk in silent,
        "decide": decides
        and (user.pk in seated or access.may(user, "gate.decide", decision.opportunity)),
        "withdraw": changes or user.pk == decision.requested_by_id,
    }


@require_GET
@login_required
def opportunity_gates(request: HttpRequest, pk: int) -> HttpResponse:
    """Where each gate of a sale stands, who is waited for, and what one can do about it."""
    user: Any = request.user
    found = access.get_opportunity(user, pk)
    context = {
        "opportunity": found,
        "customer": found.customer,
        "gates": deal_gates(found, timezone.now()),
        "may_request": access.may(user, "gate.request", found),
    }
    return fragment(request, "pipeline/gates.html", "panel", context)
