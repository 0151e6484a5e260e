"""Forms of the ground: the sample form of the kit."""

from django import forms
from django.utils.translation import gettext_lazy as _


class KitForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As the customer writes it.")
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    amount = forms.DecimalField(label=_("Amount"), required=False, min_value=0)
    date = forms.DateField(
        label=_("Expected close"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    tier = forms.ChoiceField(
        label=_("Tier"), choices=[("S", "S"), ("A", "A"), ("B", "B"), ("C", "C")]
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("call", _("Call")), ("meeting", _("Meeting")), ("visit", _("Visit"))],
        widget=forms.RadioSelect,
        initial="call",
    )
    parts = forms.MultipleChoiceField(
        label=_("Send to"),
        required=False,
        choices=[("inbox", _("Inbox")), ("mail", _("E-mail"))],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    sure = forms.BooleanField(
        label=_("The customer agreed"), required=False, help_text=_("In writing or before others.")
    )
