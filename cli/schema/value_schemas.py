"""The JSON Schema of a property's values, for each property type of the property tables."""

import re
from functools import singledispatch
from typing import Any

from resilient_website.reading.collection_types import Anything
from resilient_website.reading.property_types import Boolean, Choice, Integer, IntegerChoice, PropertyType, Text
from resilient_website.reading.version_number import VersionNumber
from resilient_website.reading.versions import VERSIONS

Schema = dict[str, Any]

# Python's inline flags, lookbehind and \Z are not part of JSON Schema's regular expressions (ECMA-262).
ONLY_PYTHON = re.compile(r"\(\?[a-zA-Z]+\)|\(\?P|\(\?<|\\[AZ]")


@singledispatch
def value_schema(kind: PropertyType) -> Schema:
    """Return the schema of a type's literal values: a string, for types that are checked by more than a pattern."""
    del kind
    return {"type": "string"}


@value_schema.register
def _(kind: Text) -> Schema:
    # A number is accepted too: YAML reads a name such as 8.4 as one.
    texts: Schema = {"type": "string"}
    if not ONLY_PYTHON.search(kind.pattern):
        texts["pattern"] = f"^(?:{kind.pattern})$"
    return {"anyOf": [texts, {"type": "number"}]}


@value_schema.register
def _(kind: Choice) -> Schema:
    return {"enum": list(kind.choices)}


@value_schema.register
def _(kind: Integer) -> Schema:
    number = {"type": "integer", "minimum": kind.minimum, "maximum": kind.maximum}
    return {"anyOf": [number, {"type": "string", "pattern": "^-?[0-9]{1,9}$"}]}


@value_schema.register
def _(kind: IntegerChoice) -> Schema:
    return {"enum": [*kind.choices, *map(str, kind.choices)]}


@value_schema.register
def _(kind: VersionNumber) -> Schema:
    del kind
    return {"enum": [*VERSIONS, *map(str, VERSIONS)]}


@value_schema.register
def _(kind: Boolean) -> Schema:
    del kind
    return {"enum": [True, False, "true", "false"]}


@value_schema.register
def _(kind: Anything) -> Schema:
    del kind
    return {}
