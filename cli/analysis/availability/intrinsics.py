"""Resolves CloudFormation's intrinsic functions as far as the template, its parameters and the Region allow.

The result is plain JSON with placeholders for values that are unknown before deployment (see references.py), and for
the values of parameters with `NoEcho`, which no report may show. Conditions are evaluated; `AWS::NoValue` removes a
property, and a false `Condition` a resource.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from cli.analysis.availability.references import reference, unknown
from resilient_website.cloudformation.declared_parameters import no_echo
from resilient_website.cloudformation.encoding import MAPS, PLAIN

# A Region has at most six zones. Source: "AWS Regions" in the AWS Regions and Availability Zones guide.
MAX_ZONES = 6

_VARIABLE = re.compile(r"\$\{(!?[^}]*)\}")


class _Nothing:
    """The value of `AWS::NoValue`."""


_NO_VALUE = _Nothing()


class Intrinsics:
    """Resolves the values of one template."""

    def __init__(self, template: Mapping[str, Any], region: str, parameters: Mapping[str, Any]) -> None:
        self._resources: Mapping[str, Any] = template.get("Resources") or {}
        self._conditions: Mapping[str, Any] = template.get("Conditions") or {}
        self._mappings: Mapping[str, Any] = template.get("Mappings") or {}
        self._declared: Mapping[str, Any] = template.get("Parameters") or {}
        self._parameters = parameters
        self._hidden = no_echo(template)
        self._pseudo: dict[str, Any] = {
            "AWS::Region": region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NoValue": _NO_VALUE,
        }

    def value(self, node: Any) -> Any:
        """Return a value with its intrinsic functions resolved."""
        # Of the parts of a map or list, only those that are not plain come here.
        if isinstance(node, MAPS) and len(node) == 1:
            ((name, argument),) = node.items()
            if name in _FUNCTIONS:
                return self._called(name, argument)
            if name.startswith("Fn::"):
                return unknown(f"{name} {json.dumps(self._kept(argument), ensure_ascii=False)}")
        return self._kept(node)

    def exists(self, resource: Mapping[str, Any]) -> bool:
        """Return whether a resource is created; an unknown condition counts as true."""
        name = resource.get("Condition")
        return name is None or self._called("Fn::If", [name, True, False]) is not False

    def unknown_condition(self, resource: Mapping[str, Any]) -> str:
        """Return the definition of a resource's condition, with what is known put in; empty if it is known to hold."""
        name = resource.get("Condition")
        if name is None or self._called("Fn::If", [name, True, False]) is True:
            return ""
        return json.dumps(self.value(self._written_out({"Condition": name}, ())), ensure_ascii=False, default=str)

    def _written_out(self, node: Any, outer: tuple[Any, ...]) -> Any:
        """Return a condition with the definitions of the conditions that it names."""
        if isinstance(node, list):
            return [self._written_out(item, outer) for item in node]
        if not isinstance(node, Mapping):
            return node
        name = node.get("Condition") if len(node) == 1 else None
        if isinstance(name, str) and name in self._conditions and name not in outer:
            return self._written_out(self._conditions[name], (*outer, name))
        return {key: self._written_out(item, outer) for key, item in node.items()}

    def _called(self, name: str, argument: Any) -> Any:
        """Return a function's value; invalid arguments, which any template may have, give an unknown value."""
        try:
            return _FUNCTIONS[name](self, argument)
        except (TypeError, ValueError, LookupError, AttributeError):
            return unknown(f"{name} of {argument!r}")

    def _kept(self, node: Any) -> Any:
        """Return a map or list with its parts resolved, without those that are `AWS::NoValue`."""
        # Hardly any has one, and to look for it takes less than a copy.
        if isinstance(node, list):
            items = [item if type(item) in PLAIN else self.value(item) for item in node]
            return [item for item in items if item is not _NO_VALUE] if _NO_VALUE in items else items
        if isinstance(node, MAPS):
            parts = {key: item if type(item) in PLAIN else self.value(item) for key, item in node.items()}
            if _NO_VALUE in parts.values():
                return {key: item for key, item in parts.items() if item is not _NO_VALUE}
            return parts
        return node

    def _ref(self, name: Any) -> Any:
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._resources:
            return reference(name)
        if name in self._declared:
            looked_up = str(self._declared[name].get("Type", "")).startswith("AWS::SSM::")
            if name in self._parameters and name not in self._hidden and not looked_up:
                return self._parameters[name]
            return unknown(f"parameter {name}")
        return unknown(str(name)) if str(name).startswith("AWS::") else reference(str(name))

    def _get_att(self, argument: Any) -> Any:
        parts = argument if isinstance(argument, list) else str(argument).split(".", 1)
        name, attribute = str(parts[0]), str(self.value(parts[1]))
        body = self._resources.get(name)
        if attribute == "AvailabilityZone" and body and body.get("Type") == "AWS::EC2::Subnet":
            return self.value((body.get("Properties") or {}).get("AvailabilityZone", unknown(f"zone of {name}")))
        if attribute == "Arn" and body and body.get("Type") == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{reference(name)}"
        return reference(name, attribute)

    def _sub(self, argument: Any) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])

        def put_in(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in given:
                return _text(self.value(given[name]))
            return _text(self._get_att(name) if "." in name else self._ref(name))

        return _VARIABLE.sub(put_in, str(text))

    def _join(self, argument: Any) -> str:
        separator, parts = argument[0], self.value(argument[1])
        if not isinstance(parts, list):
            return unknown(f"Fn::Join of {parts}")
        return str(separator).join(_text(part) for part in parts)

    def _select(self, argument: Any) -> Any:
        index, items = self.value(argument[0]), self.value(argument[1])
        if isinstance(items, list) and str(index).isdigit() and int(index) < len(items):
            return items[int(index)]
        return unknown(f"Fn::Select {index} of {_text(items)}")

    def _split(self, argument: Any) -> Any:
        text = self.value(argument[1])
        if isinstance(text, str) and "⟨" not in text:
            return text.split(str(argument[0]))
        return unknown(f"Fn::Split {_text(text)}")

    def _get_azs(self, _: Any) -> list[str]:
        return [f"{self._pseudo['AWS::Region']} zone {number}" for number in range(1, MAX_ZONES + 1)]

    def _find_in_map(self, argument: Any) -> Any:
        found: Any = self._mappings
        for key in argument[:3]:
            name = self.value(key)
            if not isinstance(found, Mapping) or name not in found:
                return unknown(f"Fn::FindInMap {_text(argument)}")
            found = found[name]
        return self.value(found)

    def _if(self, argument: Any) -> Any:
        holds = self._condition({"Condition": argument[0]})
        if holds is None:
            return unknown(f"Fn::If {argument[0]}")
        return self.value(argument[1] if holds else argument[2])

    def _condition(self, node: Any) -> bool | None:
        """Return whether a condition is true; None if it depends on a parameter without a value."""
        pair: tuple[str, Any] = next(iter(node.items())) if isinstance(node, Mapping) and node else ("", None)
        name, argument = pair
        if name == "Condition":
            return self._condition(self._conditions.get(argument))
        if name == "Fn::Equals":
            left, right = map(self._compared, argument)
            return None if "⟨" in f"{left}{right}" else str(left) == str(right)
        if name == "Fn::Not":
            inner = self._condition(argument[0])
            return None if inner is None else not inner
        if name in ("Fn::And", "Fn::Or"):
            decisive = name == "Fn::Or"
            parts = [self._condition(part) for part in argument]
            return decisive if decisive in parts else None if None in parts else not decisive
        return None

    def _compared(self, side: Any) -> Any:
        """Return a side of a comparison: the only place that reads the value of a parameter with NoEcho."""
        name = side.get("Ref") if isinstance(side, Mapping) and len(side) == 1 else None
        return self._parameters.get(name, self.value(side)) if name in self._hidden else self.value(side)


# Of the class, not bound to each object: an object that refers to itself is not freed, with its template, before
# Python's collector runs.
_FUNCTIONS: dict[str, Callable[[Intrinsics, Any], Any]] = {
    "Ref": Intrinsics._ref,
    "Fn::GetAtt": Intrinsics._get_att,
    "Fn::Sub": Intrinsics._sub,
    "Fn::Join": Intrinsics._join,
    "Fn::If": Intrinsics._if,
    "Fn::Select": Intrinsics._select,
    "Fn::Split": Intrinsics._split,
    "Fn::GetAZs": Intrinsics._get_azs,
    "Fn::FindInMap": Intrinsics._find_in_map,
    "Fn::Base64": Intrinsics.value,
}


def _text(value: Any) -> str:
    if value is _NO_VALUE:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
