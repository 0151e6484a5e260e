"""The board of opportunities, and dropping a card on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may as role_may
from accounts.models import User
from core.errors import Conflict, Invalid
from core.keyset import key_of
from core.web import done, is_htmx, next_url, toast, trigger
from pipeline import access
from pipeline.commands import opportunities as commands
from pipeline.queries import board as boards
from pipeline.queries import wanted as filters
from pipeline.views import moves

ZONES = {"@hold": "hold", "@win": "win", "@lose": "lose"}


@require_GET
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Open stages as columns."""
    context = _board_context(request.user, request.GET)
    context |= {"teams": filters.teams_to_choose(request.user)}
    return render(request, "pipeline/board.html", context)


@require_GET
@login_required
def more(request: HttpRequest) -> HttpResponse:
    """The next cards of one column."""
    offset = key_of(request.GET.get("offset", "")) or 0
    wanted = filters.read(request.user, request.GET)
    column = boards.column(
        request.user,
        wanted,
        timezone.now(),
        pipeline=request.GET.get("pipeline", ""),
        stage=request.GET.get("stage", ""),
        offset=offset,
    )
    context = {"column": column, "movable": access.movable(request.user, _rows([column]))}
    return render(request, "pipeline/board.html#cards", context)


def _rows(columns: Any) -> list[dict[str, Any]]:
    return [card.row for column in columns if column for card in column.cards]


def _board_context(user: User, query: Any) -> dict[str, Any]:
    wanted = filters.read(user, query)
    found = boards.board(user, wanted, timezone.now(), pipeline=query.get("pipeline", ""))
    columns = found.columns if found else []
    return {
        "board": found,
        "columns": columns,
        "wanted": wanted,
        "cards": sum(len(column.cards) for column in columns),
        "movable": access.movable(user, _rows(columns)),
        "may_create": role_may(user, "opportunity.create"),
        "reasons": reasons(),
        "board_query": query.urlencode(),
    }


def reasons() -> dict[str, str]:
    """Why a card may not go where it is held; the script chooses one."""
    return {
        "missing": _("{n} missing. Drop it here to see what, and supply it."),
        "ahead": _("One stage at a time: the next one first."),
        "behind": _("Back by one stage at a time."),
        "held": _("It waits for the customer. Resume it first."),
        "locked": _("Only people assigned to the customer, and their managers, may move it."),
        "early": _("Only from the last stage can it be won."),
    }


@require_POST
@login_required
def move(request: HttpRequest) -> HttpResponse:
    """A card was dropped: onto a stage, or where it is held, won or closed."""
    opportunity = access.get_opportunity(
        request.user, key_of(request.POST.get("opportunity", "")) or 0
    )
    to = request.POST.get("to", "")
    if to in ZONES:
        return moves.ask(request, opportunity, ZONES[to])
    before, after = opportunity.previous_stage, opportunity.next_stage
    if before is not None and to == before.key:
        return moves.ask(request, opportunity, "send_back")
    if after is None or to != after.key:
        raise Invalid(reasons()["ahead"])
    seq = key_of(request.POST.get("seq", "")) or None
    try:
        moved = commands.advance(opportunity, by=request.user, at=timezone.now(), seq=seq)
    except Conflict as conflict:
        return moves.ask(request, opportunity, "advance", refusal=conflict)
    return _dropped(request, moved)


def _dropped(request: HttpRequest, opportunity: Any) -> HttpResponse:
    back = next_url(request, reverse("opportunity-board"))
    if not is_htmx(request):
        return done(request, back)
    query = QueryDict(urlsplit(back).query)
    response = render(request, "pipeline/board.html#board", _board_context(request.user, query))
    sentence = _("%(name)s is now in %(stage)s") % {
        "name": opportunity.name,
        "stage": opportunity.stage_row,
    }
    undo = reverse("opportunity-undo", args=[opportunity.pk]) + f"?seq={opportunity.ledger_seq}"
    trigger(response, **{"board:moved": {"card": opportunity.pk}})
    return toast(response, sentence, undo=undo)
