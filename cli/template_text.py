"""Read the text of a template: JSON, or YAML with CloudFormation's short forms. Errors name the line.

Of several entries with the same key, the parsers would silently keep the last one, and a resource or a property would
be lost: such a text is rejected. YAML's aliases and merge keys are resolved within limits: a few lines of them can
expand to billions of values. They are counted while the text is read, before any of them is resolved.
"""

import json
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from cfn_tools.yaml_loader import TAG_MAP, CfnYamlLoader  # type: ignore[import-untyped]

from resilient_website.cloudformation.input_limits import MAX_VALUES
from resilient_website.facts.cloudformation_quotas import MAX_TEMPLATE_BYTES

Place = tuple[int, int]

# With aliases resolved. The macro takes no template with more values; each of them has at most one key beside it.
MAX_NODES = 2 * MAX_VALUES

# Of keys and values, aliases resolved. A template that CloudFormation takes has no more bytes, so no more of these.
MAX_CHARACTERS = MAX_TEMPLATE_BYTES

MERGE = "tag:yaml.org,2002:merge"
TEXT = "tag:yaml.org,2002:str"
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
TIMESTAMP = "tag:yaml.org,2002:timestamp"
GET_ATT = "!GetAtt"

# What begins like this was meant to be JSON. Other text in braces is YAML.
JSON = re.compile(r'\s*\{\s*["}]')


class TemplateTextError(ValueError):
    """A text that is neither JSON nor YAML, or that has a key twice; says in which line."""

    def __init__(self, problem: str, place: Place) -> None:
        super().__init__(f"line {place[0]}, column {place[1]}: {problem}")
        self.problem = problem
        self.place = place


@dataclass(frozen=True)
class Parsed:
    """What a text holds, and the line of its first alias or merge key, which CloudFormation does not take."""

    value: Any
    alias_line: int | None = None


def parse(text: str) -> Parsed:
    """Return what a text holds, short forms (`!Ref`) in their long form, aliases and merge keys resolved.

    The same object can be in the result several times. Raises TemplateTextError, also if there is too much of it once
    aliases are resolved.
    """
    if not text.lstrip().startswith("{"):
        return _yaml(text)
    try:
        return Parsed(json.loads(text, object_pairs_hook=_without_repetition))
    except _RepeatedKeyError:
        # JSON is YAML, but for tabs between its words; and YAML's parser knows where it is.
        return _yaml(text.replace("\t", " "))
    except json.JSONDecodeError as error:
        message = TemplateTextError(error.msg, (error.lineno, error.colno))
    try:
        return _yaml(text)
    except TemplateTextError as error:
        raise (message if JSON.match(text) else error) from None


