"""What a form asks about the parameters of each kind of criterion, and how they read in a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Level
from accounts.models import Role as UserRole
from crm.models import Activity, Assignment, Commitment, Role
from pipeline.criteria.field_compared import DATES, NUMBERS
from pipeline.criteria.field_filled import FIELDS
from pipeline.models import Opportunity
from pipeline.models.gate import Gate

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Many:
    """A list of known words."""

    label: Any
    choices: Any
    required: bool = True

    def field(self) -> forms.Field:
        """Boxes to tick."""
        return forms.MultipleChoiceField(
            label=self.label,
            choices=self.choices,
            required=self.required,
            widget=forms.CheckboxSelectMultiple,
        )

    def value(self, given: Any) -> Any:
        """The list, nothing when none is ticked."""
        return list(given) or None

    def said(self, value: Any) -> str:
        """The words, in the reader's language."""
        names = dict(_choices(self.choices))
        return gettext(", ").join(str(names.get(each, each)) for each in value)


@dataclass(frozen=True)
class One:
    """One of known words."""

    label: Any
    choices: Any
    required: bool = True

    def field(self) -> forms.Field:
        """A list to choose from."""
        empty = [] if self.required else [("", "–")]
        return forms.ChoiceField(
            label=self.label, choices=[*empty, *_choices(self.choices)], required=self.required
        )

    def value(self, given: Any) -> Any:
        """The word; a number where the words are numbers."""
        numbers = {str(value): value for value, _label in _choices(self.choices)}
        return numbers[given] if given else None

    def said(self, value: Any) -> str:
        """Its name."""
        return str(dict(_choices(self.choices)).get(value, value))


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    label: Any
    low: int
    high: int
    required: bool = True

    def field(self) -> forms.Field:
        """A number."""
        return forms.IntegerField(
            label=self.label, min_value=self.low, max_value=self.high, required=self.required
        )

    def value(self, given: Any) -> Any:
        """As it is."""
        return given

    def said(self, value: Any) -> str:
        """With its name."""
        return f"{self.label} {value}"


@dataclass(frozen=True)
class Number(Whole):
    """A number with decimals."""

    def field(self) -> forms.Field:
        """A number."""
        return forms.FloatField(
            label=self.label,
            min_value=self.low,
            max_value=self.high,
            required=self.required,
            widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
        )


@dataclass(frozen=True)
class Flag:
    """Yes, or nothing."""

    label: Any

    def field(self) -> forms.Field:
        """A box."""
        return forms.BooleanField(label=self.label, required=False)

    def value(self, given: Any) -> Any:
        """Only a yes is written down."""
        return given or None

    def said(self, value: Any) -> str:
        """Its name where it holds."""
        return str(self.label) if value else ""


@dataclass(frozen=True)
class Plain:
    """Whatever the kind asks for, on one line of YAML."""

    label: Any

    def field(self) -> forms.Field:
        """A line of text."""
        return forms.CharField(
            label=self.label, required=False, help_text=_("As in the YAML: {P: 3, Ch: 2}")
        )

    def value(self, given: Any) -> Any:
        """What the line says; as text where it says nothing, for the reader to refuse."""
        try:
            return yaml.safe_load(given) if given else None
        except yaml.YAMLError:
            return given

    def said(self, value: Any) -> str:
        """The line."""
        return flow(value)


@dataclass(frozen=True)
class Text:
    """A word, a day or a number, as it is written."""

    label: Any
    required: bool = True

    def field(self) -> forms.Field:
        """A line of text."""
        return forms.CharField(label=self.label, required=self.required, max_length=40)

    def value(self, given: Any) -> Any:
        """A number where it reads as one."""
        for read in (int, float):
            try:
                return read(given)
            except ValueError:
                continue
        return given or None

    def said(self, value: Any) -> str:
        """With its name."""
        return f"{self.label} {value}"


