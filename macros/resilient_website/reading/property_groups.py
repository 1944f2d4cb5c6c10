"""Reads a map of properties into a frozen dataclass, by the property table."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, replace
from functools import cache
from typing import Any

from resilient_website.cloudformation.computed import NotKnownError
from resilient_website.cloudformation.declared_parameters import Withheld
from resilient_website.cloudformation.intrinsics import NO_VALUE, is_intrinsic
from resilient_website.frozen import frozen
from resilient_website.problems import shown
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import Property, Spec, defaults, properties
from resilient_website.reading.property_types import EMPTY, Choice, PropertyType
from resilient_website.reading.reader import Reader
from resilient_website.reading.unknown_names import fix_for_unknown
from resilient_website.reading.values_at_expansion import note_unknown, note_withheld, resolve

# Maximum number of a group's properties in an error; the reference has all of them.
MAX_LISTED = 8


@frozen
class Group(PropertyType):
    """A map of properties, read into the dataclass `spec`."""

    spec: type[Any]

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return "group"

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return the specification that a map of properties gives."""
        return read_group(self.spec, value, path, reader)


@frozen
class OptionalGroup(PropertyType):
    """`false`, `true` for a group with its defaults, or the group itself.

    `has_defaults` is false for a group with properties that it can't do without: `true` is no value then.
    """

    spec: type[Any]
    has_defaults: bool = True

    @property
    def off(self) -> str:
        """The value for no group."""
        return "false"

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return f"`{self.off}`, `true` or group" if self.has_defaults else f"`{self.off}` or group"

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return None for false, else the specification."""
        # Not 0 and 1, which are equal to them for Python.
        if value is False or value == "false":
            return None
        if self.has_defaults and (value is True or value == "true"):
            return defaults(self.spec, reader.version)
        if not isinstance(value, Mapping):
            switches = "false, true" if self.has_defaults else "false"
            fix = f"{_meant(self.spec, value)}write {switches} or {_a_map(self.spec, value)}"
            reader.problem(path, f"found {shown(value)}", fix)
            return None
        return read_group(self.spec, value, path, reader)


def read_group(spec: type[Spec], value: object, path: str, reader: Reader) -> Spec:
    """Return `spec` filled from a map of properties; every problem goes to `reader`, with its path.

    Unreadable properties keep their default, so that reading continues and finds all problems.
    """
    if not isinstance(value, Mapping):
        reader.problem(path, f"found {shown(value)}", f"{_meant(spec, value)}write {_a_map(spec, value)}")
        return spec()
    kind: Any = spec  # To mypy, no class is hashable.
    table = _table(kind)
    for name in value:
        if name not in table:
            reader.problem(f"{path}.{name}", "unknown property", fix_for_unknown(path, str(name), table))
    given = {
        row.name: _read_property(row.metadata["property"], value[name], f"{path}.{name}", reader)
        for name, row in table.items()
        if name in value
    }
    known = {name: result for name, result in given.items() if result is not MISSING}
    written = frozenset(name for name, row in table.items() if row.name in known)
    return replace(defaults(spec, reader.version), **known, given=written)


@cache
def _table(spec: type[Any]) -> dict[str, Field[Any]]:
    """Return the fields of a specification by the names of their properties."""
    return {row.metadata["property"].name: row for row in fields(spec) if "property" in row.metadata}


def _meant(spec: type[Any], value: object) -> str:
    """Return the proposal for a choice of one of a group's properties that was written in place of the group."""
    if not isinstance(value, str):
        return ""
    for row in properties(spec):
        for choice in row.kind.choices if isinstance(row.kind, Choice) else ():
            if choice.lower() == value.lower():
                return f"did you mean {{{row.name}: {choice}}}? "
    return ""


def _a_map(spec: type[Any], value: object) -> str:
    """Return the description of a group's map in errors, with its properties, for the value that was found."""
    names = sorted(row.name for row in properties(spec))
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    # Most often, the properties are written in the same column as the group's name.
    indented = ", indented further than this line" if value is None else ""
    return f"a map with any of {', '.join(names[:MAX_LISTED])}{more}{indented}"


def _read_property(row: Property, value: object, path: str, reader: Reader) -> Any:
    """Return the property's value, or MISSING if it resolves to nothing or could not be read."""
    before = len(reader.problems)
    chosen = _branch(row, value, path, reader)
    if chosen is MISSING:
        return MISSING
    # A value chosen by a condition is not literal: like a parameter's value, it can be empty.
    by_condition, value = chosen is not value, chosen
    counted = isinstance(row.kind, ListOf) and not row.kind.known
    if row.known_at_expansion and not (counted and isinstance(value, list)):
        resolved = resolve(value, path, reader, counted=counted)
        # With an unknown list item, the other items would be read with the wrong index.
        unknown = resolved is MISSING or len(reader.problems) > before
        if unknown or ((by_condition or resolved is not value) and resolved in EMPTY):
            return MISSING
        value = resolved
    elif value == NO_VALUE or _decided_absent(row, value, path, reader):
        return MISSING
    elif is_intrinsic(value):
        if isinstance(row.kind, (Group, OptionalGroup)):
            reader.problem(path, f"found the intrinsic {shown(value)}", "write the properties as a map")
            return MISSING
        return row.kind.call(value, path, reader)  # type: ignore[arg-type]
    if isinstance(value, list):
        value = [item for item in value if not _empty(item, reader)]
    result = row.kind.read(value, path, reader)
    return MISSING if len(reader.problems) > before and not isinstance(row.kind, (Group, OptionalGroup)) else result


def _parameter(value: object, reader: Reader) -> Any:
    """Return the value of a `Ref`'s parameter, or why there is none; MISSING if it is not such a `Ref`."""
    reference = value.get("Ref") if isinstance(value, Mapping) and len(value) == 1 else None
    return reader.parameters.get(reference, MISSING) if isinstance(reference, str) else MISSING


def _branch(row: Property, value: object, path: str, reader: Reader) -> Any:
    """Return the branch of an Fn::If that decides which resources exist; any other value unchanged.

    MISSING if the condition is not known but must be.
    """
    decides = row.known_at_expansion or isinstance(row.kind, (Group, OptionalGroup))
    if not (is_intrinsic(value) and "Fn::If" in value and (decides or row.presence_decides)):  # type: ignore[operator]
        return value
    try:
        chosen = reader.computed.chosen(value)
    except NotKnownError as error:
        if not decides:
            return value
        note_unknown(error, value, path, reader)
        return MISSING
    # Only its presence decides: CloudFormation chooses the branch.
    return chosen if decides or chosen == NO_VALUE else value


def _decided_absent(row: Property, value: object, path: str, reader: Reader) -> bool:
    """Tell whether a property counts as absent: its parameter is empty, or withheld although its presence decides."""
    if not row.presence_decides and not reader.settled:
        return False
    known = _parameter(value, reader)
    if row.presence_decides and known is Withheld.NO_ECHO:
        note_withheld(known, value, path, reader)
        return True
    return known in EMPTY


def _empty(item: object, reader: Reader) -> bool:
    """Tell whether a list item counts as absent: its parameter is empty and can't change."""
    return reader.settled and is_intrinsic(item) and _parameter(item, reader) in EMPTY
