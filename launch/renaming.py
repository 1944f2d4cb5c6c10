"""Gives resources other logical ids, and follows them through every reference."""

import re
from collections.abc import Mapping
from typing import Any

from launch.rewriting import rewritten
from resilient_website.intrinsics import SUB_VARIABLE

Json = dict[str, Any]


def renamed(part: Json, names: Mapping[str, str]) -> Json:
    """Return a map of resources, or another part of a template, with the new names in the place of the old ones."""
    if not names:
        return part

    def reference(value: Json) -> Json:
        changed = dict(value)
        if isinstance(value.get("Ref"), str):
            changed["Ref"] = names.get(value["Ref"], value["Ref"])
        if "Fn::GetAtt" in value:
            changed["Fn::GetAtt"] = _attribute(value["Fn::GetAtt"], names)
        if "Fn::Sub" in value:
            changed["Fn::Sub"] = _sub(value["Fn::Sub"], names)
        if "DependsOn" in value and "Type" in value:
            changed["DependsOn"] = _depends_on(value["DependsOn"], names)
        return changed

    return {names.get(key, key): item for key, item in rewritten(part, reference).items()}


def _attribute(argument: Any, names: Mapping[str, str]) -> Any:
    if isinstance(argument, str):
        name, dot, attribute = argument.partition(".")
        return names.get(name, name) + dot + attribute
    return [names.get(argument[0], argument[0]), *argument[1:]]


def _sub(argument: Any, names: Mapping[str, str]) -> Any:
    text, variables = argument if isinstance(argument, list) else (argument, {})

    def variable(match: re.Match[str]) -> str:
        name, dot, attribute = match[1].partition(".")
        return match[0] if match[1] in variables else f"${{{names.get(name, name)}{dot}{attribute}}}"

    replaced = SUB_VARIABLE.sub(variable, text)
    return [replaced, variables] if isinstance(argument, list) else replaced


def _depends_on(value: Any, names: Mapping[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else [names.get(name, name) for name in value]
