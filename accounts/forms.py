"""The shape of what people fill in about themselves, their colleagues and teams."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.commands.acknowledge import LONGEST_NOTE
from accounts.models import ApiToken, Level, Role, Team, User
from accounts.queries.absences import possible_deputies
from accounts.queries.teams import all_teams, tree
from accounts.queries.users import leads
from core.errors import Invalid

THEMES = [("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
ROLES = [choice for choice in Role.choices if choice[0] != Role.SYSTEM]
EXPIRIES = {
    "30": (_("30 days"), timedelta(days=30)),
    "90": (_("90 days"), timedelta(days=90)),
    "365": (_("a year"), timedelta(days=365)),
    "": (_("until revoked"), None),
}


def explain(form: forms.Form, error: Invalid) -> None:
    """Say beside its field what a command found wrong, and the rest above the form."""
    placed = False
    for field, sentences in error.details.items():
        if field in form.fields:
            form.add_error(field, sentences)
            placed = True
    if not placed:
        form.add_error(None, str(error))


def zone_choices() -> list[tuple[str, str]]:
    """Every zone people live in, by name."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(places))]


class _Tree(ModelChoiceIterator):
    """The teams from the top down, read when the list is shown."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield "", "—"
        for branch in tree():
            yield branch.id, branch.indented


class TeamField(forms.ModelChoiceField):
    """A team, chosen from the tree."""

    iterator = _Tree

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=all_teams(), required=False, **options)


class Person(forms.ModelChoiceField):
    """A person by name, with the user name where names are alike."""

    def label_from_instance(self, user: User) -> str:
        """Name and user name."""
        return f"{user.name} ({user.username})"


class PreferencesFields(forms.Form):
    """Language and clock."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)


class ProfileForm(PreferencesFields):
    """What everybody may change of himself."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    theme = forms.ChoiceField(label=_("Appearance"), choices=THEMES, widget=forms.RadioSelect)
    field_order = ["name", "title", "language", "time_zone", "theme"]


class PersonForm(PreferencesFields):
    """One of our people, as administrators see him."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    username = forms.CharField(
        label=_("User name"), max_length=150, help_text=_("For sign-in. Letters, digits and @.+-_")
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Without one, no reminders by mail.")
    )
    title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    level = forms.TypedChoiceField(label=_("Level"), choices=Level.choices, coerce=int)
    team = TeamField(label=_("Team"))


class NewPersonForm(PersonForm):
    """Somebody new."""

    send_link = forms.BooleanField(
        label=_("Send a link to set a password"), required=False, initial=True
    )


class TeamForm(forms.Form):
    """A part of the company."""

    name = forms.CharField(label=_("Name"), max_length=120)
    parent = TeamField(label=_("Part of"))
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    lead = Person(
        label=_("Led by"), queryset=None, required=False, help_text=_("A manager or a director.")
    )
    reads_all = forms.BooleanField(
        label=_("The whole team reads its customers"),
        required=False,
        initial=True,
        help_text=_("Off: only people assigned to a customer, and managers, read it."),
    )

    def __init__(self, *args: Any, team: Team | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        lead: Any = self.fields["lead"]
        lead.queryset = leads(beside=team.lead_id if team else None)


class TokenForm(forms.Form):
    """A new personal token."""

    name = forms.CharField(label=_("What is it for"), max_length=80)
    scope = forms.ChoiceField(
        label=_("It may"), choices=ApiToken.Scope, widget=forms.RadioSelect, initial="read"
    )
    expires = forms.ChoiceField(
        label=_("Valid for"),
        required=False,
        initial="90",
        choices=[(key, label) for key, (label, _span) in EXPIRIES.items()],
    )

    def expires_at(self, now: datetime) -> datetime | None:
        """The moment the chosen span ends."""
        span = EXPIRIES[self.cleaned_data["expires"]][1]
        return now + span if span else None


class FreezeForm(forms.Form):
    """Why somebody is kept out."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class AcknowledgeForm(forms.Form):
    """What one does about a reminder."""

    note = forms.CharField(
        label=_("What do you do about it"), max_length=LONGEST_NOTE, required=False
    )


class AbsenceForm(forms.Form):
    """When somebody is away, and who stands in."""

    first_date = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_date = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    deputy = Person(
        label=_("Deputy"),
        queryset=None,
        help_text=_("Reminders go to both meanwhile, and say whose they are."),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        deputy: Any = self.fields["deputy"]
        deputy.queryset = possible_deputies(user)
