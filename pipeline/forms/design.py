"""The shape of what people fill in about a process; what it means is checked as the YAML is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy, slugify
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from crm.models import Customer
from pipeline.commands.pipelines import LONGEST_KEY
from pipeline.forms.params import WHOLE, Plain, asked
from pipeline.models import Stage, StandardAction

PARAM = "param_"
MOST_CHARACTERS = 200


class DesignForm(forms.Form):
    """Part of a definition: `initial_of` reads it out of the document, `said` writes it down."""

    def __init__(self, *args: Any, part: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if part is not None:
            kwargs["initial"] = self.initial_of(part)
        super().__init__(*args, **kwargs)
        if part is not None:
            self.fields.pop("key", None)

    def initial_of(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the fields."""
        raise NotImplementedError

    def said(self) -> dict[str, Any]:
        """The part under the words of the YAML."""
        raise NotImplementedError

    def explain(self, error: Invalid) -> None:
        """Say what the reader found wrong."""
        lines = error.details.get("lines", [])
        self.add_error(None, [line["problem"] for line in lines] or [str(error)])

    def key_from(self, texts: Mapping[str, str]) -> str:
        """The key that was given, else one made of the English words."""
        words = slugify(texts.get("en", ""))[:LONGEST_KEY].strip("-")
        return self.cleaned_data.get("key") or words


def key_field() -> forms.Field:
    """What a part is called for machines; made of the English name when left empty."""
    return forms.RegexField(
        r"^[a-z][a-z0-9-]*$",
        label=_("Key in the definition"),
        max_length=LONGEST_KEY,
        required=False,
        help_text=_("a-z, 0-9 and -. Left empty: made of the English name. It stays."),
    )


def text_fields(
    name: str, label: Any, *, required: bool = True, rows: int = 0, most: int | None = None
) -> dict[str, forms.Field]:
    """One field per language; English is needed where any is."""
    return {
        f"{name}_{code}": forms.CharField(
            label=format_lazy("{label} · {language}", label=label, language=language),
            required=required and code == "en",
            max_length=most,
            widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        )
        for code, language in settings.LANGUAGES
    }


def texts_of(data: Mapping[str, Any], name: str) -> dict[str, str]:
    """The texts by language, without those left empty."""
    found = {code: data.get(f"{name}_{code}", "") for code, _language in settings.LANGUAGES}
    return {code: text for code, text in found.items() if text}


def spread(name: str, texts: Mapping[str, str] | None) -> dict[str, str]:
    """Texts by language as the values of their fields."""
    return {f"{name}_{code}": text for code, text in (texts or {}).items()}


