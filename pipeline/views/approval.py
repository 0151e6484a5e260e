"""The table by which the path of a decision is computed, for those who administer it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import may, require
from accounts.forms import explain
from accounts.views.profile import menu
from core.errors import Invalid
from core.web import answer
from pipeline.access import approval_rules, get_approval_rule
from pipeline.commands import approval as commands
from pipeline.forms.gates import RuleForm
from pipeline.models import ApprovalRule, Gate
from pipeline.queries.approval import USUAL, in_order

methods = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
@login_required
def rules(request: HttpRequest) -> HttpResponse:
    """Every line, and what holds without any."""
    found = in_order(approval_rules())
    usual = [(gate.label, _(", ").join(str(each.label) for each in USUAL[gate])) for gate in Gate]
    context = {
        "rules": found,
        "usual": usual,
        "may_change": may(request.user, "approval_rule.change"),
        "here": "approvals",
    } | menu(request.user)
    return render(request, "pipeline/settings/approvals.html", context)


@methods
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Write a line."""
    require(request.user, "approval_rule.change")
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.add_rule(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            return _said(request, _("The line is written."))
    return _form_page(request, form, None)


@methods
@login_required
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a line."""
    require(request.user, "approval_rule.change")
    found = get_approval_rule(pk)
    initial = {name: getattr(found, name) for name in commands.FIELDS}
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.change_rule(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Invalid as error:
            explain(form, error)
        else:
            return _said(request, _("The line is saved."))
    return _form_page(request, form, found)


@require_POST
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line out."""
    found = get_approval_rule(pk)
    commands.remove_rule(found, by=request.user, at=timezone.now())
    return _said(request, _("The line is taken out."))


def _said(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings-approvals"))


def _form_page(request: HttpRequest, form: RuleForm, found: ApprovalRule | None) -> HttpResponse:
    context = {"form": form, "rule": found, "here": "approvals"} | menu(request.user)
    return answer(request, "pipeline/settings/approval.html", context)
