"""The list of customers, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import may as role_may
from accounts.access import reach
from accounts.forms import explain
from core import keyset
from core.errors import Invalid, NotFound
from core.web import answer, done, is_htmx
from crm import access, panels
from crm.commands import customers as commands
from crm.forms import CustomerForm, NewCustomerForm, StateForm
from crm.models import Customer
from crm.models.contact_rule import CHANNELS
from crm.queries import customers as queries
from crm.queries import timeline
from crm.queries.colleagues import get_person, get_team
from crm.queries.customer_page import page_of
from crm.queries.stories import TOPICS
from crm.views.typed import seen_at_of, with_typed
from crm.web import dialog

LIMIT = 50
SORTS = {
    "name": "name",
    "-name": "-name",
    "-recent": "-last_activity_at",
    "-newest": "-created_at",
}
FILTERS = ("tier", "state", "region", "industry", "team", "served", "primary")
EDITABLE = (
    "tier",
    "industry",
    "region",
    "country",
    "registration_number",
    "website",
    "address",
    "other_names",
)
STATE_TONES = {"active": "good", "prospect": "info", "dormant": "unknown", "lost": "late"}


def wanted_of(query: Any) -> dict[str, str]:
    """The filters of a query string; what cannot be is left out."""
    found = {name: query.get(name, "").replace("\x00", "").strip()[:100] for name in FILTERS}
    for name in ("team", "primary"):
        number = keyset.key_of(found[name])
        found[name] = "" if number is None else str(number)
    if found["tier"] not in Customer.Tier.values:
        found["tier"] = ""
    if found["state"] not in Customer.State.values:
        found["state"] = ""
    return found | {"q": query.get("q", "").replace("\x00", "").strip()[:100]}


@login_required
@require_GET
def customer_list(request: HttpRequest) -> HttpResponse:
    """Customers one sees, searched, narrowed, in an order, page by page."""
    user: Any = request.user
    wanted = wanted_of(request.GET)
    sort = request.GET.get("sort", "name")
    order = queries.ORDERS[SORTS.get(sort, "name")]
    found = queries.narrow(access.visible_customers(user), user, wanted)
    page = keyset.page(
        queries.rows(found), order, cursor=request.GET.get("cursor") or None, limit=LIMIT
    )
    states = dict(Customer.State.choices)
    for row in page.rows:
        row["state_label"] = states[row["state"]]
        row["tone"] = STATE_TONES[row["state"]]
    context = {
        "page": page,
        "wanted": wanted,
        "narrowed": any(wanted.values()),
        "sort": sort,
        "tiers": Customer.Tier.choices,
        "states": Customer.State.choices,
        "state_label": states.get(wanted["state"], ""),
        "team_name": _team_name(page.rows, wanted["team"]),
        "primary_name": _primary_name(page.rows, wanted["primary"]),
        "may_create": role_may(user, "customer.create"),
        "may_reassign": role_may(user, "customer.reassign"),
    }
    return render(request, "crm/customer_list.html", context)


def _team_name(rows: list[dict[str, Any]], team: str) -> str:
    if not team:
        return ""
    return str(rows[0]["team_name"]) if rows else get_team(int(team)).name


def _primary_name(rows: list[dict[str, Any]], primary: str) -> str:
    if not primary:
        return ""
    return str(rows[0]["primary_name"]) if rows else get_person(int(primary)).name


@login_required
@require_GET
def words(request: HttpRequest) -> HttpResponse:
    """Industries and regions in use, for the fields that filter by them."""
    return render(request, "crm/parts/words.html", queries.words_in_use(request.user))


@login_required
@require_GET
def options(request: HttpRequest) -> JsonResponse:
    """What a combobox of customers asks for."""
    return JsonResponse({"results": queries.options(request.user, request.GET.get("q", "")[:100])})


@login_required
@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """One customer: what is next, what happened, who is who."""
    user: Any = request.user
    found = access.get_customer_below(user, pk)
    tab = request.GET.get("tab", "")
    topic = request.GET.get("topic", "")
    topic = topic if topic in TOPICS else ""
    page = page_of(found, user, timezone.now())
    context = {
        "customer": found,
        "above": access.visible_parent(user, found),
        "page": page,
        "may": page.may,
        "tab": tab if tab in ("serving", "people", "facts") else "",
        "state_tone": STATE_TONES[found.state],
        "facts": [fact_of(found, name) for name in EDITABLE],
        "opportunities": panels.panels_of("opportunities", found.pk),
        "head_panels": panels.panels_of("head", found.pk),
        "side_panels": panels.panels_of("side", found.pk),
        "topic": topic,
        "topics": topic_choices(),
        "today": timezone.localdate(),
        "channels": CHANNELS,
    }
    if not context["tab"]:
        context["timeline"] = timeline.of_customer(
            found.pk, topic=topic, cursor=request.GET.get("cursor") or None
        )
    return render(request, "crm/customer.html", context)


def topic_choices() -> list[tuple[str, str]]:
    """What a timeline can be narrowed to."""
    return [
        ("", _("Everything")),
        ("activities", _("Activities")),
        ("opportunities", _("Opportunities")),
        ("serving", _("Who serves it")),
        ("people", _("People")),
        ("facts", _("Facts")),
        ("actions", _("Next steps")),
        ("promises", _("Promises")),
        ("concerns", _("Concerns")),
        ("goals", _("Goals and what we offer")),
    ]


def fact_of(found: Customer, name: str) -> dict[str, Any]:
    """A fact as its template shows it."""
    field = Customer._meta.get_field(name)
    value = getattr(found, name)
    shown = getattr(found, f"get_{name}_display")() if field.choices else value
    return {
        "name": name,
        "label": field.verbose_name,
        "value": value,
        "shown": shown,
        "choices": field.choices or (),
        "long": name == "other_names",
        "most": field.max_length,
        "is_url": name == "website",
    }


@login_required
@require_GET
def customer_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """More of the timeline, for the foot of the page."""
    found = access.get_customer(request.user, pk)
    topic = request.GET.get("topic", "")
    topic = topic if topic in TOPICS else ""
    if not is_htmx(request):
        return HttpResponseRedirect(f"{reverse('customer', args=[pk])}?{request.GET.urlencode()}")
    piece = timeline.of_customer(found.pk, topic=topic, cursor=request.GET.get("cursor") or None)
    context = {"timeline": piece, "customer": found, "topic": topic}
    context["may_correct"] = access.may(request.user, "activity.change", found)
    return render(request, "crm/parts/entries.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a customer."""
    user: Any = request.user
    teams = _teams_for(user)
    initial = {"team": user.team_id, "state": Customer.State.PROSPECT, "country": "CN"}
    initial |= {"name": request.GET.get("name", "")[:200]}
    posted = with_typed(request.POST, user, people=["primary"], customers=["parent"])
    form = NewCustomerForm(posted or None, teams=teams, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = access.resolve_parent(user, form.cleaned_data)
        team, primary, state = data.pop("team"), data.pop("primary"), data.pop("state")
        try:
            made = commands.create_customer(
                by=user,
                at=timezone.now(),
                name=data.pop("name"),
                team=get_team(team),
                primary=get_person(primary) if primary else None,
                state=state,
                facts=data,
            )
        except Invalid as error:
            explain(form, error)
        else:
            messages.success(request, _("{name} is here.").format(name=made.name))
            return done(request, reverse("customer", args=[made.pk]))
    context = {"form": form, "customer": None, "may_leave": role_may(user, "customer.assign")}
    return answer(request, "crm/customer_form.html", context)


def _teams_for(user: Any) -> list[tuple[int, str]]:
    """Where this user may create: his own team and those he leads."""
    within = reach(user)
    teams = queries.teams_in_use(None if 0 in within else {*within, user.team_id})
    return [(team.pk, team.name) for team in teams]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change several facts at once; whoever comes second is told who was first."""
    user: Any = request.user
    found = access.get_customer_below(user, pk)
    access.require(user, "customer.change", found)
    names = list(CustomerForm.Meta.fields)
    above = access.visible_parent(user, found)
    initial = {name: getattr(found, name) for name in names}
    initial["parent"] = above.pk if above else None
    posted = with_typed(request.POST, user, customers=["parent"])
    form = CustomerForm(posted or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = access.resolve_parent(user, form.cleaned_data, found)
        try:
            commands.change_customer(
                found,
                by=user,
                at=timezone.now(),
                changes=data,
                seen_at=seen_at_of(request.POST),
            )
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer", args=[pk]))
    context = {
        "form": form,
        "customer": found,
        "seen_at": request.POST.get("seen_at") or found.updated_at.isoformat(),
        "parent_name": above.name if above else "",
    }
    return answer(request, "crm/customer_form.html", context)


@login_required
@require_http_methods(["POST"])
def fact(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Change one fact in its place."""
    found = access.get_customer(request.user, pk)
    if name not in EDITABLE:
        raise NotFound(_("There is no such fact."))
    value = request.POST.get(name, "")
    context: dict[str, Any] = {"customer": found, "may_change": True}
    try:
        found = commands.change_customer(
            found,
            by=request.user,
            at=timezone.now(),
            changes={name: value},
            seen=_seen(request, name),
        )
    except Invalid as error:
        wrong = fact_of(found, name) | {"typed": value[:1000], "error": str(error)}
        return _fact(request, context | {"fact": wrong}, pk, status=422)
    return _fact(request, context | {"fact": fact_of(found, name), "saved": True}, pk)


def _seen(request: HttpRequest, name: str) -> dict[str, str] | None:
    """What stood there when the form was opened; a form sends the ends of lines as two signs."""
    was = request.POST.get("was")
    return None if was is None else {name: was.replace("\r\n", "\n")}


def _fact(request: HttpRequest, context: dict[str, Any], pk: int, status: int = 200) -> Any:
    if is_htmx(request):
        return render(request, "crm/parts/fact.html", context, status=status)
    if status == 422:
        messages.error(request, context["fact"]["error"])
    return HttpResponseRedirect(reverse("customer", args=[pk]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how the customer stands to us."""
    found = access.get_customer(request.user, pk)
    form = StateForm(request.POST or None, initial={"state": found.state})
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_state(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            return done(request, reverse("customer", args=[pk]))
    return dialog(request, "crm/dialogs/state.html", {"form": form, "customer": found})
