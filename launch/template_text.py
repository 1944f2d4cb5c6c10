"""Reads the text of a template: JSON, or YAML with CloudFormation's short forms. What is wrong is told by its line.

The parsers would take the last of several entries under one key, and a resource, or a property, would be gone without a
word: it is refused instead. So are anchors, aliases and merge keys, which CloudFormation does not take, before any of
them is expanded: a few lines of them can stand for billions of values.
"""

import json
import re
from collections.abc import Hashable
from typing import Any

import yaml
from cfn_tools.yaml_loader import TAG_MAP, CfnYamlLoader  # type: ignore[import-untyped]

Place = tuple[int, int]

# Source: "CloudFormation template format" in the AWS CloudFormation User Guide: of YAML 1.1, aliases and hash merges
# are not supported.
WRITTEN_OUT = "which CloudFormation does not take; write the values out, as `aws cloudformation package` does"
MERGE = "tag:yaml.org,2002:merge"

# What begins like this was meant to be JSON. Other text in braces is YAML.
JSON = re.compile(r'\s*\{\s*["}]')


class TemplateTextError(ValueError):
    """A text that is neither JSON nor YAML, or that has a key twice; says in which line."""

    def __init__(self, problem: str, place: Place) -> None:
        super().__init__(f"line {place[0]}, column {place[1]}: {problem}")


def parse(text: str) -> Any:
    """Return what a text holds, short forms (`!Ref`) in their long form. Raises TemplateTextError."""
    if not text.lstrip().startswith("{"):
        return _yaml(text)
    try:
        return json.loads(text, object_pairs_hook=_without_repetition)
    except _RepeatedKeyError:
        # JSON is YAML, but for tabs between its words; and YAML's parser knows where it is.
        return _yaml(text.replace("\t", " "))
    except json.JSONDecodeError as error:
        told = TemplateTextError(error.msg, (error.lineno, error.colno))
    try:
        return _yaml(text)
    except TemplateTextError as error:
        raise (told if JSON.match(text) else error) from None


class _RepeatedKeyError(Exception):
    """A map of a JSON text has a key twice."""


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKeyError
    return found


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        told = ", ".join(part for part in (error.context, error.problem) if part)
        raise TemplateTextError(told, place) from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise TemplateTextError(f"the character {error.character!r}, which YAML does not allow", place) from error
    except ValueError as error:
        # A date that there is not, as 2026-02-30, has no mark.
        raise TemplateTextError(f"somewhere from here on, {error}", (1, 1)) from error
    except AttributeError as error:
        raise TemplateTextError("somewhere from here on, !GetAtt of a map", (1, 1)) from error


class _Loader(CfnYamlLoader):  # type: ignore[misc]  # cfn_flip has no types
    """Reads YAML as cfn_flip does, and refuses anchors, aliases, merge keys, and a key that is there twice."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Return the next node. Raises ComposerError for an anchor or an alias."""
        event = self.peek_event()
        name = getattr(event, "anchor", None)
        if name is not None:
            found = f"the alias *{name}" if isinstance(event, yaml.AliasEvent) else f"the anchor &{name}"
            raise yaml.composer.ComposerError(None, None, f"{found}, {WRITTEN_OUT}", event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def _map(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    first: dict[Any, yaml.Node] = {}
    for key_node, _ in node.value:
        if key_node.tag == MERGE:
            raise yaml.constructor.ConstructorError(None, None, f"a merge key, {WRITTEN_OUT}", key_node.start_mark)
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a map or a list as a key", key_node.start_mark)
        if key in first:
            told = f"{key!r} is there already, in line {first[key].start_mark.line + 1}"
            raise yaml.constructor.ConstructorError(None, None, told, key_node.start_mark)
        first[key] = key_node
    return dict(loader.construct_mapping(node, deep=True))


_Loader.add_constructor(TAG_MAP, _map)
