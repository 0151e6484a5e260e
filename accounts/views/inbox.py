"""The inbox: what the system told me, what I have not read yet, and where it leads."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import notices
from accounts.commands import acknowledge as acknowledging
from accounts.commands import inbox as commands
from accounts.forms import AcknowledgeForm, explain
from accounts.queries.inbox import (
    MOST_SHOWN,
    get_item,
    inbox_of,
    taken_below,
    unread_count,
)
from core import keyset
from core.errors import Invalid
from core.web import answer, is_htmx, next_url, trigger

COLUMNS = ("id", "kind", "params", "url", "created_at", "read_at", "thread", "level", "note")
COLUMNS += ("acknowledged_at", "acknowledged_by__name")
ORDER = ["-created_at"]
LIMIT = 50


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """One page of messages: the unread ones, or all."""
    return _page(request)


@login_required
@require_GET
def open_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a message leads; it counts as read from then on."""
    item = get_item(request.user, pk)
    commands.mark_read([item.pk], by=request.user, at=timezone.now())
    return HttpResponseRedirect(item.url or reverse("inbox"))


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one message as read."""
    item = get_item(request.user, pk)
    commands.mark_read([item.pk], by=request.user, at=timezone.now())
    return _after(request)


@login_required
@require_POST
def unread(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one message as not read."""
    item = get_item(request.user, pk)
    commands.mark_unread([item.pk], by=request.user)
    return _after(request)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything that has arrived as read."""
    commands.mark_all_read(by=request.user, at=timezone.now())
    return _after(request)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of a reminder that one is on it."""
    item = get_item(request.user, pk)
    form = AcknowledgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note, now = form.cleaned_data["note"], timezone.now()
        try:
            acknowledging.acknowledge(item, note=note, by=request.user, at=now)
        except Invalid as error:
            explain(form, error)
        else:
            return HttpResponseRedirect(next_url(request, reverse("inbox")))
    context = {
        "form": form,
        "item": item,
        "text": notices.render(item.kind, item.params),
        "next": next_url(request, reverse("inbox")),
    }
    return answer(request, "accounts/acknowledge.html", context)


def _after(request: HttpRequest) -> HttpResponse:
    """The list as it is now for htmx, else the page the form stood on."""
    if not is_htmx(request):
        return HttpResponseRedirect(next_url(request, reverse("inbox")))
    response = _page(request, fragment="#list")
    count = unread_count(request.user)
    text = f"{MOST_SHOWN}+" if count > MOST_SHOWN else str(count or "")
    return trigger(response, unread={"text": text})


def _page(request: HttpRequest, fragment: str = "") -> HttpResponse:
    everything = request.GET.get("show") == "all"
    items = inbox_of(request.user, unread=not everything).values(*COLUMNS)
    query = "?show=all" if everything else ""
    cursor = None if fragment else request.GET.get("cursor")
    page = keyset.page(items, ORDER, cursor=cursor, limit=LIMIT)
    taken = taken_below(page.rows)
    context = {
        "page": page,
        "items": [_line(row) | {"taken": taken.get(row["id"], ())} for row in page.rows],
        "show": "all" if everything else "",
        "query": query,
        "here": reverse("inbox") + query,
    }
    return render(request, f"accounts/inbox.html{fragment}", context)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "text": notices.render(row["kind"], row["params"]),
        "icon": notices.icon_of(row["kind"]),
        "at": row["created_at"],
        "read": row["read_at"] is not None,
        "acknowledged_at": row["acknowledged_at"],
        "acknowledged_by": row["acknowledged_by__name"],
        "note": row["note"],
        "is_open": row["level"] is not None and row["acknowledged_at"] is None,
    }
