"""Fields of a form for properties of the compact resource: they take the values that the macro takes.

Default and constraints are those of the property. CloudFormation reads patterns as Java's regular expressions, and each
has to match the whole value.
"""

from typing import Any

from troposphere import Parameter

from resilient_website.facts.cloudformation_quotas import MAX_PARAMETER_BYTES
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import Cidr, Integer, IntegerChoice, Text
from resilient_website.site_spec import ALL_PROPERTIES
from resilient_website.tiers.network.checks import PRIVATE_BLOCKS

BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"


def field(name: str, path: str, description: str, *, required: bool = False, **more: Any) -> Parameter:
    """Return the field for the property at a path, as in `WebServers.InstanceType`.

    It is empty if the property has no default, and then it can be left empty, unless it is `required`. `more` are
    attributes of the parameter that replace those of the property.
    """
    row = _property(path)
    default = "" if row.default in (None, ()) else str(row.default)
    made = {
        "Type": "String",
        "Default": None if required else default,
        "MinLength": 1 if required else None,
        "Description": description,
        **_constraints(row, optional=not default and not required),
        **more,
    }
    return Parameter(name, **{key: value for key, value in made.items() if value is not None})


def _property(path: str) -> Property:
    *groups, name = path.split(".")
    rows = ALL_PROPERTIES
    for group in groups:
        kind = next(row.kind for row in rows if row.name == group)
        rows = properties(kind.spec) if isinstance(kind, Group | OptionalGroup) else ()
    return next(row for row in rows if row.name == name)


def _constraints(row: Property, *, optional: bool) -> dict[str, Any]:
    """Return the type and the constraints of the parameter for a property. Raises TypeError if it has no parameter."""
    kind = row.kind
    if isinstance(kind, IntegerChoice):
        return {"Type": "Number", "AllowedValues": list(map(str, kind.choices))}
    if isinstance(kind, Integer):
        # Each number in a list: a parameter of type Number would take fractions.
        return {"Type": "Number", "AllowedValues": list(map(str, range(kind.minimum, kind.maximum + 1)))}
    if isinstance(kind, Cidr):
        return {"AllowedPattern": cidr_pattern(kind), "ConstraintDescription": _allowed(row, optional=optional)}
    text = kind.item if isinstance(kind, ListOf) else kind
    if not isinstance(text, Text):
        raise TypeError(f"{row.name}: no field for {kind.describe()}")
    made = {
        "Type": "String" if text is kind else "CommaDelimitedList",
        "MaxLength": text.longest if text is kind and text.longest <= MAX_PARAMETER_BYTES else None,
    }
    if text.pattern == Text.pattern:
        return made
    pattern = f"^$|{text.pattern}" if optional else text.pattern
    return {**made, "AllowedPattern": pattern, "ConstraintDescription": _allowed(row, optional=optional)}


def _allowed(row: Property, *, optional: bool) -> str:
    return f"Allowed: {row.kind.describe()}{'; or nothing' if optional else ''}."


def cidr_pattern(kind: Cidr) -> str:
    """Return a pattern for private networks from /16 to /24: the third byte is a multiple of the network's size."""
    starts = "|".join(
        rf"{block[0].packed[0]}\.{_bytes(block[0].packed[1], block[-1].packed[1])}" for block in PRIVATE_BLOCKS
    )
    ends = "|".join(
        rf"{_any_of(range(0, 256, 2 ** (24 - length)))}\.0/{length}"
        for length in range(kind.largest, kind.smallest + 1)
    )
    return rf"({starts})\.({ends})"


def _bytes(first: int, last: int) -> str:
    return BYTE if (first, last) == (0, 255) else _any_of(range(first, last + 1))


def _any_of(numbers: range) -> str:
    return f"({'|'.join(map(str, numbers))})"
