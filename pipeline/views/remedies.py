"""What would supply what a gate lacks, as a page offers it: a form, the quick log, a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Activity
from pipeline.commands.pipelines import CRITERION_PREFIX
from pipeline.criteria import Remedy
from pipeline.gates import Unmet
from pipeline.models import Opportunity, Waiver


@dataclass(frozen=True, slots=True)
class Help:
    """One missing criterion and the button that helps."""

    text: str
    missing: str
    mandatory: bool
    button: str
    fields: tuple[str, ...]
    url: str
    query: str
    page: str = ""
    icon: str = "users"
    dialog: str = ""
    guide: str = ""
    tool: str = ""
    waive: str = ""
    asked: Waiver | None = None


def remedies(
    opportunity: Opportunity,
    unmet: Iterable[Unmet],
    *,
    back: str,
    then: str = "",
    waivers: Iterable[Waiver] = (),
) -> list[Help]:
    """A help for each criterion that does not hold.

    `back` is the page to return to; `then` the move whose dialog to return to within that page.
    Of the sale's `waivers`, one asked for is named beside what it is about.
    """
    asked = {one.criterion_id: one for one in waivers if one.state == Waiver.State.ASKED}
    return [
        replace(
            _help(opportunity, each, back, then),
            asked=asked.get(each.criterion_id),
            waive=_waive(opportunity, each, back) if each.waivable else "",
        )
        for each in unmet
    ]


def _waive(opportunity: Opportunity, unmet: Unmet, back: str) -> str:
    page = reverse("opportunity-waive", args=[opportunity.pk, unmet.key])
    return f"{page}?{urlencode({'next': back})}"


def _help(opportunity: Opportunity, unmet: Unmet, back: str, then: str) -> Help:
    remedy = unmet.remedy
    head = (unmet.text, unmet.missing, unmet.mandatory)
    if remedy is None:
        return Help(*head, "", (), "", "")
    if remedy.type == "field":
        url = reverse("opportunity-facts", args=[opportunity.pk])
        asked = {"only": ",".join(remedy.fields), "next": back}
        query = urlencode(asked | ({"then": then} if then else {}))
        return Help(*head, _("Fill in"), tuple(remedy.fields), f"{url}?{query}", "")
    if remedy.type == "chain":
        return Help(*head, _("Decision chain"), (), "", "", remedy.link)
    if remedy.type == "action":
        return _help_with_step(opportunity, unmet, remedy, urlencode({"next": back}))
    if remedy.type == "promise":
        return Help(*head, _("Promises"), (), "", "", remedy.link, "handshake")
    if remedy.is_written_down:
        return _in_dialog(head, remedy, back, then)
    if remedy.type == "gate":
        words = _("Open the decision") if remedy.decision else _("Request it")
        return Help(*head, words, (), "", "", remedy.link, "scale")
    kind = _kind(remedy.activity_kinds)
    query = log_query(opportunity, kind) + ("&who=1" if remedy.with_contact else "")
    url = f"{reverse('quick-log')}?{query}&{urlencode({'next': back})}"
    words = _("Log a %(kind)s") if len(remedy.activity_kinds) == 1 else _("Log it")
    return Help(*head, words % {"kind": Activity.Kind(kind).label.lower()}, (), url, query)


def _help_with_step(opportunity: Opportunity, unmet: Unmet, remedy: Remedy, query: str) -> Help:
    """A standard action: how it is done, with what, and the button that says it is."""
    standard = next(
        each
        for each in opportunity.stage_row.actions.all()
        if unmet.key == f"{CRITERION_PREFIX}{each.key}"
    )
    return Help(
        unmet.text,
        unmet.missing,
        unmet.mandatory,
        _("Plan it") if remedy.step is None else _("Done"),
        (),
        "",
        "",
        icon="calendar-plus" if remedy.step is None else "check",
        dialog=f"{remedy.link}?{query}",
        guide=standard.guide,
        tool=standard.link,
    )


def _in_dialog(head: tuple[str, str, bool], remedy: Remedy, back: str, then: str) -> Help:
    words, icon = {
        "meddpicc": (_("Score it"), "gauge"),
        "pain": (_("Confirm it") if remedy.things else _("Note a pain"), "activity"),
        "confirm": (_("Confirm it"), "check"),
        "differentiator": (_("Confirm it") if remedy.things else _("Add a line"), "gem"),
    }[remedy.type]
    asked = urlencode({"next": back} | ({"then": then} if then else {}))
    page = f"{remedy.link}{'&' if '?' in remedy.link else '?'}{asked}"
    return Help(*head, words, (), "", "", icon=icon, dialog=page)


def _kind(kinds: Any) -> str:
    """The kind to begin with: a meeting where one counts, else the first that does."""
    return "meeting" if "meeting" in kinds and "call" not in kinds else kinds[0]


def log_query(opportunity: Opportunity, kind: str = "") -> str:
    """What the quick log should begin with for this opportunity."""
    asked = {"customer": opportunity.customer_id, "opportunity": opportunity.pk}
    return urlencode(asked | ({"kind": kind} if kind else {}))
