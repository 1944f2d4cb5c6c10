"""Merges stacks in other Regions (Custom::RemoteStack) into their template.

Their resources are added to the others, and the values of their parameters and outputs replace the references to them.
Each resource then has a Region. One whose logical id is taken gets its Region's name as an ending: the fallback site of
a site with a copy is in two Regions.
"""

import json
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

REMOTE_STACK = "Custom::RemoteStack"

_VARIABLE = re.compile(r"\$\{([^!}]+)\}")


@dataclass(frozen=True)
class Inlined:
    """A template with its remote stacks merged, and the Region of each resource from one."""

    template: Mapping[str, Any]
    regions: Mapping[str, str]


def inlined(template: Mapping[str, Any]) -> Inlined:
    """Return the template with the resources of its remote stacks merged.

    A stack whose template can't be parsed is left unchanged.
    """
    resources: dict[str, Any] = dict(template.get("Resources") or {})
    regions: dict[str, str] = {}
    outputs: dict[str, Any] = {}
    stacks = _stacks(resources)
    for name, properties, own in stacks:
        region = str(properties["Region"])
        inner = _renamed(own, set(resources), region)
        made = inner["Resources"]
        given = {**_map(properties.get("Parameters")), "AWS::Region": region}
        resources |= _substituted(made, given)
        regions |= dict.fromkeys(made, region)
        for output, body in _map(inner.get("Outputs")).items():
            outputs[f"{name}.{output}"] = _substituted(_map(body).get("Value"), given)
        del resources[name]
    # A stack's parameter may be another stack's output, which may depend on a further one.
    for _ in stacks:
        outputs = _substituted(outputs, outputs)
    if stacks:
        resources = _substituted(resources, outputs)
    return Inlined({**template, "Resources": resources}, regions)


def _stacks(resources: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Return the remote stacks that can be parsed: logical id, properties, template."""
    found: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
    for name, body in resources.items():
        if not isinstance(body, Mapping) or body.get("Type") != REMOTE_STACK:
            continue
        properties = body.get("Properties")
        if not isinstance(properties, Mapping) or not isinstance(properties.get("Region"), str):
            continue
        try:
            inner = json.loads(str(properties.get("TemplateBody")))
        except ValueError:
            continue
        if isinstance(inner, dict) and isinstance(inner.get("Resources"), dict):
            found.append((name, properties, inner))
    return found


def _renamed(inner: Mapping[str, Any], taken: AbstractSet[str], region: str) -> Mapping[str, Any]:
    """Return a stack's template in which no logical id is one of those that are taken."""
    ending = "In" + "".join(word.capitalize() for word in region.split("-"))
    names = {name: f"{name}{ending}" for name in inner["Resources"] if name in taken}
    made = {names.get(name, name): _with_names(body, names) for name, body in inner["Resources"].items()}
    return {**inner, "Resources": made, "Outputs": _with_names(_map(inner.get("Outputs")), names)} if names else inner


def _with_names(node: Any, names: Mapping[str, str]) -> Any:
    """Return a value in which Ref, Fn::GetAtt, Fn::Sub and DependsOn have other logical ids."""
    if isinstance(node, list):
        return [_with_names(item, names) for item in node]
    if not isinstance(node, Mapping):
        return node
    return {key: _REFERRING.get(key, _with_names)(value, names) for key, value in node.items()}


def _named(argument: Any, names: Mapping[str, str]) -> Any:
    """Return the argument of Ref, Fn::GetAtt or DependsOn: a logical id first, or a list of them."""
    if isinstance(argument, list):
        return [_named(item, names) for item in argument]
    if not isinstance(argument, str):
        return argument
    name, dot, attribute = argument.partition(".")
    return f"{names.get(name, name)}{dot}{attribute}"


def _sub_named(argument: Any, names: Mapping[str, str]) -> Any:
    """Return the argument of Fn::Sub: a text, or a text and its own variables."""
    if isinstance(argument, list):
        return [_sub_named(argument[0], names), *_with_names(argument[1:], names)] if argument else argument
    if not isinstance(argument, str):
        return argument
    return _VARIABLE.sub(lambda match: f"${{{_named(match[1], names)}}}", argument)


_REFERRING: Mapping[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "Ref": _named,
    "Fn::GetAtt": _named,
    "DependsOn": _named,
    "Fn::Sub": _sub_named,
}


def _map(value: Any) -> Mapping[str, Any]:
    """Return a map; any other value, which an invalid template may have, counts as an empty map."""
    return value if isinstance(value, Mapping) else {}


def _substituted(node: Any, values: Mapping[str, Any]) -> Any:
    """Return a value with the references to these names (`Name`, or `Name.Attribute`) replaced."""
    if isinstance(node, list):
        return [_substituted(item, values) for item in node]
    if not isinstance(node, Mapping):
        return node
    if len(node) == 1:
        function, argument = next(iter(node.items()))
        if function in ("Ref", "Fn::GetAtt"):
            name = ".".join(map(str, argument)) if isinstance(argument, list) else str(argument)
            return values.get(name, node)
        if function == "Fn::Sub":
            return {function: _filled(argument, values)}
    return {key: _substituted(item, values) for key, item in node.items()}


def _filled(argument: Any, values: Mapping[str, Any]) -> Any:
    """Return the argument of Fn::Sub with the known names added to its variable map."""
    if not isinstance(argument, str) and not (isinstance(argument, list) and len(argument) == 2):
        return argument
    text, own = (argument, {}) if isinstance(argument, str) else (argument[0], _map(_substituted(argument[1], values)))
    used = {name: values[name] for name in _VARIABLE.findall(str(text)) if name in values and name not in own}
    return [text, {**own, **used}] if own or used else text
