"""When somebody is away, and who stands in: one's own, and those of the people one leads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.commands.absences import end_absence, may_plan, plan_absence
from accounts.forms import AbsenceForm, explain
from accounts.models import User
from accounts.queries.absences import absences_of, people_led_by
from accounts.queries.users import get_user
from accounts.views.profile import menu
from core.errors import Invalid, Refused
from core.web import answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Plan to be away; with `pk`, for somebody whose team one leads."""
    user, now = _whose(request, pk), timezone.now()
    form = AbsenceForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            plan_absence(user, by=request.user, at=now, **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            messages.success(request, _("The absence is planned."))
            return _back(user)
    context = {
        "form": form,
        "person": user,
        "is_me": user.pk == request.user.pk,
        "absences": absences_of(user, at=now),
        "people": people_led_by(request.user).exclude(pk=request.user.pk),
        "here": "absence",
    }
    return answer(request, "accounts/settings/absence.html", context | menu(request.user))


@login_required
@require_POST
def end(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """Be back, or not go at all."""
    user = _whose(request, pk)
    end_absence(user, absence, by=request.user, at=timezone.now())
    messages.success(request, _("The absence is over."))
    return _back(user)


def _whose(request: HttpRequest, pk: int | None) -> User:
    user = request.user if pk is None else get_user(pk)
    if not may_plan(user, request.user):
        raise Refused(_("This is for who leads the team."))
    return user


def _back(user: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("settings-absence-of", args=[user.pk]))
