"""The kit's template tags: icons, fields, badges, people, times, money, pages.

They are builtins: no template loads them. The ones a list uses in every row (`icon`, `badge`,
`when`, `money`, `initials`, `number`, `limit_bar`) build one string and render no template.
docs/ui.md shows each.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import lucide
from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.forms import Textarea as TextareaInput
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.display import (
    compact_money,
    exact_time,
    full_money,
    grouped,
    name_initials,
    relative_time,
)

register = template.Library()

TONE_ICONS = {
    "good": "check",
    "soon": "clock",
    "late": "triangle-alert",
    "wait": "hourglass",
    "info": "info",
    "unknown": "circle-question-mark",
}


@functools.cache
def _icon(name: str, classes: str, label: str) -> SafeString:
    said = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    markup = lucide._render_icon(name, 16, **said)
    head, rest = markup.split(">", 1)
    attributes = " ".join(part for part in head.split(" ") if not part.startswith("class="))
    return mark_safe(f'{attributes} class="icon{" " + classes if classes else ""}">{rest}')  # noqa: S308 - our own icon files


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """Draw a lucide icon; decorative unless `label` says what it means."""
    return _icon(str(name), str(classes), str(label))


@register.simple_tag
def badge(tone: str, text: Any, icon: str = "", title: str = "") -> SafeString:
    """Word in a coloured box: tones good, soon, late, wait, info, unknown, outline."""
    mark = _icon(icon, "", "") if icon else ""
    hover = format_html(' title="{}"', title) if title else ""
    return mark_safe(f'<span class="badge {tone}"{hover}>{mark}{conditional_escape(text)}</span>')  # noqa: S308 - escaped


@register.simple_tag
def when(moment: datetime | date | None, missing: str = "") -> SafeString | str:
    """Show a moment relative to now, with the exact one on hover."""
    if moment is None:
        return missing
    iso = moment.isoformat()
    near = " data-when" if isinstance(moment, datetime) else ""
    return mark_safe(  # noqa: S308 - dates only
        f'<time datetime="{iso}" title="{exact_time(moment)}"{near}>{relative_time(moment)}</time>'
    )


@register.simple_tag
def money(amount: Decimal | float | None, currency: str = "CNY", compact: bool = False) -> str:
    """Write an amount with its currency sign; `compact` for sums in heads and cards."""
    if amount is None:
        return "–"
    return compact_money(amount, currency) if compact else full_money(amount, currency)


@register.simple_tag
def number(value: Any, decimals: int = 0) -> str:
    """Write a number with grouped thousands; nothing becomes a dash."""
    return "–" if value is None or value == "" else grouped(value, decimals)


@register.simple_tag
def initials(user: Any, size: str = "") -> SafeString:
    """Round avatar of a person, the whole name on hover and for screen readers."""
    if user is None:
        return mark_safe("")
    name = getattr(user, "name", None) or str(user)
    return _initials(name, (getattr(user, "pk", None) or len(name)) % 8, size)


@register.simple_tag
def initials_of(pk: int, name: str, size: str = "") -> SafeString:
    """Draw the same avatar for a row of `.values()`: the id and the name of a person."""
    return _initials(name, pk % 8, size)


@functools.lru_cache(maxsize=2048)
def _initials(name: str, hue: int, size: str) -> SafeString:
    return format_html(
        '<span class="initials hue-{} {}" title="{}" role="img" aria-label="{}">{}</span>',
        hue,
        size,
        name,
        name,
        name_initials(name),
    )


@register.simple_tag
def person(user: Any, size: str = "") -> SafeString:
    """Avatar and name side by side."""
    if user is None:
        return mark_safe("")
    name = getattr(user, "name", None) or str(user)
    hue = (getattr(user, "pk", None) or len(name)) % 8
    return format_html(
        '<span class="person"><span class="initials hue-{} {}" aria-hidden="true">{}</span>'
        '<span class="cut">{}</span></span>',
        hue,
        size,
        name_initials(name),
        name,
    )


@register.simple_tag
def tier(value: str | None) -> SafeString:
    """Tier of a customer: S, A, B or C."""
    return _tier(value or "", get_language() or "")


@functools.lru_cache(maxsize=64)
def _tier(value: str, language: str) -> SafeString:
    if not value:
        return mark_safe("")
    tone = {"S": "info", "A": "good"}.get(value, "")
    title = _("Tier %s") % value
    return format_html('<span class="badge tier {}" title="{}">{}</span>', tone, title, value)


@register.simple_tag
def limit_bar(spent: float | None, limit: float | None, waiting: bool = False) -> SafeString:
    """Days in the stage against its limit: a thin bar and the words."""
    if spent is None or not limit:
        return mark_safe("")
    share = spent / limit
    tone = "wait" if waiting else "late" if share > 1 else "soon" if share >= 0.8 else ""
    words = _("%(spent)s of %(limit)s days") % {"spent": f"{spent:g}", "limit": f"{limit:g}"}
    return mark_safe(  # noqa: S308 - numbers and our own words
        f'<span class="limit {tone}"><progress class="bar {tone}" max="100" '
        f'value="{min(100, round(share * 100))}" aria-label="{words}"></progress>{words}</span>'
    )


@register.simple_tag
def share_bar(value: float, of: float, label: str, tone: str = "") -> SafeString:
    """Progress towards a whole, as a bar with a name for screen readers."""
    return format_html(
        '<progress class="bar {}" max="{}" value="{}" aria-label="{}"></progress>',
        tone,
        of or 1,
        value,
        label,
    )


@register.filter
def tone_icon(tone: str) -> str:
    """Name of the icon that says the same as a tone."""
    return TONE_ICONS.get(tone, "info")


@register.filter
def as_json(value: Any) -> str:
    """Serialise for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


