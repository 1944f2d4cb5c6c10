"""Reads a custom resource's properties by a table, and reports all problems at once, each with path and advice."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

Reader = Callable[[Any], Any]
# Property -> field, reader (raises ValueError with advice), default (None: required).
Table = Mapping[str, tuple[str, Reader, Any]]

# CloudFormation's own properties, which are part of every request.
CLOUDFORMATION_PROPERTIES = ("ServiceToken", "ServiceTimeout")

REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"


class InvalidPropertiesError(ValueError):
    """Invalid properties; the message lists every problem, one per line."""


class Problems:
    """Collects problems; `found` has one line per problem."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, value: Any, advice: str) -> None:
        """Add a problem."""
        self.found.append(f"{where}: found {str(value)[:60]!r}; {advice}")

    def read(self, where: str, properties: Mapping[str, Any], table: Table, also: Sequence[str] = ()) -> dict[str, Any]:
        """Return field -> value for a table's properties; `also` lists valid names that are read elsewhere."""
        names = (*table, *also)
        self.found += [
            f"{where}.{name}: unknown property; {_known(name, names)}"
            for name in properties
            if name not in (*names, *CLOUDFORMATION_PROPERTIES)
        ]
        fields: dict[str, Any] = {}
        for name, (field, reader, default) in table.items():
            value = properties.get(name, default)
            if value is None:
                self.found.append(f"{where}.{name}: missing; add it")
                continue
            try:
                fields[field] = reader(value)
            except ValueError as error:
                self.add(f"{where}.{name}", value, str(error))
        return fields

    def raise_if_any(self) -> None:
        """Raise InvalidPropertiesError if there are problems."""
        if self.found:
            raise InvalidPropertiesError("\n".join(self.found))


def read_all(properties: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """Return field -> value for a request's ResourceProperties, in which every scalar is a string.

    Raises InvalidPropertiesError with every problem.
    """
    problems = Problems()
    fields = problems.read("Properties", properties, table)
    problems.raise_if_any()
    return fields


def matching(pattern: str, advice: str) -> Reader:
    """Return a reader of text that must match a pattern; the advice is part of the error."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(advice)
        return value

    return read


def text(most: int) -> Reader:
    """Return a reader of non-empty text of up to `most` characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            raise ValueError(f"write a text of 1 to {most} characters")
        return value.strip()

    return read


def boolean(value: Any) -> bool:
    """Return a boolean, which CloudFormation sends as text."""
    if value not in ("true", "false"):
        raise ValueError("write true or false")
    return bool(value == "true")


def number(least: int, most: int) -> Reader:
    """Return a reader of whole numbers in a range."""

    def read(value: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", str(value)) or not least <= int(value) <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return int(value)

    return read


def real(least: float, most: float) -> Reader:
    """Return a reader of numbers in a range."""

    def read(value: Any) -> float:
        try:
            found = float(str(value))
        except ValueError:
            found = math.nan
        if not least <= found <= most:
            raise ValueError(f"write a number from {least} to {most}")
        return found

    return read


def tags(most: int) -> Reader:
    """Return a reader of up to `most` tags, as sorted pairs."""

    def read(value: Any) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, list) or not all(
            isinstance(tag, dict) and set(tag) == {"Key", "Value"} for tag in value
        ):
            raise ValueError("write a list of maps with Key and Value")
        found = {str(tag["Key"]): str(tag["Value"]) for tag in value}
        if len(found) < len(value) or len(found) > most:
            raise ValueError(f"write at most {most} tags, each Key only once")
        return tuple(sorted(found.items()))

    return read


bucket = matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "write the name of a bucket")
prefix = matching(
    r"([A-Za-z0-9._-]+/)+", "write a path that ends with a slash and does not start with one, as in _saved/"
)
region = matching(REGION, "write a Region, as in us-west-2")


def _known(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}allowed: {', '.join(names)}"
