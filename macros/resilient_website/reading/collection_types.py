"""The property types of lists and maps, of values of several types, and of any JSON."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.frozen import frozen
from resilient_website.problems import allowing
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader

# Maximum size of a map: more than a template's resources or an engine's parameters.
MAX_ENTRIES = 1000


@frozen
class ListOf(PropertyType):
    """A list of values of one type; comma-separated strings are accepted, since list parameters can be strings.

    `known`: whether a structural property needs its items' values, or only their number.
    """

    item: PropertyType
    minimum: int = 0
    maximum: int = 100
    known: bool = True

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return f"a list of {self.minimum} to {self.maximum}: {self.item.describe()}"

    def read(self, value: object, path: str, reader: Reader) -> tuple[Any, ...] | None:
        """Return the items as a tuple, with intrinsics unchanged."""
        items = [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not self.minimum <= len(items) <= self.maximum:
            self.refuse(value, path, reader)
            return None
        return tuple(
            self.item.call(item, f"{path}[{index}]", reader)
            if is_intrinsic(item)
            else self.item.read(item, f"{path}[{index}]", reader)
            for index, item in enumerate(items)
        )


@frozen
class MapOf(PropertyType):
    """A map from names to values of one type."""

    item: PropertyType

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return f"a map of {self.item.describe()}"

    def read(self, value: object, path: str, reader: Reader) -> dict[str, Any] | None:
        """Return the map in its order, with intrinsics unchanged."""
        if not isinstance(value, Mapping) or is_intrinsic(value):
            self.refuse(value, path, reader)
            return None
        if len(value) > MAX_ENTRIES:
            reader.problem(path, f"found a map of {len(value)} entries", allowing(f"{MAX_ENTRIES} at most"))
            return None
        return {
            str(name): self.item.call(item, f"{path}.{name}", reader)
            if is_intrinsic(item)
            else self.item.read(item, f"{path}.{name}", reader)
            for name, item in value.items()
        }


@frozen
class AnyOf(PropertyType):
    """A value of the first type that accepts it."""

    kinds: tuple[PropertyType, ...]

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return ", or ".join(kind.describe() for kind in self.kinds)

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return the value as read by the first matching type."""
        for kind in self.kinds:
            attempt = replace(reader, problems=[])
            result = kind.read(value, path, attempt)
            if not attempt.problems:
                return result
        self.refuse(value, path, reader)
        return None


@frozen
class Anything(PropertyType):
    """Any JSON; `what` describes it, and CloudFormation validates it."""

    what: str

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return self.what

    def read(self, value: object, path: str, reader: Reader) -> Any:  # noqa: ARG002
        """Return the value as it is."""
        return value
