"""Reads a group of properties into a frozen dataclass, whose fields form the property table.

A field made by `prop` defines one property: its name, type, default and the reason for the default. Reading, errors and
the generated reference all use this table.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, TypeVar

from resilient_website.cloudformation.computed import ABSENT, NotKnownError
from resilient_website.cloudformation.declared_parameters import Withheld
from resilient_website.cloudformation.intrinsics import NO_VALUE, is_intrinsic
from resilient_website.problems import known_names, shown
from resilient_website.reading.property_types import EMPTY, ListOf, PropertyType
from resilient_website.reading.reader import Reader
from resilient_website.reading.versions import at

Spec = TypeVar("Spec", bound="PropertyGroup")


@dataclass(frozen=True)
class Need:
    """Another property that a property needs: without it, a site with nothing else refuses it, or it has no effect.

    `name` is the other's path in the site, as in `Network.VpcId`, and `values` are those that meet the need; empty: any
    value. With `such_as`, other values may meet the need too. `when` are the values of the property itself that need
    it; empty: all values. One of `or_else`, further paths, meets the need too.
    """

    name: str
    values: tuple[Any, ...] = ()
    when: tuple[Any, ...] = ()
    or_else: tuple[str, ...] = ()
    such_as: bool = False


@dataclass(frozen=True)
class Property:
    """One property of the compact resource.

    With `known_at_expansion`, the value decides which resources exist. With `presence_decides`, only its presence does,
    and the value can be any intrinsic. `before` has the defaults of earlier versions of the expansion: `{3: 20}` means
    20 before version 3.

    `examples` are values as in a template; types with few values, such as Boolean or Choice, need none. `needs` are the
    properties that the property needs, besides those that its group needs.
    """

    name: str
    kind: PropertyType
    default: Any
    reason: str
    known_at_expansion: bool
    presence_decides: bool
    maps_to: str
    before: Mapping[int, Any]
    examples: tuple[Any, ...] = ()
    needs: tuple[Need, ...] = ()

    def default_in(self, version: int) -> Any:
        """Return the default in a version of the expansion."""
        return at(version, self.default, self.before)


@dataclass(frozen=True)
class PropertyGroup:
    """What every specification records about its properties besides their values.

    `given` has the names of the properties that the template sets, and that don't resolve to nothing. Checks use it,
    since a value can't show it: a template can contain a default value, and defaults change with the version.
    """

    given: frozenset[str] = field(default=frozenset(), compare=False, kw_only=True)


def prop(
    name: str,
    kind: PropertyType,
    default: Any = None,
    *,
    reason: str,
    known_at_expansion: bool = False,
    presence_decides: bool = False,
    maps_to: str = "",
    before: Mapping[int, Any] | None = None,
    examples: tuple[Any, ...] = (),
    needs: tuple[Need, ...] = (),
) -> Any:
    """Declare a property as a dataclass field.

    `default` is the value in the specification when the property is absent (None: the tier decides, see `reason`).
    `maps_to` is the CloudFormation property that it sets, as `Type.Property`. `before` has earlier defaults by version
    of the expansion. See Property for `examples` and `needs`.
    """
    table_row = Property(
        name, kind, default, reason, known_at_expansion, presence_decides, maps_to, before or {}, examples, needs
    )
    return field(default=default, metadata={"property": table_row})


def properties(spec: type[Any]) -> tuple[Property, ...]:
    """Return the table of a specification's properties, in order."""
    return tuple(f.metadata["property"] for f in fields(spec) if "property" in f.metadata)


@dataclass(frozen=True)
class Group(PropertyType):
    """A map of properties, read into the dataclass `spec`."""

    spec: type[Any]

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return "group"

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return the specification that a map of properties gives."""
        return read_group(self.spec, value, path, reader)


@dataclass(frozen=True)
class OptionalGroup(PropertyType):
    """`false`, `true` for a group with its defaults, or the group itself."""

    spec: type[Any]

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return "`false`, `true` or group"

    def read(self, value: object, path: str, reader: Reader) -> Any:
        """Return None for false, else the specification."""
        if value in (False, "false"):
            return None
        if value in (True, "true"):
            return defaults(self.spec, reader.version)
        if not isinstance(value, Mapping):
            reader.problem(path, f"found {shown(value)}", f"write false, true or {_a_map(self.spec)}")
            return None
        return read_group(self.spec, value, path, reader)


def defaults(spec: type[Spec], version: int) -> Spec:
    """Return a specification with all defaults of a version of the expansion."""
    values: dict[str, Any] = {}
    for row in fields(spec):
        if "property" in row.metadata:
            value = row.metadata["property"].default_in(version)
            values[row.name] = defaults(type(value), version) if isinstance(value, PropertyGroup) else value
    return spec(**values)


def read_group(spec: type[Spec], value: object, path: str, reader: Reader) -> Spec:
    """Return `spec` filled from a map of properties; every problem goes to `reader`, with its path.

    Unreadable properties keep their default, so that reading continues and finds all problems.
    """
    if not isinstance(value, Mapping):
        reader.problem(path, f"found {shown(value)}", f"write {_a_map(spec)}")
        return spec()
    table = {row.metadata["property"].name: row for row in fields(spec) if "property" in row.metadata}
    for name in value:
        if name not in table:
            reader.problem(f"{path}.{name}", "unknown property", known_names(str(name), table))
    given = {
        row.name: _read_property(row.metadata["property"], value[name], f"{path}.{name}", reader)
        for name, row in table.items()
        if name in value
    }
    known = {name: result for name, result in given.items() if result is not MISSING}
    written = frozenset(name for name, row in table.items() if row.name in known)
    return replace(defaults(spec, reader.version), **known, given=written)


def _a_map(spec: type[Any]) -> str:
    """Return the description of a group's map in errors, with its properties."""
    return "a map with any of " + ", ".join(sorted(row.name for row in properties(spec)))


