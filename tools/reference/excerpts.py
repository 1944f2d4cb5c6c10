"""Parts of the examples as their authors wrote them, short forms and comments included."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import yaml

from resilient_website.cloudformation.template_checks import TYPES

MAX_CHOSEN = 2


@dataclass(frozen=True)
class Excerpt:
    """Some properties of a site in an example: which ones they are, and their lines."""

    file: str
    names: frozenset[str]
    text: str


def of_group(examples: list[Path], group: str) -> list[Excerpt]:
    """Return the examples of a group: the ones that show the most of its properties."""
    found = []
    for path in examples:
        for key, value in _properties(path):
            if key.value == group and isinstance(value, yaml.MappingNode):
                names = frozenset(str(name.value) for name, _ in value.value)
                found.append(Excerpt(path.name, names, _lines(path, [(key, value)])))
    return _most_varied(found)


def of_top_level(examples: list[Path], groups: set[str]) -> list[Excerpt]:
    """Return examples of the properties outside groups."""
    found = []
    for path in examples:
        entries = [(key, value) for key, value in _properties(path) if key.value not in groups]
        if entries:
            found.append(Excerpt(path.name, frozenset(key.value for key, _ in entries), _lines(path, entries)))
    return _most_varied(found)


def _most_varied(found: list[Excerpt]) -> list[Excerpt]:
    """Return at most two excerpts: the one with most properties, then the one that adds most others."""
    chosen: list[Excerpt] = []
    shown: frozenset[str] = frozenset()
    while found and len(chosen) < MAX_CHOSEN:
        best = max(found, key=lambda excerpt: len(excerpt.names - shown))
        if not best.names - shown:
            break
        chosen.append(best)
        shown |= best.names
    return chosen


def _properties(path: Path) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Yield the properties of every site of a template, as nodes that know their lines."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    resources = _entries(root).get("Resources")
    for body in _entries(resources).values():
        entries = _entries(body)
        if entries["Type"].value in TYPES and "Properties" in entries:
            yield from entries["Properties"].value


def _entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _lines(path: Path, entries: list[tuple[yaml.ScalarNode, yaml.Node]]) -> str:
    """Return the lines of some properties. A block ends where the next one begins, comments and blanks apart."""
    lines = path.read_text(encoding="utf-8").splitlines()
    kept: list[str] = []
    for key, value in entries:
        end = value.end_mark.line + (1 if value.end_mark.column else 0)
        block = lines[key.start_mark.line : max(end, key.start_mark.line + 1)]
        indent = key.start_mark.column
        # A block's end mark is at the next token, which may be the next property or one at an outer level.
        inside = [line for line in block[1:] if not line.strip() or len(line) - len(line.lstrip()) > indent]
        kept += [block[0], *inside]
    return dedent("\n".join(kept)).strip("\n")
