"""The kinds of values that a property takes: each reads a value, or says what is wrong with it."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.problems import known_names, shown
from resilient_website.reading.reader import Reader

# Of a text: four times what EC2 takes as user data, the longest that a property becomes, so that a script which is too
# long gets the advice of its own. Source: "Run commands when you launch an EC2 instance with user data input".
MAX_TEXT_LENGTH = 65_536

# How a form says "not given": its parameter is empty.
EMPTY: tuple[Any, ...] = ("", [], [""])

# Of a map: neither a template has more resources, nor an engine as many parameters.
MAX_ENTRIES = 1000


class PropertyType:
    """A kind of value. `read` returns the value as the specification holds it, or notes a problem."""

    def describe(self) -> str:
        """Return how the reference and the error messages name this kind."""
        raise NotImplementedError

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return the value as the specification holds it; what does not fit is noted in `reader`."""
        raise NotImplementedError

    def refuse(self, value: object, path: str, reader: Reader) -> None:
        """Note that the value is not of this kind."""
        reader.problem(path, f"found {shown(value)}", f"allowed: {self.describe()}")

    def call(self, value: dict[str, Any], path: str, reader: Reader) -> Any:
        """Return a call of a function as it is; note it if what it gives is known, and is not of this kind.

        CloudFormation hands the macro the values of the parameters that it is going to deploy.
        """
        made = reader.call(value, path)
        known = known_value(made)
        if known is not None and known not in EMPTY:
            attempt = replace(reader, problems=[])
            self.read(known, path, attempt)
            for problem in attempt.problems:
                reader.problem(path, f"{problem.found}, by {shown(value)}", problem.fix)
        return made


@dataclass(frozen=True)
class Text(PropertyType):
    """A string, of a pattern if one is given; `what` names it for people.

    `prefix` is what people leave out, or write in place of another: `db.` and `cache.` before an instance type.
    `longest` is how many characters it has at most.
    """

    what: str = "string"
    pattern: str = r"(?s).*"
    prefix: str = ""
    longest: int = MAX_TEXT_LENGTH

    def describe(self) -> str:
        """Return how the reference names it."""
        return self.what

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the string (a number is taken as one, as YAML makes numbers of many names)."""
        text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        if isinstance(text, str) and len(text) > self.longest:
            found = f"found a string of {len(text)} characters"
            reader.problem(path, found, f"allowed: {self.describe()}, of at most {self.longest} characters")
            return None
        if isinstance(text, str) and re.fullmatch(self.pattern, text):
            return text
        meant = next((each for each in self._spellings(str(text)) if re.fullmatch(self.pattern, each)), None)
        if isinstance(text, str) and meant:
            fix = f"did you mean {meant}? allowed: {self.describe()}"
            reader.problem(path, f"found {shown(value)}", fix)
        else:
            self.refuse(value, path, reader)
        return None

    def _spellings(self, text: str) -> Iterator[str]:
        """Yield what the text may have been meant to be, the likeliest first."""
        plain = text.strip()
        _, is_url, rest = plain.partition("://")
        host, slash, path = rest.partition("/")
        yield from (host, slash + path) if is_url else (plain, plain.rstrip("."), plain.rpartition("/")[2])
        yield from (plain.lower(), plain.lower().rstrip("."), host.lower())
        yield self.prefix + re.sub(r"^(db|cache)\.", "", plain.lower())
        if not is_url:
            rooted = "/" + plain.strip("/")
            yield from (rooted, f"{rooted}/*", f"{plain.strip('/')}/")


@dataclass(frozen=True)
class Choice(PropertyType):
    """One of a few strings."""

    choices: tuple[str, ...]

    def describe(self) -> str:
        """Return how the reference names it."""
        return ", ".join(self.choices[:-1]) + " or " + self.choices[-1]

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the choice; for another string, the nearest choice is proposed."""
        if isinstance(value, str) and value in self.choices:
            return value
        if isinstance(value, str):
            reader.problem(path, f"found {shown(value)}", known_names(value, self.choices))
        else:
            self.refuse(value, path, reader)
        return None


@dataclass(frozen=True)
class Integer(PropertyType):
    """A whole number within bounds, both included; a string of digits is one too, as parameters are strings."""

    minimum: int
    maximum: int

    def describe(self) -> str:
        """Return how the reference names it."""
        return f"a whole number from {self.minimum} to {self.maximum}"

    def read(self, value: object, path: str, reader: Reader) -> int | None:
        """Return the number."""
        digits = str(value)
        number = int(digits) if not isinstance(value, bool) and re.fullmatch(r"-?[0-9]{1,9}", digits) else None
        if number is not None and self.minimum <= number <= self.maximum:
            return number
        self.refuse(value, path, reader)
        return None


