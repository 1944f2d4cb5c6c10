"""Follows the path of a problem, as in `Resources.Site.Properties.Tags[0].Key`, through a template.

The template is JSON, or nodes of YAML (`template_positions.py`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

Node = TypeVar("Node")
Children = Mapping[str, Node] | Sequence[Node] | None

INDEX = re.compile(r"\[?(\d+)\]?(?:\.|$|(?=\[))")


def _unchanged(_node: Any, rest: str) -> str:
    return rest


def follow(
    root: Node,
    path: str,
    children: Callable[[Node], Children[Node]],
    without_prefix: Callable[[Node, str], str] = _unchanged,
) -> Iterator[tuple[str | int, Node]]:
    """Yield each part of a path, as a key or an index, and its node, until the first part that is missing.

    `children` returns the children of a node: a map, a list, or None. `without_prefix` removes from the rest of a path
    what a node does not have as a child. A key can contain dots: the longest key that fits is taken.
    """
    node, rest = root, path
    while rest:
        rest = without_prefix(node, rest)
        found = children(node)
        if isinstance(found, Mapping):
            name = _longest_key(found, rest)
            if name is None:
                return
            key: str | int = name
            node, rest = found[name], rest[len(name) :].removeprefix(".")
        else:
            index = INDEX.match(rest)
            if found is None or index is None or int(index[1]) >= len(found):
                return
            key = int(index[1])
            node, rest = found[key], rest[index.end() :]
        yield key, node


def keys(template: Any, path: str) -> list[str | int]:
    """Return the keys and indexes that lead to the path's innermost part that a template as JSON has."""
    return [key for key, _ in follow(template, path, _json_children)]


def _json_children(node: Any) -> Children[Any]:
    return node if isinstance(node, Mapping | list) else None


def _longest_key(found: Mapping[str, Any], rest: str) -> str | None:
    """Return the longest key of a map with which the rest of a path begins."""
    fitting = [key for key in found if rest == key or rest.startswith((f"{key}.", f"{key}["))]
    return max(fitting, key=len, default=None)
