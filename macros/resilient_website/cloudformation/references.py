"""Finds what a part of a template refers to."""

import re
from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation.encoding import MAPS, PLAIN
from resilient_website.cloudformation.intrinsics import SUB_VARIABLE
from resilient_website.cloudformation.template_walk import get_att, text_and_variables

# The functions that refer to something.
CALLS = frozenset({"Ref", "Fn::GetAtt", "Fn::Sub"})

# In Fn::Sub, the name before an attribute that a loop's variable names: `${Site.${Name}}`, or `&{Name}`.
COMPUTED = re.compile(r"\$\{\s*([A-Za-z0-9]+)\.[A-Za-z0-9.]*[$&]\{")


def depends_on(resource: Mapping[str, Any]) -> list[str]:
    """Return the logical ids in a resource's DependsOn, which is one of them or a list."""
    named = resource.get("DependsOn", [])
    return [named] if isinstance(named, str) else list(named)


def of_attributes(resource: Mapping[str, Any]) -> set[str]:
    """Return what a resource's attributes refer to, implicitly; not what its properties do."""
    found: set[str] = set()
    for attribute, value in resource.items():
        if attribute != "Properties" and type(value) not in PLAIN:
            _collect(value, found)
    return found


def references(value: Any) -> set[str]:
    """Return all logical ids (and parameters) that a part of a template refers to, implicitly."""
    found: set[str] = set()
    _collect(value, found)
    return found


def _collect(value: Any, found: set[str]) -> None:
    """Add what a part of a template refers to. Most values are plain, so these are handled first."""
    if isinstance(value, list):
        for item in value:
            if type(item) not in PLAIN:
                _collect(item, found)
    elif isinstance(value, MAPS):
        for key, item in value.items():
            if key in CALLS:
                _collect_call(key, item, found)
            elif type(item) not in PLAIN:
                _collect(item, found)


def _collect_call(function: str, argument: Any, found: set[str]) -> None:
    """Add what one call refers to; CloudFormation itself rejects malformed calls."""
    if function == "Ref" and isinstance(argument, str):
        found.add(argument)
        return
    if function == "Fn::GetAtt":
        name, _ = get_att(argument)
        if name:
            found.add(name)
    parts = text_and_variables(argument) if function == "Fn::Sub" else None
    if parts is None:
        _collect(argument, found)
        return
    text, variables = parts
    for name in (*COMPUTED.findall(text), *SUB_VARIABLE.findall(text)):
        if name not in variables:
            found.add(name.partition(".")[0])
    if variables:
        _collect(variables, found)
