"""The shape of what people fill in about customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import (
    Activity,
    Assignment,
    ChainLine,
    Contact,
    Customer,
    PeerPair,
    Role,
    Stakeholder,
    Tie,
    Tier,
)
from crm.models.contact_rule import CHANNELS

TEXT = 20_000
ANY = ("", "—")


class Number(forms.IntegerField):
    """The number of a row, as a hidden part of a search field sends it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)


class Day(forms.DateField):
    """A date, picked or typed as 2026-02-13."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)


class Moment(forms.DateTimeField):
    """A date and time in the reader's zone."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs
        )


class CustomerForm(forms.ModelForm):
    """What we know of a customer."""

    parent = Number(label=_("Part of"), required=False)
    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    class Meta:
        model = Customer
        fields = [
            "name",
            "other_names",
            "registration_number",
            "tier",
            "industry",
            "region",
            "country",
            "website",
            "address",
        ]
        widgets = {
            "other_names": forms.Textarea(attrs={"rows": 3}),
        }

    def _post_clean(self) -> None:
        """The command checks the values; the instance stays as it is."""


class NewCustomerForm(CustomerForm):
    """A new customer, and who serves it."""

    team = Number(label=_("Served by team"), widget=forms.Select)
    primary = Number(
        label=_("Who serves it"), required=False, help_text=_("Left empty: you, when you sell.")
    )
    state = forms.ChoiceField(label=_("State"), choices=Customer.State.choices)

    def __init__(self, *args: Any, teams: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].widget.choices = teams


