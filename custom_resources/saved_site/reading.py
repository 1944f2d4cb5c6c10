"""Reads properties by a table: every problem at once, each with its place, what was found and what to do."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

Reader = Callable[[Any], Any]
# Property -> field, reader (raises ValueError with what to do), default (None: it must be there).
Table = Mapping[str, tuple[str, Reader, Any]]


class Problems:
    """Gathers what is wrong; `found` has a line for each."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, value: Any, advice: str) -> None:
        """Note a problem."""
        self.found.append(f"{where}: found {str(value)[:60]!r}; {advice}")

    def read(self, where: str, properties: Mapping[str, Any], table: Table, also: Sequence[str] = ()) -> dict[str, Any]:
        """Return field -> value for a table's properties; `also` are known names that are read elsewhere."""
        names = (*table, *also)
        self.found += [
            f"{where}.{name}: unknown property; {_known(name, names)}" for name in properties if name not in table
        ]
        fields: dict[str, Any] = {}
        for name, (field, reader, default) in table.items():
            value = properties.get(name, default)
            if value is None:
                self.found.append(f"{where}.{name}: missing; write it")
                continue
            try:
                fields[field] = reader(value)
            except ValueError as error:
                self.add(f"{where}.{name}", value, str(error))
        return fields


def text(most: int) -> Reader:
    """Return a reader of text of up to `most` characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            raise ValueError(f"write some text, of at most {most} characters")
        return value.strip()

    return read


def number(least: int, most: int) -> Reader:
    """Return a reader of whole numbers between two."""

    def read(value: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", str(value)) or not least <= int(value) <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return int(value)

    return read


def real(least: float, most: float) -> Reader:
    """Return a reader of numbers between two."""

    def read(value: Any) -> float:
        try:
            found = float(str(value))
        except ValueError:
            found = math.nan
        if not least <= found <= most:
            raise ValueError(f"write a number from {least} to {most}")
        return found

    return read


def bucket(value: Any) -> str:
    """Return a bucket's name."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", str(value)):
        raise ValueError("write the name of a bucket")
    return str(value)


def prefix(value: Any) -> str:
    """Return a prefix of keys, a path that ends in a slash."""
    if not re.fullmatch(r"([A-Za-z0-9._-]+/)+", str(value)):
        raise ValueError("write a path that ends in a slash and does not begin with one, as in _saved/")
    return str(value)


def _known(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}known here: {', '.join(names)}"
