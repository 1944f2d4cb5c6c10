"""Where the paths of problems are in the text of a template: the line and the column of `Resources.Site.Type`.

The text is parsed a second time, and only for a problem: a template without one is read as fast as without positions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import yaml

from cli.problem_path import follow
from cli.template_text import MERGE

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

# JSON is YAML, and the parser in C is fast enough for a template of the maximum size. Only tags are not understood
# there, and they are not needed.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class _Part:
    """A key and its value; an item of a list is both."""

    at: yaml.Node
    value: yaml.Node


@dataclass(frozen=True)
class Positions:
    """The positions in the text of one template."""

    text: str

    def of(self, path: str) -> tuple[int, int] | None:
        """Return line and column of the key or the list item at a path.

        If something on the path is missing, it is the place of the last part that exists. None if the path is not of a
        template, as `--region`, or if the text can't be read.
        """
        place = (1, 1) if path.partition(".")[0] in SECTIONS else None
        if self._root is not None:
            for _, part in follow(_Part(self._root, self._root), path, _children, _without_function):
                place = part.at.start_mark.line + 1, part.at.start_mark.column + 1
        return place

    @cached_property
    def _root(self) -> yaml.Node | None:
        try:
            root: yaml.Node | None = yaml.compose(self.text.replace("\t", " "), Loader=_LOADER)
        except (yaml.YAMLError, RecursionError):
            return None
        return root


def _children(part: _Part) -> dict[str, _Part] | list[_Part] | None:
    """Return the parts of a map or a list. Of a key that a merge gives twice, the map's own counts."""
    node = part.value
    if isinstance(node, yaml.SequenceNode):
        return [_Part(item, item) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return None
    found: dict[str, _Part] = {}
    for key, value in _entries(node, set()):
        found.setdefault(key.value, _Part(key, value))
    return found


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


def _without_function(part: _Part, rest: str) -> str:
    """Return a path without the name of the function at its beginning, if the text has it in its short form."""
    if not part.value.tag.startswith("!"):
        return rest
    name = part.value.tag[1:]
    long = name if name in ("Ref", "Condition") else f"Fn::{name}"
    fits = rest == long or rest.startswith((f"{long}.", f"{long}["))
    return rest[len(long) :].removeprefix(".") if fits else rest
