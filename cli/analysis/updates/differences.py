"""Finds the differences between two values of a template, leaf by leaf."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli.analysis.availability.references import REFERRING
from resilient_website.cloudformation.encoding import MAPS

# A path consists of map keys and list indexes.
Path = tuple[str | int, ...]


class _Absent:
    """Sentinel for an absent value."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """A path at which two values differ; `old` or `new` is ABSENT if that side has no value."""

    path: Path
    old: Any
    new: Any

    @property
    def names(self) -> tuple[str, ...]:
        """The path as in schemas, without list indexes."""
        return tuple(part for part in self.path if isinstance(part, str))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf of a value with its path; an empty map or list is a leaf."""
    inside = value.items() if isinstance(value, MAPS) else enumerate(value) if isinstance(value, list) else ()
    found = False
    for key, item in inside:
        found = True
        yield from leaves(item, (*path, key))
    if not found:
        yield path, value


def referring_texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the texts within a map or list that refer to something, with their paths: most leaves don't."""
    for key, item in value.items() if isinstance(value, MAPS) else enumerate(value):
        if isinstance(item, str):
            if REFERRING in item:
                yield (*path, key), item
        elif isinstance(item, list | dict):
            yield from referring_texts(item, (*path, key))


def differences(old: Any, new: Any, path: Path = ()) -> Iterator[Difference]:
    """Yield the differences of two values. The order of keys is ignored, that of list items is not.

    Items that are in both lists are equal at any index; if all items are in both, a different order is one difference.
    """
    if same(old, new):
        return
    if isinstance(old, MAPS) and isinstance(new, MAPS):
        for key in sorted({*old, *new}):
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, path)
    elif old is ABSENT or new is ABSENT:
        for place, leaf in leaves(new if old is ABSENT else old, path):
            yield Difference(place, ABSENT, leaf) if old is ABSENT else Difference(place, leaf, ABSENT)
    else:
        yield Difference(path, old, new)


def same(old: Any, new: Any) -> bool:
    """Return whether CloudFormation treats two values as equal: `true` is `"true"`, and 20 is `"20"`."""
    if old is new:
        return True
    # Most values are texts.
    if isinstance(old, str) and isinstance(new, str):
        return old == new
    if isinstance(old, MAPS) and isinstance(new, MAPS):
        return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    return bool(_scalar(old) == _scalar(new))


def _scalar(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _of_lists(old: list[Any], new: list[Any], path: Path) -> Iterator[Difference]:
    gone, come = _without(old, new), _without(new, old)
    if not gone and not come:
        yield Difference(path, old, new)
    elif len(gone) == len(come):
        for (_, before), (number, after) in zip(gone, come, strict=True):
            yield from differences(before, after, (*path, number))
    else:
        for number, item in gone:
            yield Difference((*path, number), item, ABSENT)
        for number, item in come:
            yield Difference((*path, number), ABSENT, item)


def _without(items: list[Any], others: list[Any]) -> list[tuple[int, Any]]:
    """Return the items, with their indexes, that are not among the others; each other item matches one item."""
    left = list(others)
    found = []
    for number, item in enumerate(items):
        match = next((index for index, other in enumerate(left) if same(item, other)), None)
        if match is None:
            found.append((number, item))
        else:
            del left[match]
    return found
