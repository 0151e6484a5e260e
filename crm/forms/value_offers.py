"""The shape of what people fill in about the catalogue and its offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import Day, offer
from crm.models import Contact, ValueItem


class ItemForm(forms.ModelForm):
    """Something of the catalogue."""

    class Meta:
        model = ValueItem
        fields = ["kind", "name", "description", "is_active"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def _post_clean(self) -> None:
        """The command checks the values; the instance stays as it is."""


class OfferForm(forms.Form):
    """What is offered to whom."""

    item = forms.TypedChoiceField(label=_("What"), coerce=int)
    contact = forms.TypedChoiceField(
        label=_("To whom"), coerce=int, required=False, empty_value=None
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(
        self,
        *args: Any,
        items: Sequence[ValueItem] = (),
        contacts: Sequence[Contact] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "item", [(one.pk, f"{one.get_kind_display()} · {one.name}") for one in items])
        everybody = ("", _("the customer as a whole"))
        offer(self, "contact", [everybody, *((one.pk, one.name) for one in contacts)])


class UseForm(forms.Form):
    """When it took place, and what came of it."""

    used_date = Day(label=_("Used on"), required=False, help_text=_("Left empty: today."))
    result = forms.CharField(
        label=_("What came of it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DeclineForm(forms.Form):
    """Why they do not want it."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
