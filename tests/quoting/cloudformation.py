"""CloudFormation's string functions, with the values of references given: what it puts into a template."""

import base64
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

Given = Mapping[str, str]


def resolved(value: Any, given: Given) -> Any:
    """Return a value with its intrinsics resolved; `given` has the values by `Name` or `Name.Attribute`.

    A reference that is not given resolves to its own name, or to what a defaultdict makes of it.
    """
    if isinstance(value, list):
        return [resolved(item, given) for item in value]
    if not isinstance(value, Mapping):
        return value
    name = next(iter(value), "")
    if len(value) == 1 and name in FUNCTIONS:
        return FUNCTIONS[name](value[name], given)
    return {key: resolved(item, given) for key, item in value.items()}


def _reference(name: str | list[str], given: Given) -> str:
    full = name if isinstance(name, str) else ".".join(name)
    return given[full] if full in given or isinstance(given, defaultdict) else full


def _base64(text: Any, given: Given) -> str:
    return base64.b64encode(resolved(text, given).encode()).decode()


def _split(argument: list[Any], given: Given) -> list[str]:
    delimiter, text = argument
    parts: list[str] = resolved(text, given).split(delimiter)
    return parts


def _select(argument: list[Any], given: Given) -> str:
    index, items = argument
    text: str = resolved(items, given)[int(index)]
    return text


def _join(argument: list[Any], given: Given) -> str:
    delimiter, items = argument
    text: str = delimiter.join(resolved(items, given))
    return text


def _sub(argument: Any, given: Given) -> str:
    text, variables = (argument, {}) if isinstance(argument, str) else argument
    own = resolved(variables, given)

    def variable(match: re.Match[str]) -> str:
        if match[1]:
            return f"${{{match[2]}}}"
        value: str = own[match[2]] if match[2] in own else _reference(match[2], given)
        return value

    return re.sub(r"\$\{(!?)([^}]*)\}", variable, text)


FUNCTIONS = {
    "Ref": _reference,
    "Fn::GetAtt": _reference,
    "Fn::ImportValue": _reference,
    "Fn::Select": _select,
    "Fn::Base64": _base64,
    "Fn::Split": _split,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
}
