"""What the pages of crm share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from core.web import answer, is_htmx


def dialog(
    request: HttpRequest, template: str, context: dict[str, Any], status: int | None = None
) -> HttpResponse:
    """A form in the page's dialog, or on a page of its own where no script asks for it."""
    inside = is_htmx(request)
    layout = "core/parts/dialog.html" if inside else "crm/dialogs/page.html"
    return answer(request, template, context | {"layout": layout, "in_dialog": inside}, status)