@dataclass(frozen=True)
class IntegerChoice(PropertyType):
    """One of a few whole numbers; a string of digits is one too, as parameters are strings."""

    choices: tuple[int, ...]

    def describe(self) -> str:
        """Return how the reference names it."""
        return ", ".join(map(str, self.choices[:-1])) + f" or {self.choices[-1]}"

    def read(self, value: object, path: str, reader: Reader) -> int | None:
        """Return the number."""
        if not isinstance(value, bool) and str(value) in map(str, self.choices):
            return int(str(value))
        self.refuse(value, path, reader)
        return None


@dataclass(frozen=True)
class Boolean(PropertyType):
    """True or false; the strings too, as parameters are strings."""

    def describe(self) -> str:
        """Return how the reference names it."""
        return "true or false"

    def read(self, value: object, path: str, reader: Reader) -> bool | None:
        """Return the truth value."""
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        self.refuse(value, path, reader)
        return None


@dataclass(frozen=True)
class Cidr(PropertyType):
    """An IPv4 network, no larger and no smaller than the two prefix lengths, with no host bits set."""

    largest: int
    smallest: int

    def describe(self) -> str:
        """Return how the reference names it."""
        return f"an IPv4 CIDR block from /{self.largest} to /{self.smallest}"

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the network as it was written."""
        try:
            network = ipaddress.IPv4Network(value) if isinstance(value, str) else None
        except ValueError as error:
            fix = f"{self._meant(str(value))}allowed: {self.describe()}, as in 10.0.0.0/16"
            reader.problem(path, f"found {shown(value)} ({error})", fix)
            return None
        if network is None or not self.largest <= network.prefixlen <= self.smallest:
            self.refuse(value, path, reader)
            return None
        return str(value)

    def _meant(self, text: str) -> str:
        """Return the question whether the network that an address is in was meant, if that is one to take."""
        try:
            network = ipaddress.IPv4Network(text, strict=False)
        except ValueError:
            return ""
        return f"did you mean {network}? " if self.largest <= network.prefixlen <= self.smallest else ""


@dataclass(frozen=True)
class ListOf(PropertyType):
    """A list of values of one kind; a comma-separated string is one too, as list parameters may arrive so.

    `known`: whether a structural property needs its items' values, or only how many there are.
    """

    item: PropertyType
    minimum: int = 0
    maximum: int = 100
    known: bool = True

    def describe(self) -> str:
        """Return how the reference names it."""
        return f"a list of {self.minimum} to {self.maximum}: {self.item.describe()}"

    def read(self, value: object, path: str, reader: Reader) -> tuple[Any, ...] | None:
        """Return the items as a tuple; intrinsics among them pass through."""
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


@dataclass(frozen=True)
class MapOf(PropertyType):
    """A map from names to values of one kind."""

    item: PropertyType

    def describe(self) -> str:
        """Return how the reference names it."""
        return f"a map of {self.item.describe()}"

    def read(self, value: object, path: str, reader: Reader) -> dict[str, Any] | None:
        """Return the map in its own order; intrinsics among its values pass through."""
        if not isinstance(value, Mapping) or is_intrinsic(value):
            self.refuse(value, path, reader)
            return None
        if len(value) > MAX_ENTRIES:
            reader.problem(path, f"found a map of {len(value)} entries", f"allowed: {MAX_ENTRIES} at most")
            return None
        return {
            str(name): self.item.call(item, f"{path}.{name}", reader)
            if is_intrinsic(item)
            else self.item.read(item, f"{path}.{name}", reader)
            for name, item in value.items()
        }


@dataclass(frozen=True)
class AnyOf(PropertyType):
    """A value of the first kind that takes it."""

    kinds: tuple[PropertyType, ...]

    def describe(self) -> str:
        """Return how the reference names it."""
        return ", or ".join(kind.describe() for kind in self.kinds)

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return what the first fitting kind makes of the value."""
        for kind in self.kinds:
            attempt = replace(reader, problems=[])
            result = kind.read(value, path, attempt)
            if not attempt.problems:
                return result
        self.refuse(value, path, reader)
        return None


@dataclass(frozen=True)
class Anything(PropertyType):
    """Any JSON; `what` says what it should be, since CloudFormation is the judge of it."""

    what: str

    def describe(self) -> str:
        """Return how the reference names it."""
        return self.what

    def read(self, value: object, path: str, reader: Reader) -> Any:  # noqa: ARG002
        """Return the value as it is."""
        return value
