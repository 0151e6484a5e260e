"""A draft as columns of stages, and a dialog for each part of it.

Each edit puts the whole document together anew; the reader of the YAML checks it, one command
keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require as require_role
from core.errors import Conflict, Invalid
from core.keyset import key_of
from core.web import done
from crm.views.customers import dialog
from pipeline import access
from pipeline.commands import drafts
from pipeline.commands.pipelines import PipelineDraft, definition_of
from pipeline.criteria import known_kinds
from pipeline.forms import design as forms
from pipeline.forms.params import name_of
from pipeline.models import DefinitionDraft
from pipeline.queries.pipelines import current_version
from pipeline.serializers.definition import read_definition, read_document
from pipeline.serializers.document import document_of, write_definition
from pipeline.views.pipelines import shown

CHANGES = ["GET", "HEAD", "POST"]
TEMPLATE = "pipeline/dialogs/design.html"
MADE_BY_ACTIONS = "action_done"
Document = dict[str, Any]


@login_required
@require_http_methods(CHANGES)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a pipeline that has never been."""
    require_role(request.user, "pipeline.publish")
    form = forms.NewPipelineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _begin(request, read_document(form.said()))
        except (Invalid, Conflict) as error:
            form.explain(error)
    words = {"title": _("New pipeline"), "button": _("Begin the draft")}
    return _dialog(request, form, None, **words)


@login_required
@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Begin the next version of a pipeline from the one in force."""
    require_role(request.user, "pipeline.publish")
    return _begin(request, definition_of(current_version(key)))


@login_required
@require_http_methods(CHANGES)
def upload(request: HttpRequest) -> HttpResponse:
    """Begin a draft from a YAML file."""
    require_role(request.user, "pipeline.publish")
    return _text_page(request, None, lambda definition: _begin(request, definition))


@login_required
@require_http_methods(CHANGES)
def text(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as YAML, to be changed as a whole."""
    draft = access.get_draft(request.user, key)
    return _text_page(request, draft, lambda definition: _keep(request, draft, definition))


@login_required
@require_GET
def design(request: HttpRequest, key: str) -> HttpResponse:
    """The stages of a draft beside each other."""
    draft = access.get_draft(request.user, key)
    context = {"draft": draft} | shown(drafts.definition_of_draft(draft))
    return render(request, "pipeline/design.html", context)


@login_required
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Throw the draft away."""
    draft = access.get_draft(request.user, key)
    drafts.discard(draft, revision=_seen(request), by=request.user, at=timezone.now())
    return done(request, reverse("pipeline-list"))


@login_required
@require_http_methods(CHANGES)
def names(request: HttpRequest, key: str) -> HttpResponse:
    """What the pipeline is called."""
    draft, document = _open(request, key)
    form = forms.NamesForm(request.POST or None, part=document)
    words = {"title": _("Names of the pipeline")}
    return _edit(request, draft, document, form, document.update, **words)


@login_required
@require_http_methods(CHANGES)
def add_stage(request: HttpRequest, key: str) -> HttpResponse:
    """One more stage: after the last of its kind."""
    draft, document = _open(request, key)

    def add(stage: Document) -> None:
        stages = document["stages"]
        open_ones = [at for at, each in enumerate(stages) if each.get("kind") != "after_win"]
        is_open = stage["kind"] != "after_win"
        stages.insert(open_ones[-1] + 1 if is_open else len(stages), stage)

    form = forms.StageForm(request.POST or None)
    words = {"title": _("Add a stage"), "button": _("Add the stage")}
    return _edit(request, draft, document, form, add, **words)


@login_required
@require_http_methods(CHANGES)
def stage(request: HttpRequest, key: str, stage: str) -> HttpResponse:
    """Change a stage, move it, or take it out."""
    draft, document = _open(request, key)
    part = _part(document["stages"], stage)
    form = forms.StageForm(request.POST or None, part=part)
    return _edit_part(request, draft, document, document["stages"], part, form)


@login_required
@require_http_methods(CHANGES)
def add_criterion(request: HttpRequest, key: str, stage: str) -> HttpResponse:
    """One more criterion: first its kind is chosen, then what that kind asks."""
    draft, document = _open(request, key)
    part = _part(document["stages"], stage)
    kind = request.GET.get("kind", "")
    kinds = [each for each in known_kinds() if each != MADE_BY_ACTIONS]
    if kind not in kinds:
        named = sorted(((each, name_of(each)) for each in kinds), key=lambda each: each[1])
        context = {"draft": draft, "kinds": named, "path": request.path}
        return dialog(request, "pipeline/dialogs/kinds.html", context)
    form = forms.CriterionForm(request.POST or None, kind=kind)
    words = {"title": name_of(kind), "button": _("Add the criterion")}
    add = part.setdefault("criteria", []).append
    return _edit(request, draft, document, form, add, **words)


@login_required
@require_http_methods(CHANGES)
def criterion(request: HttpRequest, key: str, stage: str, name: str) -> HttpResponse:
    """Change a criterion, move it, or take it out."""
    draft, document = _open(request, key)
    parts = _part(document["stages"], stage).get("criteria", [])
    part = _part(parts, name)
    form = forms.CriterionForm(request.POST or None, kind=part["kind"], part=part)
    return _edit_part(request, draft, document, parts, part, form)


@login_required
@require_http_methods(CHANGES)
def add_action(request: HttpRequest, key: str, stage: str) -> HttpResponse:
    """One more standard action."""
    draft, document = _open(request, key)
    part = _part(document["stages"], stage)
    form = forms.ActionForm(request.POST or None)
    words = {"title": _("Add a standard action"), "button": _("Add the action")}
    add = part.setdefault("actions", []).append
    return _edit(request, draft, document, form, add, **words)


@login_required
@require_http_methods(CHANGES)
def action(request: HttpRequest, key: str, stage: str, name: str) -> HttpResponse:
    """Change a standard action, move it, or take it out."""
    draft, document = _open(request, key)
    parts = _part(document["stages"], stage).get("actions", [])
    part = _part(parts, name)
    form = forms.ActionForm(request.POST or None, part=part)
    return _edit_part(request, draft, document, parts, part, form)


# --- what the doors share -----------------------------------------------------------------


def _seen(request: HttpRequest) -> int:
    """The revision the page was drawn from; 0, which none is, where it says none."""
    return key_of(request.POST.get("revision", "")) or 0


def _open(request: HttpRequest, key: str) -> tuple[DefinitionDraft, Document]:
    draft = access.get_draft(request.user, key)
    return draft, document_of(drafts.definition_of_draft(draft))


def _part(parts: list[Document], key: str) -> Document:
    for part in parts:
        if part["key"] == key:
            return part
    raise Http404


def _begin(request: HttpRequest, definition: PipelineDraft) -> HttpResponse:
    draft = drafts.begin(definition=definition, by=request.user, at=timezone.now())
    return done(request, reverse("pipeline-draft", args=[draft.key]))


def _keep(request: HttpRequest, draft: DefinitionDraft, definition: PipelineDraft) -> HttpResponse:
    seen = {"revision": _seen(request), "by": request.user, "at": timezone.now()}
    drafts.change(draft, definition=definition, **seen)
    return done(request, reverse("pipeline-draft", args=[draft.key]))


def _edit(
    request: HttpRequest,
    draft: DefinitionDraft,
    document: Document,
    form: forms.DesignForm,
    put: Callable[[Document], Any],
    *,
    title: str,
    button: str = "",
    part: Document | None = None,
) -> HttpResponse:
    """Put what the form says into the document and keep it, or show what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            put(form.said())
            return _keep(request, draft, read_document(document))
        except Invalid as error:
            form.explain(error)
    return _dialog(request, form, draft, title=title, button=button or _("Save"), part=part)


