"""The shape of what pages send about opportunities; what it means is for the commands."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Invalid
from crm.access import visible_customers
from pipeline.models import Opportunity
from pipeline.queries.products import products_for

CURRENCIES = ("CNY", "TWD", "HKD", "USD", "EUR", "GBP", "JPY", "SGD")
FACTS = (
    "amount",
    "expected_close_date",
    "product",
    "name",
    "problem",
    "impact",
    "budget_source",
    "decision_date",
    "decision_procedure",
    "success_metric",
    "decision_criteria",
    "differentiator",
    "offer_date",
    "signature_plan",
    "selection_statement",
    "signed_date",
    "acceptance_date",
    "paid_date",
)
"""What can be edited in place, in the order of the process."""

LONG = (
    "problem",
    "impact",
    "decision_procedure",
    "decision_criteria",
    "differentiator",
    "signature_plan",
    "selection_statement",
)
"""Those that are told rather than named."""


def _widgets() -> dict[str, forms.Widget]:
    made: dict[str, forms.Widget] = {name: forms.Textarea(attrs={"rows": 3}) for name in LONG}
    for name in FACTS:
        if name.endswith("_date"):
            made[name] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    made["amount"] = forms.NumberInput(attrs={"inputmode": "decimal", "min": "0", "step": "any"})
    return made


def refuse(form: forms.BaseForm, error: Invalid) -> None:
    """Put a command's refusal where it belongs on the form."""
    placed = False
    for name, sentences in error.details.items():
        if name in form.fields and isinstance(sentences, list | tuple):
            form.add_error(name, [str(one) for one in sentences])
            placed = True
    if not placed:
        form.add_error("until" if "until" in form.fields else None, str(error))


class CurrencyField(forms.ChoiceField):
    """One of the usual currencies, or the one the opportunity has."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Currency"))
        super().__init__(choices=[(code, code) for code in CURRENCIES], **kwargs)

    def keep(self, code: str) -> None:
        """Offer a currency that is not among the usual ones."""
        if code and code not in CURRENCIES:
            self.choices = [(code, code), *cast(Any, self.choices)]


class FactsForm(forms.ModelForm):
    """Some facts of an opportunity: those named when it is made."""

    class Meta:
        model = Opportunity
        fields = (*FACTS, "currency")
        widgets = _widgets()

    def __init__(self, *args: Any, only: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep = {*only, "currency"} if "amount" in only else set(only)
        for name in [name for name in self.fields if name not in keep]:
            del self.fields[name]
        if "product" in self.fields:
            product = cast(forms.ModelChoiceField, self.fields["product"])
            product.queryset = products_for(self.instance)
        if "currency" in self.fields:
            self.fields["currency"] = currency = CurrencyField(required=False)
            currency.keep(self.instance.currency)

    def changes(self) -> dict[str, Any]:
        """The named facts as the command takes them."""
        found = {name: self.cleaned_data[name] for name in self.fields}
        if "currency" in found and not found["currency"]:
            del found["currency"]
        return found

    def _post_clean(self) -> None:
        """The instance belongs to the command: a form never writes to it."""


class NewForm(forms.Form):
    """A new opportunity: the customer and a name, the rest when it is known."""

    customer: Any = forms.ModelChoiceField(label=_("Customer"), queryset=None)
    name = forms.CharField(label=_("What it is about"), max_length=200)
    amount = forms.DecimalField(
        label=_("Amount"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    currency = CurrencyField(required=False)
    expected_close_date = forms.DateField(
        label=_("Expected close"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    problem = forms.CharField(
        label=_("Problem in the customer's words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customer = cast(forms.ModelChoiceField, self.fields["customer"])
        customer.queryset = visible_customers(user)
        customer.error_messages["invalid_choice"] = _(
            "This customer does not exist, or is not yours to see."
        )

    def values(self) -> dict[str, Any]:
        """What is filled in, without the customer."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "customer" and value not in (None, "")
        }


class MoveForm(forms.Form):
    """What every move carries: which state of things the person looked at."""

    seq = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AdvanceForm(MoveForm):
    """Onward to the next stage."""

    reason = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the colleagues should know about this step."),
    )


class SendBackForm(MoveForm):
    """Back by one stage, for a reason."""

    reason = forms.CharField(
        label=_("Why it goes back"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class HoldForm(MoveForm):
    """Waiting for the customer until a day."""

    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("What the customer is waiting for"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ResumeForm(MoveForm):
    """On with it."""


class WinForm(AdvanceForm):
    """The contract is in force."""


class LoseForm(MoveForm):
    """Closed without a win: how it ended, and why."""

    OUTCOMES = [
        ("lost", _("Lost: another offer, or their own solution, was preferred")),
        ("no_decision", _("No decision: the customer decided nothing")),
        ("withdrawn", _("Withdrawn: we left")),
    ]
    outcome = forms.ChoiceField(
        label=_("How it ended"), choices=OUTCOMES, widget=forms.RadioSelect, initial="lost"
    )
    reason = forms.CharField(
        label=_("Why, in a sentence others can learn from"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReopenForm(MoveForm):
    """It lives again, for a reason."""

    reason = forms.CharField(
        label=_("What has changed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class StepForm(forms.Form):
    """A next step: what, and by when."""

    text = forms.CharField(label=_("What"), max_length=200)
    due_date = forms.DateField(
        label=_("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
