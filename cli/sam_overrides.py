"""Reads `parameter_overrides` of a samconfig.toml: a text, a list of texts, or a table, as AWS SAM reads it.

Source: "sam deploy" in the AWS SAM Developer Guide, and the type of this option in the AWS SAM CLI
(`CfnParameterOverridesType`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# A name, and a value in quotation marks or without spaces; a backslash escapes the next character.
_NAME = r"[A-Za-z0-9]+"
_VALUE = r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^ "\\])+)"""
_KEYED = re.compile(rf"ParameterKey=({_NAME}),ParameterValue={_VALUE}")
_PLAIN = re.compile(rf" ({_NAME})={_VALUE}")


def overrides(value: Any) -> dict[str, str]:
    """Return the values of parameters. Raises ValueError for what is none, and for files that AWS SAM would include."""
    return dict(_pairs(value))


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for entry in value:
            yield from _pairs(entry)
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            if name == "$include":
                raise ValueError("$include is read by AWS SAM only")
            text = ",".join(str(item).strip() for item in entry) if isinstance(entry, list) else str(entry)
            yield name, _unquoted(text)
    elif value:
        yield from _of_text(str(value))


def _of_text(text: str) -> Iterator[tuple[str, str]]:
    if text.startswith("file://"):
        raise ValueError(f"{text} is read by AWS SAM only")
    found = _KEYED.findall(text) or _PLAIN.findall(f" {text.strip()}")
    if not found:
        raise ValueError(f"{text!r} is not Name=Value")
    for name, value in found:
        yield name, _unquoted(value)


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return re.sub(r"""\\([ "'])""", r"\1", value)
