"""Finds the place in a template that a problem's path names."""

import re
from collections.abc import Mapping
from typing import Any

INDEX = re.compile(r"\[(\d+)\]")


def place(template: Any, path: str) -> list[str | int]:
    """Return the keys and indexes that lead to the path's innermost part that the template has.

    `path` is a problem's, as in `Resources.Site.Properties.Tags[0].Key`. A key may itself contain dots: the longest key
    that fits is taken.
    """
    found: list[str | int] = []
    node, rest = template, path
    while rest:
        index = INDEX.match(rest)
        if index and isinstance(node, list) and int(index[1]) < len(node):
            key: str | int = int(index[1])
            rest = rest[index.end() :].removeprefix(".")
        elif isinstance(node, Mapping) and (name := _longest_key(node, rest)) is not None:
            key, rest = name, rest[len(name) :].removeprefix(".")
        else:
            break
        found.append(key)
        node = node[key]
    return found


def _longest_key(node: Mapping[str, Any], rest: str) -> str | None:
    """Return the longest key of a map with which the rest of a path begins."""
    fitting = [key for key in node if rest == key or rest.startswith((f"{key}.", f"{key}["))]
    return max(fitting, key=len, default=None)
