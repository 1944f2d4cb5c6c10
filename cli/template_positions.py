"""Where the paths of problems are in the text of a template: the line and the column of `Resources.Site.Type`.

The text is parsed a second time, and only for a problem: a template without one is read as fast as without positions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import yaml

# The place of a section that is missing is the beginning of the template.
SECTIONS = (
    "AWSTemplateFormatVersion",
    "Conditions",
    "Fn::Transform",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
)

MERGE = "tag:yaml.org,2002:merge"

# JSON is YAML, and the parser in C is fast enough for a template of the maximum size. Only tags are not understood
# there, and they are not needed.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Positions:
    """The positions in the text of one template."""

    text: str

    def of(self, path: str) -> tuple[int, int] | None:
        """Return line and column of the key or the list item at a path.

        If something on the path is missing, it is the place of the last part that exists. None if the path is not of a
        template, as `--region`, or if the text can't be read.
        """
        node, rest = self._root, path
        place = (1, 1) if rest.partition(".")[0] in SECTIONS else None
        while node is not None and rest:
            found = _step(node, _without_function(node, rest))
            if found is None:
                break
            at, node, rest = found
            place = at.start_mark.line + 1, at.start_mark.column + 1
        return place

    @cached_property
    def _root(self) -> yaml.Node | None:
        try:
            root: yaml.Node | None = yaml.compose(self.text.replace("\t", " "), Loader=_LOADER)
        except (yaml.YAMLError, RecursionError):
            return None
        return root


def _step(node: yaml.Node, rest: str) -> tuple[yaml.Node, yaml.Node, str] | None:
    """Return the node whose place is that of the first part of a path, its value, and the rest of the path."""
    if isinstance(node, yaml.SequenceNode):
        item = re.match(r"\[?(\d+)\]?(?:\.|$|(?=\[))", rest)
        if item is None or int(item[1]) >= len(node.value):
            return None
        return node.value[int(item[1])], node.value[int(item[1])], rest[item.end() :]
    if not isinstance(node, yaml.MappingNode):
        return None
    # Keys can contain points.
    fitting = [entry for entry in _entries(node, set()) if re.match(rf"{re.escape(entry[0].value)}(\.|\[|$)", rest)]
    if not fitting:
        return None
    # Of keys given twice by a merge, the map's own comes first, and is the one that counts.
    key, value = max(fitting, key=lambda entry: len(entry[0].value))
    return key, value, rest[len(key.value) :].removeprefix(".")


def _entries(node: yaml.MappingNode, seen: set[int]) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield the entries of a map, and after its own those of its merge keys."""
    if id(node) in seen:
        return
    seen.add(id(node))
    yield from ((key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode) and key.tag != MERGE)
    for key, value in node.value:
        if key.tag == MERGE:
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(merged, yaml.MappingNode):
                    yield from _entries(merged, seen)


def _without_function(node: yaml.Node, rest: str) -> str:
    """Return a path without the name of the function at its beginning, if the text has it in its short form."""
    if not node.tag.startswith("!"):
        return rest
    name = node.tag[1:]
    long = name if name in ("Ref", "Condition") else f"Fn::{name}"
    fits = rest == long or rest.startswith((f"{long}.", f"{long}["))
    return rest[len(long) :].removeprefix(".") if fits else rest
