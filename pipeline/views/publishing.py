"""What a draft would change and meet, before it comes into force."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.keyset import key_of
from core.web import done
from pipeline import access
from pipeline.commands import drafts
from pipeline.serializers.preview import preview_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Compare the draft with the version in force; bring what was seen into force."""
    draft = access.get_draft(request.user, key)
    if request.method == "POST":
        drafts.publish_draft(
            draft,
            revision=key_of(request.POST.get("revision", "")) or 0,
            over=key_of(request.POST.get("over", "")) or 0,
            by=request.user,
            at=timezone.now(),
        )
        return done(request, reverse("pipeline", args=[key]))
    preview = preview_of(draft, timezone.now())
    return render(request, "pipeline/publish.html", {"draft": draft, "preview": preview})
