"""The questions and the checks that answer them, from a dated table beside this module."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cli.analysis.availability.resources import Resource
from cli.toml_table import toml_table


@dataclass(frozen=True)
class Check:
    """What resources may show: see questions.toml for the meaning of each value.

    `elsewhere`: only resources outside of the stack's own Region count.
    """

    text: str
    types: tuple[str, ...]
    property: tuple[str, ...]
    equals: str | None
    contains: str | None
    least: int | None
    elsewhere: bool

    def is_met(self, resource: Resource) -> bool:
        """Return whether a resource shows it."""
        if resource.type not in self.types:
            return False
        return not self.property or any(map(self._fits, _values(resource.properties.held, self.property)))

    def _fits(self, value: Any) -> bool:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if self.equals is not None:
            return text == self.equals
        if self.contains is not None:
            return self.contains in text
        if self.least is not None:
            return _number(value) >= self.least
        return bool(value) and text.lower() != "false"


@dataclass(frozen=True)
class Question:
    """A question of the framework; `not_visible` says why a template can't answer it, and is empty if it can."""

    id: str
    title: str
    not_visible: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Questions:
    """The table with its date."""

    as_of: str
    questions: tuple[Question, ...]


@cache
def questions() -> Questions:
    """Return the table of the package."""
    held = toml_table(__file__, "questions.toml")
    return Questions(held["as_of"], tuple(map(_question, held["question"])))


def _question(row: Mapping[str, Any]) -> Question:
    return Question(row["id"], row["title"], row.get("not_visible", ""), tuple(map(_check, row.get("check", ()))))


def _check(row: Mapping[str, Any]) -> Check:
    path = row.get("property", "")
    return Check(
        row["text"],
        tuple(row["types"]),
        tuple(path.split(".")) if path else (),
        row.get("equals"),
        row.get("contains"),
        row.get("least"),
        row.get("elsewhere", False),
    )


def _values(held: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values of a property; below a list, those of each entry."""
    if not path:
        yield held
    elif isinstance(held, list):
        for entry in held:
            yield from _values(entry, path)
    elif isinstance(held, Mapping) and path[0] in held:
        yield from _values(held[path[0]], path[1:])


def _number(value: Any) -> int:
    if isinstance(value, list):
        return len(value)
    return int(value) if str(value).isdecimal() else 0