class StateForm(forms.Form):
    """How the customer stands to us."""

    state = forms.ChoiceField(
        label=_("State"), choices=Customer.State.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContactForm(forms.ModelForm):
    """A person at a customer."""

    class Meta:
        model = Contact
        fields = ["name", "title", "department", "level", "email", "phone"]

    def _post_clean(self) -> None:
        """The command checks the values; the instance stays as it is."""


class QuickLogForm(forms.Form):
    """Three fields, and the rest folded away."""

    customer = Number(label=_("Customer"))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Activity.Kind.choices,
        widget=forms.RadioSelect,
        initial=Activity.Kind.CALL,
    )
    text = forms.CharField(
        label=_("What happened"),
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The first line becomes the heading."),
    )
    starts_at = Moment(label=_("When"), required=False, help_text=_("Left empty: now."))
    ends_at = Moment(label=_("Until"), required=False)
    contacts = forms.TypedMultipleChoiceField(
        label=_("From the customer"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    colleagues = forms.TypedMultipleChoiceField(
        label=_("From us"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    outcome = forms.CharField(
        label=_("Outcome"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_step_date = Day(label=_("Due"), required=False)
    promise = forms.CharField(
        label=_("Promise"),
        required=False,
        max_length=300,
        help_text=_("One line: “test report by Friday”, “they promise: budget by 3 May”."),
    )
    unanswered = forms.BooleanField(
        label=_("Nobody answered"), required=False, help_text=_("Does not count as contact.")
    )
    incoming = forms.BooleanField(
        label=_("They contacted us"),
        required=False,
        help_text=_("Does not count as our contact."),
    )
    opportunity = Number(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        contacts: Sequence[tuple[int, str]] = (),
        colleagues: Sequence[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contacts", contacts)
        offer(self, "colleagues", colleagues)


class ActivityForm(forms.ModelForm):
    """Correcting what was written."""

    class Meta:
        model = Activity
        fields = [
            "kind",
            "subject",
            "body",
            "starts_at",
            "ends_at",
            "outcome",
            "two_way",
            "incoming",
        ]
        field_classes = {"starts_at": Moment, "ends_at": Moment}
        widgets = {
            "body": forms.Textarea(attrs={"rows": 6}),
            "outcome": forms.Textarea(attrs={"rows": 2}),
        }

    def _post_clean(self) -> None:
        """The command checks the values; the instance stays as it is."""


class ActionForm(forms.Form):
    """Something to be done."""

    text = forms.CharField(label=_("What"), max_length=200)
    contact = Number(label=_("With whom"), required=False)
    channel = forms.ChoiceField(label=_("How"), choices=[ANY, *CHANNELS], required=False)
    due_date = Day(label=_("Due"), required=False)


class WordForm(forms.Form):
    """One word on why, or on what came of it."""

    word = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class AssignForm(forms.Form):
    """Who gets which part."""

    user = Number(label=_("Person"))
    part = forms.ChoiceField(label=_("Part"), choices=Assignment.Part.choices)
    outside = forms.ChoiceField(
        label=_("If somebody of another team"),
        required=False,
        choices=[
            ANY,
            ("grant", _("open this customer to them")),
            ("move", _("hand the customer to their team")),
        ],
    )
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)


class StakeholderForm(forms.ModelForm):
    """Somebody in a decision chain, or a role that nobody known fills."""

    contact = forms.TypedChoiceField(
        label=_("Who"), coerce=int, required=False, empty_value=None, choices=[]
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    formal_power = forms.TypedChoiceField(
        label=_("Formal power"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", _("as usual for the role")), *Stakeholder.Power.choices],
    )
    required_level = forms.TypedChoiceField(
        label=_("Level wanted"), coerce=int, choices=Tie.Level.choices
    )
    reports_to = forms.TypedChoiceField(
        label=_("Reports to"), coerce=int, required=False, empty_value=None, choices=[]
    )
    target_date = Day(label=_("Wanted by"), required=False)

    class Meta:
        model = Stakeholder
        fields = [
            "formal_power",
            "political",
            "required_level",
            "response_mode",
            "adaptability",
            "orientation",
            "concerns",
            "expectations",
            "target_attitude",
            "target_date",
        ]
        widgets = {
            "concerns": forms.Textarea(attrs={"rows": 2}),
            "expectations": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[int, str]],
        contacts: Sequence[tuple[int, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reports_to", [("", _("nobody here")), *people])
        if contacts is None:
            del self.fields["contact"]
        else:
            offer(self, "contact", [("", _("nobody known yet")), *contacts])
        for name in ("response_mode", "adaptability", "orientation", "target_attitude"):
            field: Any = self.fields[name]
            offer(self, name, [("", "–"), *list(field.choices)[1:]])

    def _post_clean(self) -> None:
        """The command checks the values; the instance stays as it is."""

    def facts(self, held: Sequence[str] = ()) -> dict[str, Any]:
        """What the command takes; the primary role stays first, power left open is left out."""
        facts = dict(self.cleaned_data)
        order = [*held, *(role for role in facts["roles"] if role not in held)]
        facts["roles"] = [role for role in order if role in facts["roles"]]
        if facts["formal_power"] is None:
            del facts["formal_power"]
        return facts


class FillForm(forms.Form):
    """Who fills a place."""

    contact = forms.TypedChoiceField(label=_("Who"), coerce=int, choices=[])

    def __init__(self, *args: Any, contacts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact", contacts)


class ProofForm(forms.Form):
    """What shows something: an activity, or words."""

    activity = forms.TypedChoiceField(
        label=_("Shown by"), coerce=int, required=False, empty_value=None, choices=[]
    )
    text = forms.CharField(
        label=_("What he did or said"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only what matters for work; nothing of private life."),
    )
    stated_by = forms.TypedChoiceField(
        label=_("Who said it"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[],
        help_text=_("Whose words these are, when somebody at the customer said them."),
    )
    tier = forms.TypedChoiceField(
        label=_("How strong it is"), coerce=int, choices=Tier.choices, initial=Tier.CLAIM
    )

    def __init__(
        self,
        *args: Any,
        activities: Sequence[tuple[int, str]],
        contacts: Sequence[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "activity", [("", _("no activity: in words")), *activities])
        offer(self, "stated_by", [("", _("nobody in particular")), *contacts])


class AttitudeForm(ProofForm):
    """How somebody stands to us, and what shows it."""

    field_order = ("attitude",)
    attitude = forms.TypedChoiceField(
        label=_("Attitude"),
        coerce=int,
        choices=Stakeholder.Attitude.choices[::-1],
        widget=forms.RadioSelect,
    )


class TieForm(ProofForm):
    """How well one knows somebody, and what shows it."""

    field_order = ("level",)
    level = forms.TypedChoiceField(
        label=_("Relationship level"),
        coerce=int,
        choices=Tie.Level.choices,
        widget=forms.RadioSelect,
    )


class LineForm(forms.Form):
    """How one person bears on another."""

    source = forms.TypedChoiceField(label=_("From whom"), coerce=int, choices=[])
    kind = forms.ChoiceField(label=_("Kind"), choices=ChainLine.Kind.choices)
    target = forms.TypedChoiceField(label=_("To whom"), coerce=int, choices=[])
    strength = forms.TypedChoiceField(
        label=_("Strength"),
        coerce=int,
        choices=ChainLine.Strength.choices,
        initial=ChainLine.Strength.CLEAR,
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "source", people)
        offer(self, "target", people)


class MoveContactForm(forms.ModelForm):
    """Where somebody works from now on, and as what."""

    field_order = ("customer",)
    customer = Number(label=_("New employer"))

    class Meta:
        model = Contact
        fields = ["title", "department", "level", "email", "phone"]

    def _post_clean(self) -> None:
        """The command checks the values; the instance stays as it is."""


class ReassignForm(forms.Form):
    """Which customers go to whom, and why."""

    share = forms.MultipleChoiceField(label=_("Customers"), required=False)
    receivers = forms.TypedMultipleChoiceField(
        label=_("To"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    other = Number(label=_("Or somebody else"), required=False)
    outside = forms.ChoiceField(
        label=_("Where the receiver is of another team"),
        required=False,
        choices=[
            ("", _("ask me")),
            ("grant", _("open the customers to them")),
            ("move", _("hand the customers to their team")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Both sides read it, and it stays in the history."),
    )

    def __init__(
        self, *args: Any, shares: list[str], receivers: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "share", [(share, share) for share in shares])
        offer(self, "receivers", receivers)


class PairFactsForm(forms.Form):
    """What two people meet for, and how often."""

    purpose = forms.CharField(label=_("Purpose"), max_length=200)
    cadence_days = forms.IntegerField(
        label=_("Days between meetings, at most"),
        min_value=PeerPair.FEWEST_DAYS,
        max_value=PeerPair.MOST_DAYS,
    )
    is_sponsor = forms.BooleanField(
        label=_("As sponsor"),
        required=False,
        help_text=_("Rests on the person's rank and stays when the customer is passed on."),
    )


class PairForm(PairFactsForm):
    """Who meets whom."""

    contact = forms.ChoiceField(label=_("Of them"))
    user = Number(label=_("Of us"))

    def __init__(self, *args: Any, contacts: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "contact", contacts)


class GiverForm(forms.Form):
    """Whose customers are looked at."""

    primary = Number(label=_("Served by"), required=False)


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Set what a field of this very form may be."""
    field: Any = form.fields[name]
    field.choices = choices