def _edit_part(
    request: HttpRequest,
    draft: DefinitionDraft,
    document: Document,
    parts: list[Document],
    part: Document,
    form: forms.DesignForm,
) -> HttpResponse:
    """Change a part, move it among its like, or take it out."""
    at, what = parts.index(part), request.POST.get("do", "")
    if what in ("earlier", "later", "remove"):
        parts.pop(at)
        if what != "remove":
            parts.insert(max(at - 1, 0) if what == "earlier" else at + 1, part)
        return _keep(request, draft, _checked(document))

    def put(said: Document) -> None:
        kept = {name: part[name] for name in ("criteria", "actions") if name in part}
        parts[at] = {**said, "key": part["key"], **kept}

    return _edit(request, draft, document, form, put, title=part["key"], part=part)


def _checked(document: Document) -> PipelineDraft:
    """The definition, or a refusal whose sentence says what is wrong: no form is there for it."""
    try:
        return read_document(document)
    except Invalid as error:
        problems = [line["problem"] for line in error.details.get("lines", [])]
        raise Invalid("; ".join(problems) or str(error), code="definition_invalid") from error


def _dialog(
    request: HttpRequest,
    form: forms.DesignForm,
    draft: DefinitionDraft | None,
    *,
    title: str,
    button: str,
    part: Document | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft,
        "title": title,
        "button": button,
        "part": part,
        "address": request.get_full_path(),
    }
    shown: HttpResponse = dialog(request, TEMPLATE, context, 422 if form.errors else 200)
    return shown


def _text_page(
    request: HttpRequest,
    draft: DefinitionDraft | None,
    keep: Callable[[PipelineDraft], HttpResponse],
) -> HttpResponse:
    """A whole definition as text: every mistake by its line, and the text stays as it was sent."""
    mistakes: list[dict[str, Any]] = []
    status = 200
    if request.method == "POST":
        said = _sent_text(request)
        try:
            return keep(read_definition(said))
        except (Invalid, Conflict) as error:
            status = 422
            mistakes = error.details.get("lines") or [{"line": 0, "problem": str(error)}]
    else:
        said = write_definition(drafts.definition_of_draft(draft)) if draft else ""
    form = forms.DefinitionForm(initial={"text": said})
    context = {"form": form, "draft": draft, "mistakes": mistakes, "revision": _revision(request)}
    return render(request, "pipeline/design_text.html", context, status=status)


def _revision(request: HttpRequest) -> str:
    return request.POST.get("revision", "")


def _sent_text(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "").replace("\r\n", "\n")
    try:
        return file.read().decode("utf-8-sig").replace("\x00", "\\0")
    except UnicodeDecodeError:
        return ""
