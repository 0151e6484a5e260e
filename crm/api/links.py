"""Addresses of neighbouring pages, for lists that are not one queryset."""

from __future__ import annotations

from rest_framework.request import Request


def page_link(request: Request, cursor: str | None) -> str | None:
    """This address with another cursor."""
    if cursor is None:
        return None
    query = request._request.GET.copy()
    query["cursor"] = cursor
    return request._request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
