"""Reads a pipeline definition from YAML; every mistake is told with its line, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Invalid
from crm.models import Customer
from pipeline.commands.pipelines import (
    CRITERION_PREFIX,
    LONGEST_KEY,
    ActionDraft,
    CriterionDraft,
    PipelineDraft,
    StageDraft,
)
from pipeline.criteria import kind_of, known_kinds
from pipeline.models import Stage, StandardAction
from pipeline.serializers.document import Writer

LANGUAGES = [code for code, _name in settings.LANGUAGES]
UNFIT = re.compile("[\x00\ud800-\udfff]")
"""Null characters, and halves of characters: no database keeps them."""

KEY = re.compile(r"[a-z][a-z0-9-]*\Z")
LONGEST_TEXT = 200
LONGEST_LINK = 200
MOST_BYTES = 1_000_000
MOST_DAYS = 1000


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 0


class Reader:
    """Walks the nodes of a YAML document and collects mistakes by line."""

    def __init__(self) -> None:
        self.mistakes: list[tuple[int, str]] = []

    def wrong(self, node: yaml.Node, sentence: str) -> None:
        """Note a mistake at a node; in line 0 where it was not read from a text."""
        self.mistakes.append((_line(node), sentence))

    def mapping(
        self, node: yaml.Node, where: str, known: set[str], needed: set[str]
    ) -> dict[str, yaml.Node]:
        """The nodes of a mapping by key; unknown, doubled and missing keys are mistakes."""
        found: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{where}: give a mapping")
            return found
        for key_node, value in node.value:
            key = str(key_node.value)
            if key in found:
                self.wrong(key_node, f"{where}: {key} is given twice")
            elif known and key not in known:
                self.wrong(key_node, f"{where}: unknown key {key!r}; known are {_list(known)}")
            else:
                found[key] = value
        for key in sorted(needed - set(found)):
            self.wrong(node, f"{where}: {key} is missing")
        return found

    def items(self, node: yaml.Node, where: str) -> Iterator[yaml.Node]:
        """The nodes of a list."""
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        else:
            self.wrong(node, f"{where}: give a list")

    def plain(self, node: yaml.Node) -> Any:
        """The Python value of a node."""
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_document(node)
        except yaml.YAMLError as error:
            self.wrong(node, getattr(error, "problem", None) or str(error))
            return None
        finally:
            loader.dispose()

    def key(self, node: yaml.Node, where: str) -> str:
        """A short lower-case word."""
        text = str(getattr(node, "value", ""))
        if not KEY.match(text) or len(text) > LONGEST_KEY:
            self.wrong(node, f"{where}: {text[:60]!r} is not a key (a-z, 0-9, -, at most 40)")
        return text

    def texts(self, node: yaml.Node, where: str) -> dict[str, str]:
        """One text per language; English must be there."""
        nodes = self.mapping(node, where, set(LANGUAGES), {"en"})
        found = {}
        for language, each in nodes.items():
            text = self.plain(each)
            if isinstance(text, str) and text.strip():
                found[language] = text.strip()
            else:
                self.wrong(each, f"{where}: {language}: give a text")
        return found

    def choice(self, node: yaml.Node | None, where: str, words: list[str], default: str) -> str:
        """One of a list of words."""
        if node is None:
            return default
        if node.value not in words:
            self.wrong(node, f"{where}: {str(node.value)[:60]!r} is none of {_list(words)}")
        return str(node.value)


def read_definition(text: str) -> PipelineDraft:
    """The definition, or Invalid whose details name every line that has to be mended."""
    if len(text.encode()) > MOST_BYTES:
        raise Invalid(_("A definition has at most 1 MB."), code="definition_invalid")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _invalid([(mark.line + 1 if mark else 1, _problem(error))]) from error
    if root is None:
        raise _invalid([(1, "the file is empty")])
    return _read(root)


def read_document(document: Any) -> PipelineDraft:
    """The same of plain values under the same words: what a page or the API has put together."""
    try:
        root = Writer("").represent_data(document)
    except yaml.YAMLError as error:
        raise _invalid([(0, "give texts, numbers, lists and mappings only")]) from error
    return _read(root)


def _read(root: yaml.Node) -> PipelineDraft:
    reader = Reader()
    for node in _unfit(root):
        reader.wrong(node, "null characters and halves of characters cannot be kept")
    draft = _pipeline(reader, root)
    if reader.mistakes:
        raise _invalid(sorted(reader.mistakes))
    return draft


def _unfit(root: yaml.Node) -> Iterator[yaml.Node]:
    """The words of a document, keys too, that cannot be kept."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            if UNFIT.search(node.value):
                yield node
        elif isinstance(node, yaml.MappingNode):
            waiting += [each for pair in node.value for each in pair]
        else:
            waiting += node.value


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or str(error).splitlines()[0]