def flow(value: Any) -> str:
    """A value on one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False)
    return text.removesuffix("...\n").strip().replace("\n", " ")


def _choices(choices: Any) -> list[tuple[Any, Any]]:
    if callable(choices) and not hasattr(choices, "choices"):
        choices = choices()
    return list(getattr(choices, "choices", choices))


def _field_names() -> list[tuple[str, Any]]:
    labels = {each.name: each.verbose_name for each in Opportunity._meta.concrete_fields}
    return [(name, labels[name]) for name in FIELDS]


def _compared_names() -> list[tuple[str, Any]]:
    known = (*NUMBERS, *DATES)
    return [(name, label) for name, label in _field_names() if name in known]


def _people() -> list[tuple[str, Any]]:
    machines = (UserRole.SYSTEM, UserRole.INTEGRATION)
    return [(role, label) for role, label in UserRole.choices if role not in machines]


ROLES = Many(_("Roles"), Role.choices)
ANY_OF = Flag(_("One of them is enough"))
SHARE = Number(_("At least (0 to 1)"), 0, 1)
LEAST = Whole(_("At least"), 1, 20, required=False)
DIRECTION = One(_("Promised by"), Commitment.Direction.choices, required=False)
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "field_filled": (_("Fields are filled"), {"fields": Many(_("Fields"), _field_names)}),
    "activity_held": (
        _("Activities were held"),
        {
            "kinds": Many(_("Kinds"), Activity.Kind.choices),
            "min": LEAST,
            "with_contact": Flag(_("With somebody of the customer who answered")),
        },
    ),
    "action_done": (
        _("A standard action is done"),
        {"action": Plain(_("Key of the standard action"))},
    ),
    "role_named": (_("Roles are named"), {"roles": ROLES, "any_of": ANY_OF}),
    "covered_to_level": (
        _("Roles stand close to us"),
        {"roles": ROLES, "level": Whole(_("Relationship level, from"), 1, 4)},
    ),
    "met_by": (
        _("One of us has met the roles"),
        {
            "roles": ROLES,
            "any_of": ANY_OF,
            "days": Whole(_("Within (days)"), 1, 1000),
            "our_level": One(_("Our level, from"), Level.choices, required=False),
            "parts": Many(_("Or with the part"), Assignment.Part.choices, required=False),
        },
    ),
    "attitude_at_least": (
        _("Roles stand well to us"),
        {"roles": ROLES, "any_of": ANY_OF, "value": Whole(_("Attitude, from"), -2, 2)},
    ),
    "no_veto_against": (_("Nobody with formal power is against us"), {}),
    "coverage_at_least": (_("Weighted coverage of the chain"), {"share": SHARE}),
    "role_coverage_at_least": (_("Coverage of the roles that decide"), {"share": SHARE}),
    "support_at_least": (
        _("Weighted support"),
        {"value": Number(_("At least (-1 to 1)"), -1, 1)},
    ),
    "contacts_at_least": (
        _("People of the chain are known"),
        {
            "count": Whole(_("At least"), 1, 100),
            "level": Whole(_("Relationship level, from"), 0, 4, required=False),
        },
    ),
    "commitment_made": (
        _("Promises were given"),
        {"direction": DIRECTION, "min": LEAST},
    ),
    "commitment_kept": (
        _("Promises were kept"),
        {
            "direction": DIRECTION,
            "min": Whole(_("At least"), 0, 20, required=False),
            "none_owing": Flag(_("None is broken or past its day")),
        },
    ),
    "meddpicc_at_least": (
        _("MEDDPICC score"),
        {
            "total": Whole(_("Sum, from"), 1, 24, required=False),
            "letters": Plain(_("Letters with the least score of each")),
        },
    ),
    "pains_confirmed": (_("Pains are confirmed"), {"min": LEAST}),
    "differentiator_confirmed": (_("Differentiators are confirmed"), {"min": LEAST}),
    "field_compared": (
        _("A field is compared"),
        {
            "field": One(_("Field"), _compared_names),
            "op": One(
                _("Comparison"), [("lt", "<"), ("le", "≤"), ("eq", "="), ("ge", "≥"), ("gt", ">")]
            ),
            "value": Text(_("With the value"), required=False),
            "days": Whole(_("Or with today and so many days"), -3650, 3650, required=False),
            "currency": Text(_("Currency of the amount"), required=False),
        },
    ),
    "confirmed": (
        _("Somebody confirms it with evidence"),
        {
            "key": Text(_("Key of the confirmation")),
            "roles": Many(_("Who may confirm"), _people, required=False),
        },
    ),
    "gate_decision": (_("A gate is decided"), {"gate": One(_("Gate"), Gate.choices)}),
}
"""Name and parameters of a kind; one that is not here is asked for on a line of YAML."""

WHOLE = "params"


def name_of(kind: str) -> str:
    """What people call a kind."""
    return str(KINDS[kind][0]) if kind in KINDS else kind


def asked(kind: str) -> dict[str, Any]:
    """What to ask for a kind, by parameter; all at once for one that is not known here."""
    return KINDS[kind][1] if kind in KINDS else {WHOLE: Plain(_("Parameters"))}


def said(kind: str, params: Params) -> str:
    """The parameters in a line, in the reader's language."""
    if kind not in KINDS:
        return flow(dict(params)) if params else ""
    known = KINDS[kind][1]
    parts = [known[name].said(value) for name, value in params.items() if name in known]
    return " · ".join(part for part in parts if part)