class _RepeatedKeyError(Exception):
    """A map of a JSON text has a key twice."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKeyError
    return found


def _yaml(text: str) -> Parsed:
    """Return a parsed YAML text. Raises TemplateTextError with the place of the error."""
    try:
        loader = _Loader(text)
        return Parsed(loader.get_single_data(), loader.alias_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = ", ".join(part for part in (error.context, error.problem) if part)
        raise TemplateTextError(message, place) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise TemplateTextError(f"the character {error.character!r}, which YAML does not allow", place) from error
    except ValueError as error:
        # What is marked as a number by `!!int` and is none has no mark.
        raise TemplateTextError(f"somewhere from here on, {error}", (1, 1)) from error


class _Loader(CfnYamlLoader):  # type: ignore[misc]  # cfn_flip has no types
    """Reads YAML as cfn_flip does, and refuses aliases that expand to too much, and repeated keys."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.alias_line: int | None = None
        self._nodes = 0
        self._characters = 0
        # Of the nodes with anchors that are read to their end, aliases resolved.
        self._sizes: dict[str, tuple[int, int]] = {}
        self._flat: set[yaml.MappingNode] = set()

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Return a node's tag, which makes a text of a date: CloudFormation and both command lines read it as one.

        `22:30` is a text too, and no number to base 60 as in YAML 1.1, which takes long to read.
        """
        tag = str(super().resolve(kind, value, implicit))
        return TEXT if tag == TIMESTAMP or (tag in NUMBERS and ":" in value) else tag

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Return the next node, counted. Raises MarkedYAMLError for an alias of too much, or of what it is in."""
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            self._count_alias(event)
            found: yaml.Node | None = super().compose_node(parent, index)
            return found
        nodes, characters = self._nodes, self._characters
        self._nodes += 1
        self._characters += len(event.value) if isinstance(event, yaml.ScalarEvent) else 0
        node: yaml.Node | None = super().compose_node(parent, index)
        if event.anchor is not None:
            self._sizes[event.anchor] = self._nodes - nodes, self._characters - characters
        return node

    def _count_alias(self, event: yaml.AliasEvent) -> None:
        """Count what an alias adds. Raises MarkedYAMLError if that is too much, or contains the alias."""
        if event.anchor not in self.anchors:
            return  # The composer reports it.
        if event.anchor not in self._sizes:
            message = f"the alias *{event.anchor} refers to a value that contains it"
            raise _refused(message, event)
        self._note_line(event)
        nodes, characters = self._sizes[event.anchor]
        self._nodes += nodes
        self._characters += characters
        if self._nodes > MAX_NODES or self._characters > MAX_CHARACTERS:
            message = (
                f"with the alias *{event.anchor} resolved, the template has more than {MAX_NODES} keys and values, "
                f"or more than {MAX_CHARACTERS} characters in them"
            )
            raise _refused(message, event)

    def _note_line(self, at: Any) -> None:
        line = at.start_mark.line + 1
        self.alias_line = min(line, self.alias_line or line)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put the entries of merge keys into a map, once. Raises MarkedYAMLError for what would be lost by it."""
        if node in self._flat:
            return
        self._flat.add(node)
        _refuse_repetition(self, node)
        for key, value in node.value:
            if key.tag == MERGE:
                self._note_line(key)
                for merged in _merged(value):
                    if merged.tag.startswith("!"):
                        message = f"{merged.tag} can't be merged: only CloudFormation knows what it gives"
                        raise _refused(message, merged)
        super().flatten_mapping(node)


def _refused(message: str, at: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(None, None, message, at.start_mark)


class _MergeKey:
    def __repr__(self) -> str:
        return "the merge key <<"


_MERGE_KEY = _MergeKey()


def _merged(value: yaml.Node) -> Iterator[yaml.Node]:
    yield value
    if isinstance(value, yaml.SequenceNode):
        yield from value.value


def _refuse_repetition(loader: _Loader, node: yaml.MappingNode) -> None:
    first: dict[Any, yaml.Node] = {}
    for key_node, _ in node.value:
        # "<<" in quotes is a key like any other.
        key = _MERGE_KEY if key_node.tag == MERGE else loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise _refused("a map or a list as a key", key_node)
        if key in first:
            message = f"{key!r} is already in line {first[key].start_mark.line + 1}"
            raise _refused(message, key_node)
        first[key] = key_node


def _map(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    return dict(loader.construct_mapping(node, deep=True))


def _get_att(loader: _Loader, node: yaml.Node) -> dict[str, Any]:
    """Return !GetAtt in its long form: a list, whose parts may be functions where a loop computes them."""
    if isinstance(node, yaml.ScalarNode):
        return {"Fn::GetAtt": node.value.split(".", 1)}
    if isinstance(node, yaml.SequenceNode):
        return {"Fn::GetAtt": loader.construct_sequence(node, deep=True)}
    raise _refused(f"{GET_ATT} of a map", node)


_Loader.add_constructor(TAG_MAP, _map)
_Loader.add_constructor(GET_ATT, _get_att)
_Loader.add_constructor(TIMESTAMP, yaml.SafeLoader.construct_yaml_str)
