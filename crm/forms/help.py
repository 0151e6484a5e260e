"""The shape of what people fill in to ask for help, and to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.commands.help import MOST_DAYS
from crm.forms import Number, offer


def _long(label: Any, hint: Any = "", rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=1000,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class HelpForm(forms.Form):
    """Whom one asks, what for, and by when."""

    customer = Number(required=False, widget=forms.HiddenInput)
    asked = Number(label=_("Whom of us"))
    contact = forms.TypedChoiceField(
        label=_("About whom"), coerce=int, required=False, empty_value=None, choices=[]
    )
    topic = forms.CharField(label=_("Topic"), max_length=200)
    text = forms.CharField(
        label=_("What you need"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    days = forms.IntegerField(label=_("Within working days"), min_value=1, max_value=MOST_DAYS)

    def __init__(
        self, *args: Any, contacts: Sequence[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if contacts is None:
            del self.fields["contact"]
        else:
            offer(self, "contact", [("", _("nobody in particular")), *contacts])
            self.fields["topic"].required = False


class ExecutiveForm(HelpForm):
    """The same of an executive, with the brief he needs."""

    purpose = _long(_("Purpose of the meeting"))
    promised = _long(_("What was promised"), _("By us and by them. “Nothing” is an answer, too."))
    meets = _long(_("Whom they meet"), _("Role, how he stands to us, what matters to him."))
    wanted = _long(_("What we want from it"))
    unsaid = _long(_("What not to say"))

    field_order = (
        "asked",
        "contact",
        "text",
        "purpose",
        "promised",
        "meets",
        "wanted",
        "unsaid",
        "days",
    )

    def __init__(self, *args: Any, contacts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, contacts=contacts, **kwargs)
        offer(self, "contact", contacts)
        self.fields["contact"].required = True
        self.fields["contact"].label = pgettext_lazy("executive", "Whom to meet")
        del self.fields["topic"]
