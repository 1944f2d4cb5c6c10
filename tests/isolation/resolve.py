"""CloudFormation's intrinsic functions, resolved for one stack: with the physical ids of its resources."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Json = dict[str, Any]

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:(arn:[^}]+?):SecretString(?::(\w+))?[^}]*\}\}")
NOTHING = object()


class Ids(Protocol):
    """What the intrinsic functions ask for."""

    def ref(self, name: str) -> Any:
        """Return what Ref gives for a resource or a pseudo parameter."""

    def attribute(self, name: str, attribute: str) -> Any:
        """Return what Fn::GetAtt gives."""

    def imported(self, name: str) -> Any:
        """Return an export's value."""

    def secret(self, arn: str, key: str) -> str:
        """Return a secret's current value, or one field of it."""


class Resolver:
    """Resolves the values of one template."""

    def __init__(self, template: Mapping[str, Any], ids: Ids) -> None:
        self._template, self._ids = template, ids
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": lambda given: given[0].join(str(part) for part in self.value(given[1])),
            "Fn::Split": lambda given: str(self.value(given[1])).split(given[0]),
            "Fn::Select": lambda given: self.value(given[1])[int(self.value(given[0]))],
            "Fn::If": lambda given: self.value(given[1] if self.holds(given[0]) else given[2]),
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": lambda _: [f"{ids.ref('AWS::Region')}{letter}" for letter in "abc"],
            "Fn::ImportValue": lambda given: ids.imported(self.value(given)),
            "Fn::Base64": self.value,
        }

    def value(self, node: Any) -> Any:
        """Return a value with its intrinsic functions resolved."""
        if isinstance(node, str):
            return _DYNAMIC.sub(lambda found: self._ids.secret(found[1], found[2] or ""), node)
        if isinstance(node, list):
            return [part for part in map(self.value, node) if part is not NOTHING]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1 and (name := next(iter(node))) in self._functions:
            found = self._functions[name](node[name])
            return self.value(found) if isinstance(found, str) and "{{resolve:" in found else found
        parts = {key: self.value(part) for key, part in node.items()}
        return {key: part for key, part in parts.items() if part is not NOTHING}

    def holds(self, name: str) -> bool:
        """Return whether a condition of the template holds."""
        return self._condition(self._template["Conditions"][name])

    def _condition(self, node: Any) -> bool:
        (name, given) = next(iter(node.items()))
        match name:
            case "Condition":
                return self.holds(given)
            case "Fn::Not":
                return not self._condition(given[0])
            case "Fn::And":
                return all(map(self._condition, given))
            case "Fn::Or":
                return any(map(self._condition, given))
        left, right = (str(self.value(side)) for side in given)
        return left == right

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        declared = self._template.get("Parameters", {})
        return declared[name].get("Default", "") if name in declared else self._ids.ref(name)

    def _get_att(self, given: Any) -> Any:
        name, attribute = given.split(".", 1) if isinstance(given, str) else (given[0], self.value(given[1]))
        return self._ids.attribute(name, attribute)

    def _sub(self, given: Any) -> str:
        text, values = (given, {}) if isinstance(given, str) else given

        def put_in(found: re.Match[str]) -> str:
            name = found[1]
            if name in values:
                return str(self.value(values[name]))
            return str(self._get_att(name) if "." in name else self._ref(name))

        return _VARIABLE.sub(put_in, text).replace("${!", "${")

    def _find_in_map(self, given: Any) -> Any:
        found: Any = self._template["Mappings"]
        for key in given[:3]:
            found = found[self.value(key)]
        return self.value(found)