class NamesForm(DesignForm):
    """What a pipeline is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= text_fields("names", _("Name"))

    def initial_of(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """Its names."""
        return spread("names", part["names"])

    def said(self) -> dict[str, Any]:
        """Its names."""
        return {"names": texts_of(self.cleaned_data, "names")}


class NewPipelineForm(NamesForm):
    """A new pipeline, with the stage it begins with."""

    key = key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= text_fields("first", _("First stage"))
        self.order_fields([*[name for name in self.fields if name != "key"], "key"])

    def said(self) -> dict[str, Any]:
        """A definition of one stage."""
        names = texts_of(self.cleaned_data, "names")
        first = texts_of(self.cleaned_data, "first")
        stage = {"names": first, "probability": 0.1, "category": str(Stage.Category.PIPELINE)}
        key = slugify(first["en"])[:LONGEST_KEY].strip("-")
        return {
            "pipeline": self.key_from(names),
            "names": names,
            "stages": [{"key": key, **stage}],
        }


class StageForm(DesignForm):
    """A stage, without its criteria and actions."""

    probability = forms.DecimalField(
        label=_("Probability, %"), min_value=0, max_value=100, max_digits=4, decimal_places=1
    )
    category = forms.ChoiceField(label=_("Forecast category"), choices=Stage.Category.choices)
    kind = forms.ChoiceField(label=_("Takes place"), choices=Stage.Kind.choices)
    key = key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rest, self.fields = self.fields, {}
        self.fields |= text_fields("names", _("Name"))
        self.fields |= text_fields("buyer", _("Buyer state"), required=False, rows=2)
        self.fields |= rest
        for tier in Customer.Tier.values:
            self.fields[f"limit_{tier}"] = forms.IntegerField(
                label=format_lazy(_("Limit, tier {tier}"), tier=tier),
                min_value=1,
                max_value=1000,
                required=False,
                help_text=_("Working days; left empty: no limit."),
            )

    def initial_of(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """The stage as it stands."""
        limits = {f"limit_{tier}": days for tier, days in part.get("limits", {}).items()}
        return {
            "probability": round(part["probability"] * 100, 1),
            "category": part["category"],
            "kind": part.get("kind", Stage.Kind.OPEN),
            **spread("names", part["names"]),
            **spread("buyer", part.get("buyer_state")),
            **limits,
        }

    def said(self) -> dict[str, Any]:
        """The stage."""
        data = self.cleaned_data
        names = texts_of(data, "names")
        limits = {tier: data[f"limit_{tier}"] for tier in Customer.Tier.values}
        buyer = texts_of(data, "buyer")
        return {
            "key": self.key_from(names),
            "kind": data["kind"],
            "names": names,
            "probability": float(data["probability"] / 100),
            "category": data["category"],
            "limits": {tier: days for tier, days in limits.items() if days is not None},
            **({"buyer_state": buyer} if buyer else {}),
        }


class CriterionForm(DesignForm):
    """A criterion of one kind, with the parameters that kind asks for."""

    mandatory = forms.BooleanField(
        label=_("The stage is not left without it"), required=False, initial=True
    )
    key = key_field()

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)
        rest, self.fields = self.fields, {}
        self.fields |= text_fields("texts", _("What has to hold"))
        self.fields |= {f"{PARAM}{name}": one.field() for name, one in asked(kind).items()}
        self.fields |= rest

    def initial_of(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """The criterion as it stands."""
        params = part.get("params", {})
        if WHOLE in asked(self.kind):
            params = {WHOLE: dict(params)}
        written = {
            f"{PARAM}{name}": one.said(params[name]) if isinstance(one, Plain) else params[name]
            for name, one in asked(self.kind).items()
            if name in params
        }
        texts = spread("texts", part["texts"])
        return {"mandatory": part.get("mandatory", True), **texts, **written}

    def said(self) -> dict[str, Any]:
        """The criterion."""
        data = self.cleaned_data
        texts = texts_of(data, "texts")
        values = {name: one.value(data[f"{PARAM}{name}"]) for name, one in asked(self.kind).items()}
        params = {name: value for name, value in values.items() if value is not None}
        return {
            "key": self.key_from(texts),
            "kind": self.kind,
            "params": params.get(WHOLE, {}) if WHOLE in asked(self.kind) else params,
            "texts": texts,
            "mandatory": data["mandatory"],
        }


class ActionForm(DesignForm):
    """A standard action."""

    part = forms.ChoiceField(label=_("Who does it"), choices=StandardAction.Part.choices)
    due_days = forms.IntegerField(
        label=_("Due"),
        min_value=0,
        max_value=1000,
        help_text=_("Working days from the day the stage is entered."),
    )
    mandatory = forms.BooleanField(
        label=_("The stage is not left without it"), required=False, initial=True
    )
    link = forms.URLField(
        label=_("Tool or template"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("An address that begins with https://"),
    )
    key = key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rest, self.fields = self.fields, {}
        self.fields |= text_fields("texts", _("What is done"), most=MOST_CHARACTERS)
        self.fields |= rest
        self.fields |= text_fields("guide", _("How it is done"), required=False, rows=2)

    def initial_of(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """The action as it stands."""
        return {
            "part": part.get("part", StandardAction.Part.OWNER),
            "due_days": part["due_days"],
            "mandatory": part.get("mandatory", True),
            "link": part.get("link", ""),
            **spread("texts", part["texts"]),
            **spread("guide", part.get("guide")),
        }

    def said(self) -> dict[str, Any]:
        """The action."""
        data = self.cleaned_data
        texts, guide = texts_of(data, "texts"), texts_of(data, "guide")
        given = {"guide": guide, "link": data["link"]}
        return {
            "key": self.key_from(texts)[: LONGEST_KEY - len("do-")].strip("-"),
            "texts": texts,
            "part": data["part"],
            "due_days": data["due_days"],
            "mandatory": data["mandatory"],
            **{name: value for name, value in given.items() if value},
        }


class DefinitionForm(forms.Form):
    """A whole definition, as a file or as text; what was wrong stays in the text."""

    file = forms.FileField(
        label=_("YAML file"), required=False, max_length=200, allow_empty_file=True
    )
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
    )
