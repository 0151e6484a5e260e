"""The shape of what pages send about decisions at gates, and about the table of their paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Level, Role, User
from crm.forms import Day, Moment, Number, offer
from pipeline.forms import CURRENCIES
from pipeline.models import Gate, GateDecision, GateVote
from pipeline.models.approval import DECIDING_ROLES
from pipeline.models.gate import MOST_PAYMENT_DAYS
from pipeline.models.gate_pack import LONGEST_TEXT, topics_of

CONDITION_ROWS = 3


class PackForm(forms.Form):
    """A text for each topic of a gate."""

    def __init__(self, *args: Any, gate: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in topics_of(gate).items():
            self.fields[name] = forms.CharField(
                label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
            )
        self.topics = tuple(topics_of(gate))

    def pack(self) -> dict[str, str]:
        """The texts by topic."""
        return {name: self.cleaned_data[name] for name in self.topics}


class RequestForm(PackForm):
    """What the deciders read, and who of each department is asked."""

    def __init__(
        self,
        *args: Any,
        people: Mapping[str, Sequence[User]],
        departments: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment_days"] = forms.IntegerField(
            label=_("Days to pay"),
            required=False,
            min_value=0,
            max_value=MOST_PAYMENT_DAYS,
            help_text=_("The longest term of payment that is asked for."),
        )
        self.departments = tuple(departments)
        for name in self.departments:
            self.fields[f"of_{name}"] = forms.TypedChoiceField(
                label=Department(name).label,
                coerce=int,
                required=False,
                empty_value=None,
                choices=[("", "–"), *((user.pk, str(user)) for user in people[name])],
            )

    def people(self) -> list[int]:
        """The ids of who is asked."""
        found = [self.cleaned_data[f"of_{name}"] for name in self.departments]
        return [pk for pk in found if pk]


class InviteForm(forms.Form):
    """One more who is asked."""

    person = Number(label=_("Whom to ask"))


class ScheduleForm(forms.Form):
    """When it is decided."""

    scheduled_at = Moment(label=_("Decided on at"))


class VoteForm(forms.Form):
    """What one says for his department."""

    voice = forms.ChoiceField(
        label=_("Your vote"), choices=GateVote.Voice.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays as you say it; you speak once."),
    )


class DecideForm(forms.Form):
    """What was decided, on which conditions, until when."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (each.value, each.label)
            for each in (
                GateDecision.State.GO,
                GateDecision.State.CONDITIONAL,
                GateDecision.State.NO_GO,
                GateDecision.State.DEFERRED,
            )
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for a no-go and a deferral."),
    )
    until = Day(label=_("Deferred until"), required=False)

    def __init__(self, *args: Any, owners: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, CONDITION_ROWS + 1):
            self.fields[f"text_{n}"] = forms.CharField(
                label=_("Condition"), required=False, max_length=300
            )
            self.fields[f"owner_{n}"] = forms.TypedChoiceField(
                label=_("Done by whom"), coerce=int, required=False, empty_value=None, choices=[]
            )
            self.fields[f"due_{n}"] = Day(label=_("Due"), required=False)
            offer(self, f"owner_{n}", [("", "–"), *owners])

    def clean(self) -> dict[str, Any]:
        """A condition is whole or not there."""
        data: dict[str, Any] = super().clean() or {}
        for n in range(1, CONDITION_ROWS + 1):
            names = [f"text_{n}", f"owner_{n}", f"due_{n}"]
            given = [name for name in names if data.get(name)]
            for name in names:
                if given and name not in given and name not in self.errors:
                    self.add_error(name, _("Every condition says what, who, and until when."))
        return data

    def conditions(self) -> list[tuple[str, int, date]]:
        """What, who and until when of each."""
        data = self.cleaned_data
        return [
            (data[f"text_{n}"], data[f"owner_{n}"], data[f"due_{n}"])
            for n in range(1, CONDITION_ROWS + 1)
            if data.get(f"text_{n}")
        ]

    @property
    def condition_rows(self) -> list[list[Any]]:
        """The fields of each condition, for the page."""
        return [
            [self[f"text_{n}"], self[f"owner_{n}"], self[f"due_{n}"]]
            for n in range(1, CONDITION_ROWS + 1)
        ]


class WithdrawForm(forms.Form):
    """Why nobody wants it decided any more."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class FulfilForm(forms.Form):
    """What shows that a condition is done."""

    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A document, a mail, minutes: where somebody else finds it."),
    )


class RuleForm(forms.Form):
    """A line of the table; what is left empty is not looked at."""

    gate = forms.ChoiceField(label=_("Gate"), choices=Gate.choices)
    min_amount = forms.DecimalField(
        label=_("Amount from"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[(code, code) for code in CURRENCIES],
        initial="CNY",
        help_text=_("Amounts in another currency are not compared: write a line for each."),
    )
    min_discount_percent = forms.DecimalField(
        label=_("Discount from, in %"),
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    min_payment_days = forms.IntegerField(
        label=_("Days to pay from"), required=False, min_value=0, max_value=MOST_PAYMENT_DAYS
    )
    departments = forms.MultipleChoiceField(
        label=_("Departments beside the usual"),
        required=False,
        choices=Department.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    min_level = forms.TypedChoiceField(
        label=_("Somebody of rank at least"),
        coerce=int,
        choices=Level.choices,
        initial=Level.STAFF,
    )
    min_role = forms.ChoiceField(
        label=_("Who is"),
        required=False,
        choices=[
            ("", _("of any role")),
            *((role.value, Role(role).label) for role in DECIDING_ROLES),
        ],
    )