def _invalid(mistakes: list[tuple[int, str]]) -> Invalid:
    return Invalid(
        _("The definition has mistakes."),
        code="definition_invalid",
        details={"lines": [{"line": line, "problem": sentence} for line, sentence in mistakes]},
    )


def _pipeline(reader: Reader, root: yaml.Node) -> PipelineDraft:
    nodes = reader.mapping(root, "pipeline", {"pipeline", "names", "stages"}, set())
    for name in ("pipeline", "names", "stages"):
        if name not in nodes:
            reader.wrong(root, f"{name} is missing")
    stages: list[StageDraft] = []
    lines: dict[str, int] = {}
    for node in reader.items(nodes["stages"], "stages") if "stages" in nodes else ():
        stage = _stage(reader, node)
        if stage.key in lines:
            where = f" in line {lines[stage.key]}" if lines[stage.key] else ""
            reader.wrong(node, f"stage {stage.key}: named already{where}")
        if stages and stages[-1].kind == Stage.Kind.AFTER_WIN and stage.kind == Stage.Kind.OPEN:
            reader.wrong(node, f"stage {stage.key}: an open stage cannot follow one after winning")
        lines.setdefault(stage.key, _line(node))
        stages.append(stage)
    if "stages" in nodes and not any(stage.kind == Stage.Kind.OPEN for stage in stages):
        reader.wrong(nodes["stages"], "stages: give at least one open stage")
    return PipelineDraft(
        key=reader.key(nodes["pipeline"], "pipeline") if "pipeline" in nodes else "",
        names=reader.texts(nodes["names"], "names") if "names" in nodes else {},
        stages=tuple(stages),
    )


STAGE_KEYS = {
    "key",
    "kind",
    "names",
    "buyer_state",
    "probability",
    "category",
    "limits",
    "criteria",
    "actions",
}


def _stage(reader: Reader, node: yaml.Node) -> StageDraft:
    nodes = reader.mapping(node, "stage", STAGE_KEYS, {"key", "names", "probability", "category"})
    key = reader.key(nodes["key"], "stage: key") if "key" in nodes else ""
    where = f"stage {key}"

    def read(name: str, how: Callable[..., Any], default: Any) -> Any:
        return how(reader, nodes[name], f"{where}: {name}") if name in nodes else default

    criteria: dict[str, CriterionDraft] = {}
    for each in (
        reader.items(nodes["criteria"], f"{where}: criteria") if "criteria" in nodes else ()
    ):
        criterion = _criterion(reader, each, where)
        if criterion.key in criteria:
            reader.wrong(each, f"{where}: criterion {criterion.key} is given twice")
        criteria[criterion.key] = criterion
    actions: dict[str, ActionDraft] = {}
    for each in reader.items(nodes["actions"], f"{where}: actions") if "actions" in nodes else ():
        action = _action(reader, each, where)
        if action.key in actions:
            reader.wrong(each, f"{where}: action {action.key} is given twice")
        elif action.mandatory and action.criterion.key in criteria:
            reader.wrong(each, f"{where}: a criterion is called {action.criterion.key} already")
        actions[action.key] = action
    return StageDraft(
        key=key,
        kind=reader.choice(nodes.get("kind"), f"{where}: kind", Stage.Kind.values, "open"),
        names=read("names", Reader.texts, {}),
        buyer_states=read("buyer_state", Reader.texts, {}),
        probability=read("probability", _probability, Decimal(0)),
        category=reader.choice(
            nodes.get("category"), f"{where}: category", Stage.Category.values, ""
        ),
        limits=read("limits", _limits, {}),
        criteria=tuple(criteria.values()),
        actions=tuple(actions.values()),
    )


