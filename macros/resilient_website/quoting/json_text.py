"""JSON: a document whose strings may be intrinsics."""

import json
from collections.abc import Mapping
from typing import Any

from troposphere import AWSHelperFn

from resilient_website.quoting.replacement import replaced

# Characters that JSON strings must escape. A parameter's value can't contain other control characters. Source: RFC
# 8259, "Strings".
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def document(value: Any) -> list[Any]:
    """Return the parts, to be joined, of a value's compact JSON text; an intrinsic becomes a string of its text."""
    match value:
        case AWSHelperFn():
            return ['"', *replaced(value, ESCAPES), '"']
        case Mapping():
            items = [[json.dumps(str(name)), ":", *document(item)] for name, item in value.items()]
            return ["{", *_separated(items), "}"]
        case list() | tuple():
            return ["[", *_separated([document(item) for item in value]), "]"]
        case _:
            return [json.dumps(value)]


def _separated(items: list[list[Any]]) -> list[Any]:
    return [part for index, item in enumerate(items) for part in ([","] if index else []) + item]