_FROZEN: dict[tuple[str, str], SafeString] = {}


@register.simple_tag(takes_context=True)
def frozen(context: template.Context, name: str) -> SafeString:
    """Include a template that is the same on every page of a language; drawn once per process.

    It sees `shell` and nothing else, and may use nothing of it that belongs to one person.
    """
    key = (name, get_language() or "")
    if key not in _FROZEN or settings.DEBUG:
        html = get_template(name).render({"shell": context["shell"]})
        _FROZEN[key] = mark_safe(html)  # noqa: S308 - a template has escaped it
    return _FROZEN[key]


# --- forms --------------------------------------------------------------------------------


@register.inclusion_tag("core/parts/field.html")
def field(
    bound: BoundField,
    label: str = "",
    hint: str = "",
    placeholder: str | None = None,
    autofocus: bool = False,
) -> dict[str, Any]:
    """Label, control, hint and error of one form field."""
    widget = bound.field.widget
    attributes: dict[str, Any] = {"class": _control_class(widget)}
    if placeholder is not None:
        attributes["placeholder"] = placeholder or False
    if autofocus:
        attributes["autofocus"] = True
    text = hint or bound.help_text
    described = [f"{bound.auto_id}_hint"] if text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    several = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    return {
        "field": bound,
        "label": label or bound.label,
        "hint": text,
        "control": "" if several else bound.as_widget(attrs=attributes),
        "tick": isinstance(widget, CheckboxInput),
        "several": several,
    }


def _control_class(widget: Any) -> str:
    own = widget.attrs.get("class", "")
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        return own
    if isinstance(widget, Select):
        return f"select {own}".strip()
    if isinstance(widget, TextareaInput):
        return f"textarea {own}".strip()
    return f"input {own}".strip()


@register.inclusion_tag("core/parts/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """Say what is wrong with the form as a whole."""
    return {"errors": form.non_field_errors()}


@register.inclusion_tag("core/parts/combobox.html")
def combobox(bound: BoundField, src: str, text: str = "", placeholder: str = "") -> dict[str, Any]:
    """Search field that offers what the server finds; sends the chosen id."""
    return {"field": bound, "src": src, "text": text, "placeholder": placeholder}


# --- lists --------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """Make this page's query string with some parameters changed; None or "" removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        elif isinstance(value, list | tuple):
            params.setlist(name, [str(one) for one in value])
        else:
            params[name] = str(value)
    if "cursor" not in changes:
        params.pop("cursor", None)
    query = params.urlencode()
    return f"?{query}" if query else "?"


@register.simple_tag(takes_context=True)
def sort_head(
    context: template.Context, key: str, label: str, classes: str = "", default: str = ""
) -> SafeString:
    """Head of a column that sorts: `?sort=key`, again for `?sort=-key`."""
    now = context["request"].GET.get("sort") or default
    state, mark, target = "", "", key
    if now == key:
        state, mark, target = ' aria-sort="ascending"', _icon("arrow-up", "", ""), f"-{key}"
    elif now == f"-{key}":
        state, mark = ' aria-sort="descending"', _icon("arrow-down", "", "")
    return format_html(
        '<th scope="col" class="{}"{}><a href="{}">{}{}</a></th>',
        classes,
        mark_safe(state),  # noqa: S308 - one of three constants
        query_with(context, sort=target),
        label,
        mark,
    )


@register.inclusion_tag("core/parts/page_nav.html", takes_context=True)
def page_nav(context: template.Context, page: Any) -> dict[str, Any]:
    """Previous and next of a keyset page: `page.previous`, `page.next` are cursors or None."""
    get = page.get if isinstance(page, Mapping) else functools.partial(getattr, page)
    before, after = get("previous", None), get("next", None)
    count = get("count", None)
    return {
        "previous": query_with(context, cursor=before) if before else "",
        "next": query_with(context, cursor=after) if after else "",
        "count": None if callable(count) else count,  # a keyset.Page is a tuple and counts items
        "capped": get("capped", False),
        "first": query_with(context, cursor=None) if context["request"].GET.get("cursor") else "",
    }
