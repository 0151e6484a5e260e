"""The shape of what people fill in about rules of contact."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import zone_choices
from crm.forms import Day
from crm.models.contact_rule import CHANNELS


class BanForm(forms.Form):
    """By what not to contact somebody, why, and until when."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody who plans to contact them reads it."),
    )
    channels = forms.MultipleChoiceField(
        label=_("By which channels"),
        required=False,
        choices=CHANNELS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: by none of them."),
    )
    until_date = Day(label=_("Until"), required=False, help_text=_("Empty: until it is lifted."))


class Hour(forms.TimeField):
    """A time of day."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **kwargs)


class LimitsForm(forms.Form):
    """Quiet hours where somebody is, and how often we may come, all of us."""

    quiet_from = Hour(label=_("Quiet from"), required=False)
    quiet_until = Hour(label=_("Quiet until"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    most = forms.IntegerField(
        label=_("Contacts at most"), required=False, min_value=1, max_value=50
    )
    days = forms.IntegerField(label=_("In so many days"), required=False, min_value=1, max_value=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["time_zone"]
        zone.choices = [("", _("that of the customer's country")), *zone_choices()]