def _read_property(row: Property, value: object, path: str, reader: Reader) -> Any:
    """Return the property's value, or MISSING if it resolves to nothing or could not be read."""
    before = len(reader.problems)
    chosen = _branch(row, value, path, reader)
    if chosen is MISSING:
        return MISSING
    # A value chosen by a condition is not literal: like a parameter's value, it can be empty.
    by_condition, value = chosen is not value, chosen
    if row.known_at_expansion and not (isinstance(value, list) and isinstance(row.kind, ListOf) and not row.kind.known):
        resolved = resolve(value, path, reader)
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
        _note_unknown(error, value, path, reader)
        return MISSING
    # Only its presence decides: CloudFormation chooses the branch.
    return chosen if decides or chosen == NO_VALUE else value


def _decided_absent(row: Property, value: object, path: str, reader: Reader) -> bool:
    """Tell whether a property counts as absent: its parameter is empty, or withheld although its presence decides."""
    if not row.presence_decides and not reader.settled:
        return False
    known = _parameter(value, reader)
    if row.presence_decides and known is Withheld.NO_ECHO:
        _note_withheld(known, value, path, reader)
        return True
    return known in EMPTY


def _empty(item: object, reader: Reader) -> bool:
    """Tell whether a list item counts as absent: its parameter is empty and can't change."""
    return reader.settled and is_intrinsic(item) and _parameter(item, reader) in EMPTY


def _note_unknown(error: NotKnownError, value: Any, path: str, reader: Reader) -> None:
    """Note a function whose value is required but can't be computed."""
    if error.why is not None:
        _note_withheld(error.why, error.call, path, reader)
        return
    within = error.call != value
    where = f"in which {shown(error.call)} is {_unknown(error.call)}" if within else f"which is {_unknown(value)}"
    reader.problem(
        path,
        f"found the intrinsic {shown(value)}, {where}",
        "this property decides which resources are created: write a literal, or a function of the template's "
        "parameters",
    )


def _note_withheld(why: Withheld, value: Any, path: str, reader: Reader) -> None:
    """Note a `Ref` to a parameter whose value is required but not available."""
    name = value["Ref"]
    decides = "this property decides which resources are created"
    if why is Withheld.NO_ECHO:
        found = f"found a Ref to the parameter {name}, which is declared with NoEcho"
        reader.problem(
            path, found, f"{decides}, which reveals its value: write a literal, or Ref a parameter without NoEcho"
        )
    elif why is Withheld.IN_PARAMETER_STORE:
        found = f"the parameter {name} is read from Parameter Store, and its value is not known here"
        reader.problem(path, found, f"{decides}: pass --parameter {name}=VALUE with the value from Parameter Store")
    else:
        advice = f"{decides}: pass a value (--parameter {name}=...), or add a Default"
        reader.problem(path, f"the parameter {name} has no value", advice)


def resolve(value: object, path: str, reader: Reader) -> Any:
    """Return a structural value with its functions evaluated; MISSING for `AWS::NoValue` and unknown values."""
    if value == NO_VALUE:
        return MISSING
    if isinstance(value, list):
        found = [(item, resolve(item, f"{path}[{index}]", reader)) for index, item in enumerate(value)]
        # An empty parameter as a list item counts as absent.
        return [known for item, known in found if known is not MISSING and not (known in EMPTY and known is not item)]
    if not is_intrinsic(value):
        return value
    try:
        chosen = reader.computed.chosen(value)
        if chosen is not value and not is_intrinsic(chosen):
            return resolve(chosen, path, reader)
        known = reader.computed.value(chosen)
    except NotKnownError as error:
        _note_unknown(error, value, path, reader)
        return MISSING
    return MISSING if known is ABSENT else known


def _unknown(value: Any) -> str:
    """Return why an intrinsic has no value."""
    if "Ref" in value and not str(value["Ref"]).startswith("AWS::"):
        return "not a parameter of the template"
    return "not known when the template is expanded"
