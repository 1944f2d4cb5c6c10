"""The property types of single values: each reads a value, or notes what is wrong with it."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.computed import MAX_TEXT_LENGTH
from resilient_website.frozen import frozen
from resilient_website.problems import allowing, known_names, shown
from resilient_website.reading.reader import Reader
from resilient_website.reading.units import in_unit

# What people write for true and false.
BOOLEANS = {
    **dict.fromkeys(("yes", "on", "1", "true", "enabled"), "true"),
    **dict.fromkeys(("no", "off", "0", "false", "disabled"), "false"),
}

# Values that count as absent: a form leaves its parameter empty.
EMPTY: tuple[Any, ...] = ("", [], [""])


class PropertyType:
    """A property type. `read` returns the value in the specification's form, or notes a problem."""

    def describe(self) -> str:
        """Return the type's description for errors and the reference."""
        raise NotImplementedError

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return the value in the specification's form; note invalid values in `reader`."""
        raise NotImplementedError

    def refuse(self, value: object, path: str, reader: Reader) -> None:
        """Note that the value is not of this type."""
        reader.problem(path, f"found {shown(value)}", allowing(self.describe()))

    def call(self, value: dict[str, Any], path: str, reader: Reader) -> Any:
        """Return a function call unchanged; note it if its value is known and not of this type.

        CloudFormation passes the parameter values of the deployment to the macro.
        """
        made = reader.call(value, path)
        known = known_value(made)
        if known is not None and known not in EMPTY:
            attempt = replace(reader, problems=[])
            self.read(known, path, attempt)
            for problem in attempt.problems:
                reader.problem(path, f"{problem.found}, by {shown(value)}", problem.fix)
        return made


@frozen
class Text(PropertyType):
    """A string with an optional pattern; `what` is its description.

    `prefix` is a part that is often forgotten or wrong, such as `db.` or `cache.` before an instance type. `longest` is
    the maximum number of characters.
    """

    what: str = "string"
    pattern: str = r"(?s).*"
    prefix: str = ""
    longest: int = MAX_TEXT_LENGTH

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return self.what

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the string (a number is accepted, since YAML reads many names as numbers)."""
        text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
        if isinstance(text, str) and len(text) > self.longest:
            found = f"found a string of {len(text)} characters"
            reader.problem(path, found, allowing(f"{self.describe()}, of at most {self.longest} characters"))
            return None
        if isinstance(text, str) and re.fullmatch(self.pattern, text):
            return text
        meant = next((each for each in self._spellings(str(text)) if re.fullmatch(self.pattern, each)), None)
        if isinstance(text, str) and text.strip() and meant:
            fix = allowing(self.describe(), f"did you mean {meant}? ")
            reader.problem(path, f"found {shown(value)}", fix)
        else:
            self.refuse(value, path, reader)
        return None

    def _spellings(self, text: str) -> Iterator[str]:
        """Yield likely intended values, the most likely first."""
        plain = text.strip()
        _, is_url, rest = plain.partition("://")
        host, slash, path = rest.partition("/")
        yield from (host, slash + path) if is_url else (plain, plain.rstrip("."), plain.rpartition("/")[2])
        yield from (plain.lower(), plain.lower().rstrip("."), host.lower())
        yield self.prefix + re.sub(r"^(db|cache)\.", "", plain.lower())
        if not is_url:
            rooted = "/" + plain.strip("/")
            yield from (rooted, f"{rooted}/*", f"{plain.strip('/')}/")


@frozen
class Choice(PropertyType):
    """One of a few strings."""

    choices: tuple[str, ...]

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return ", ".join(self.choices[:-1]) + " or " + self.choices[-1]

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the choice; for another string, propose the closest choice.

        YAML reads the choice `off` as false, which parameters give as "false".
        """
        if "off" in self.choices and (value is False or value == "false"):
            return "off"
        if isinstance(value, str) and value in self.choices:
            return value
        if isinstance(value, str):
            reader.problem(path, f"found {shown(value)}", known_names(value, self.choices))
        else:
            self.refuse(value, path, reader)
        return None


@frozen
class Integer(PropertyType):
    """A whole number in a range (inclusive); strings of digits are accepted, since parameters are strings.

    `unit` is what it counts, as in UNITS.
    """

    minimum: int
    maximum: int
    unit: str = ""

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        unit = f", in {self.unit}" if self.unit else ""
        return f"a whole number from {self.minimum} to {self.maximum}{unit}"

    def read(self, value: object, path: str, reader: Reader) -> int | None:
        """Return the number."""
        digits = str(value)
        number = int(digits) if not isinstance(value, bool) and re.fullmatch(r"-?[0-9]{1,9}", digits) else None
        if number is not None and self.minimum <= number <= self.maximum:
            return number
        meant = in_unit(digits, self.unit) if isinstance(value, str) else None
        guess = f"did you mean {meant}? " if meant is not None and self.minimum <= meant <= self.maximum else ""
        reader.problem(path, f"found {shown(value)}", allowing(self.describe(), guess))
        return None


@frozen
class IntegerChoice(PropertyType):
    """One of a fixed set of whole numbers; strings of digits are accepted, since parameters are strings."""

    choices: tuple[int, ...]

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return ", ".join(map(str, self.choices[:-1])) + f" or {self.choices[-1]}"

    def read(self, value: object, path: str, reader: Reader) -> int | None:
        """Return the number."""
        if not isinstance(value, bool) and str(value) in map(str, self.choices):
            return int(str(value))
        self.refuse(value, path, reader)
        return None


@frozen
class Boolean(PropertyType):
    """A boolean; the strings are accepted, since parameters are strings."""

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return "true or false"

    def read(self, value: object, path: str, reader: Reader) -> bool | None:
        """Return the boolean."""
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        meant = BOOLEANS.get(str(value).lower()) if isinstance(value, str | int) else None
        guess = f"did you mean {meant}? " if meant else ""
        reader.problem(path, f"found {shown(value)}", allowing(self.describe(), guess))
        return None


@frozen
class Cidr(PropertyType):
    """An IPv4 network between two prefix lengths, with no host bits set."""

    largest: int
    smallest: int

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return f"an IPv4 CIDR block from /{self.largest} to /{self.smallest}"

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the network as written."""
        try:
            network = ipaddress.IPv4Network(value) if isinstance(value, str) else None
        except ValueError as error:
            fix = allowing(f"{self.describe()}, as in 10.0.0.0/16", self._meant(str(value)))
            reader.problem(path, f"found {shown(value)} ({error})", fix)
            return None
        # Python also reads netmasks, as in 10.0.0.0/255.255.0.0, and 10.0.0.0/016; Amazon EC2 does not.
        if network is None or str(network) != value or not self.largest <= network.prefixlen <= self.smallest:
            self.refuse(value, path, reader)
            return None
        return str(value)

    def _meant(self, text: str) -> str:
        """Return a "did you mean" with the network that contains an address, if it is allowed."""
        try:
            network = ipaddress.IPv4Network(text, strict=False)
        except ValueError:
            return ""
        return f"did you mean {network}? " if self.largest <= network.prefixlen <= self.smallest else ""