def _probability(reader: Reader, node: yaml.Node, where: str) -> Decimal:
    try:
        number = Decimal(str(node.value)).quantize(Decimal("0.001"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not (number.is_finite() and 0 <= number <= 1):
        reader.wrong(node, f"{where}: give a number from 0 to 1")
    return number


def _limits(reader: Reader, node: yaml.Node, where: str) -> dict[str, int]:
    nodes = reader.mapping(node, where, set(Customer.Tier.values), set())
    limits = {}
    for tier, each in nodes.items():
        days = reader.plain(each)
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
            reader.wrong(each, f"{where}: {tier}: give working days from 1 to {MOST_DAYS}")
        else:
            limits[tier] = days
    return limits


def _criterion(reader: Reader, node: yaml.Node, where: str) -> CriterionDraft:
    known = {"key", "kind", "params", "texts", "mandatory"}
    nodes = reader.mapping(node, f"{where}: criterion", known, {"key", "kind", "texts"})
    key = reader.key(nodes["key"], f"{where}: criterion key") if "key" in nodes else ""
    where = f"{where}: criterion {key}"
    kind = reader.choice(nodes.get("kind"), f"{where}: kind", known_kinds(), "")
    params = reader.plain(nodes["params"]) if "params" in nodes else {}
    if not isinstance(params, dict):
        reader.wrong(nodes["params"], f"{where}: params: give a mapping")
    elif kind in known_kinds():
        for sentence in kind_of(kind).problems(params):
            reader.wrong(nodes.get("params", node), f"{where}: params: {sentence}")
    return CriterionDraft(
        key=key,
        kind=kind,
        params=params if isinstance(params, dict) else {},
        texts=reader.texts(nodes["texts"], f"{where}: texts") if "texts" in nodes else {},
        mandatory=_yes_or_no(reader, nodes, where),
    )


ACTION_KEYS = {"key", "texts", "guide", "link", "part", "due_days", "mandatory"}


def _action(reader: Reader, node: yaml.Node, where: str) -> ActionDraft:
    nodes = reader.mapping(node, f"{where}: action", ACTION_KEYS, {"key", "texts", "due_days"})
    key = reader.key(nodes["key"], f"{where}: action key") if "key" in nodes else ""
    if len(key) > LONGEST_KEY - len(CRITERION_PREFIX):
        reader.wrong(nodes["key"], f"{where}: action {key}: the key is too long")
    where = f"{where}: action {key}"
    days = reader.plain(nodes["due_days"]) if "due_days" in nodes else 0
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= MOST_DAYS:
        reader.wrong(nodes["due_days"], f"{where}: due_days: give working days, 0 to {MOST_DAYS}")
        days = 0
    texts = reader.texts(nodes["texts"], f"{where}: texts") if "texts" in nodes else {}
    if any(len(text) > LONGEST_TEXT for text in texts.values()):
        reader.wrong(nodes["texts"], f"{where}: texts: at most {LONGEST_TEXT} characters")
    return ActionDraft(
        key=key,
        texts=texts,
        due_days=days,
        part=reader.choice(
            nodes.get("part"), f"{where}: part", StandardAction.Part.values, "owner"
        ),
        mandatory=_yes_or_no(reader, nodes, where),
        guides=reader.texts(nodes["guide"], f"{where}: guide") if "guide" in nodes else {},
        link=_link(reader, nodes["link"], where) if "link" in nodes else "",
    )


def _yes_or_no(reader: Reader, nodes: dict[str, yaml.Node], where: str) -> bool:
    value = reader.plain(nodes["mandatory"]) if "mandatory" in nodes else True
    if not isinstance(value, bool):
        reader.wrong(nodes["mandatory"], f"{where}: mandatory: give true or false")
    return bool(value)


def _link(reader: Reader, node: yaml.Node, where: str) -> str:
    text = str(getattr(node, "value", ""))
    if not text.startswith("https://") or len(text) > LONGEST_LINK:
        reader.wrong(node, f"{where}: link: give an address that begins with https://")
    return text


def _list(words: Any) -> str:
    return ", ".join(sorted(map(str, words)))
