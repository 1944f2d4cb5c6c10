"""Evaluates functions of values known at expansion: parameters, mappings, conditions and the Region.

A template can therefore configure a site with Fn::If, Fn::FindInMap and string functions, for example to share one file
between production and staging. Source: "Intrinsic function reference" in the AWS CloudFormation User Guide.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from resilient_website.cloudformation.declared_parameters import Withheld
from resilient_website.cloudformation.intrinsics import SUB_VARIABLE, is_intrinsic
from resilient_website.cloudformation.template_walk import text_and_variables
from resilient_website.frozen import frozen

# Maximum length of a string, written or computed: four times the maximum user data, the longest text of a property, so
# that a long script gets its own error. Source: "Run commands when you launch an EC2 instance with user data input".
MAX_TEXT_LENGTH = 65_536

# Maximum nesting of calls and conditions, where a condition that refers to another counts as three. Each level takes
# two of the thousand stack frames that Python allows.
MAX_LEVELS = 150


class Absent:
    """Sentinel for `AWS::NoValue`: the property or list item is left out."""


ABSENT = Absent()


class NotKnownError(Exception):
    """A value that can't be computed at expansion: the call, and the reason if a parameter has no value."""

    def __init__(self, call: Any, why: Withheld | None = None) -> None:
        super().__init__()
        self.call = call
        self.why = why


@frozen
class Computer:
    """Computes values of one template. `parameters` are those of `known_values`."""

    parameters: Mapping[str, Any]
    region: str
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    # For each condition whether it holds, or the call and the reason of its NotKnownError.
    _found: dict[str, bool | tuple[Any, Withheld | None]] = field(default_factory=dict)

    def value(self, node: Any, level: int = 0) -> Any:
        """Return the value of a part of a template, or ABSENT. Raises NotKnownError."""
        if level > MAX_LEVELS:
            raise NotKnownError(node)
        if isinstance(node, list):
            items = [self.value(item, level + 1) for item in node]
            return [item for item in items if item is not ABSENT]
        if not is_intrinsic(node):
            return self._map(node, level) if isinstance(node, Mapping) else node
        ((function, argument),) = node.items()
        if function == "Ref":
            return self._parameter(argument, node)
        compute = _FUNCTIONS.get(function)
        if compute is None:
            raise NotKnownError(node)
        return compute(self, argument, node, level + 1)

    def condition(self, name: Any, level: int = 0) -> bool:
        """Return whether a condition holds. Raises NotKnownError."""
        if not isinstance(name, str) or name not in self.conditions or level > MAX_LEVELS:
            raise NotKnownError({"Condition": name})
        if name not in self._found:
            # CloudFormation itself rejects a condition that refers to itself.
            self._found[name] = ({"Condition": name}, None)
            try:
                self._found[name] = _truth(self.value(self.conditions[name], level + 1), {"Condition": name})
            except NotKnownError as error:
                # Not the error itself: it keeps the frames that it was raised in, and they keep this object.
                self._found[name] = (error.call, error.why)
        found = self._found[name]
        if isinstance(found, bool):
            return found
        raise NotKnownError(*found)

    def chosen(self, node: Any) -> Any:
        """Return what Fn::If gives, not computed any further; any other node as it is. Raises NotKnownError."""
        for level in range(MAX_LEVELS):
            if not (is_intrinsic(node) and "Fn::If" in node):
                return node
            name, taken, otherwise = _arguments(node["Fn::If"], 3, node)
            node = taken if self.condition(name, level) else otherwise
        raise NotKnownError(node)

    def taken(self, condition: str, *, if_true: bool) -> bool | None:
        """Return whether a branch of a condition is taken; None if not known."""
        try:
            return self.condition(condition) is if_true
        except NotKnownError:
            return None

    def _map(self, node: Mapping[str, Any], level: int) -> dict[str, Any]:
        items = {key: self.value(item, level + 1) for key, item in node.items()}
        return {key: item for key, item in items.items() if item is not ABSENT}

    def _parameter(self, name: Any, node: Any) -> Any:
        if name == "AWS::NoValue":
            return ABSENT
        if name == "AWS::Region":
            return self.region
        if not isinstance(name, str) or name not in self.parameters:
            raise NotKnownError(node)
        known = self.parameters[name]
        if isinstance(known, Withheld):
            raise NotKnownError(node, known)
        return known

    def _if(self, argument: Any, node: Any, level: int) -> Any:
        name, taken, otherwise = _arguments(argument, 3, node)
        return self.value(taken if self.condition(name, level) else otherwise, level)

    def _find_in_map(self, argument: Any, node: Any, level: int) -> Any:
        """Return a mapping's value, or the default that AWS::LanguageExtensions takes where a key is missing."""
        has_default = isinstance(argument, list) and len(argument) == 4
        *keys, default = _arguments(argument, 4, node) if has_default else [*_arguments(argument, 3, node), None]
        found: Any = self.mappings
        for index, key in enumerate(keys):
            text = _text(self.value(key, level), node)
            if not isinstance(found, Mapping) or text not in found:
                if index and isinstance(default, Mapping) and default.keys() == {"DefaultValue"}:
                    return self.value(default["DefaultValue"], level)
                raise NotKnownError(node)
            found = found[text]
        return found

    def _length(self, argument: Any, node: Any, level: int) -> int:
        return len(_items(self.value(argument, level), node))

    def _equals(self, argument: Any, node: Any, level: int) -> bool:
        first, second = (self.value(item, level) for item in _arguments(argument, 2, node))
        return bool(_text(first, node) == _text(second, node))

    def _and(self, argument: Any, node: Any, level: int) -> bool:
        return self._all(argument, node, level, unless=False)

    def _or(self, argument: Any, node: Any, level: int) -> bool:
        return self._all(argument, node, level, unless=True)

    def _all(self, argument: Any, node: Any, level: int, *, unless: bool) -> bool:
        """Return `unless` where an operand has that value, known or not the others; else its opposite."""
        unknown: NotKnownError | None = None
        for item in argument if isinstance(argument, list) else ():
            try:
                if _truth(self.value(item, level), node) is unless:
                    return unless
            except NotKnownError as error:
                unknown = unknown or error
        if unknown or not isinstance(argument, list):
            raise unknown or NotKnownError(node)
        return not unless

    def _not(self, argument: Any, node: Any, level: int) -> bool:
        (operand,) = _arguments(argument, 1, node)
        return not _truth(self.value(operand, level), node)

    def _named(self, argument: Any, _node: Any, level: int) -> bool:
        return self.condition(argument, level)

    def _select(self, argument: Any, node: Any, level: int) -> Any:
        index, items = _arguments(argument, 2, node)
        number, values = _text(self.value(index, level), node), _items(self.value(items, level), node)
        if not number.isdecimal() or len(number) > 4 or int(number) >= len(values):
            raise NotKnownError(node)
        return values[int(number)]

    def _split(self, argument: Any, node: Any, level: int) -> list[str]:
        delimiter, text = (_text(self.value(item, level), node) for item in _arguments(argument, 2, node))
        if not delimiter:
            raise NotKnownError(node)
        return text.split(delimiter)

    def _join(self, argument: Any, node: Any, level: int) -> str:
        delimiter, items = _arguments(argument, 2, node)
        pieces = [_text(item, node) for item in _items(self.value(items, level), node)]
        between = _text(delimiter, node)
        if sum(map(len, pieces)) + len(between) * len(pieces) > MAX_TEXT_LENGTH:
            raise NotKnownError(node)
        return between.join(pieces)

    def _sub(self, argument: Any, node: Any, level: int) -> str:
        parts = text_and_variables(argument)
        if parts is None or len(parts[0]) > MAX_TEXT_LENGTH:
            raise NotKnownError(node)
        text, given = parts
        pieces: list[str] = []
        end = length = 0
        for match in SUB_VARIABLE.finditer(text):
            name = match[1]
            value = self.value(given[name], level) if name in given else self._parameter(name, {"Ref": name})
            pieces += [text[end : match.start()], _text(value, node)]
            length += len(pieces[-1]) + len(pieces[-2])
            end = match.end()
            if length > MAX_TEXT_LENGTH:
                raise NotKnownError(node)
        return "".join([*pieces, text[end:]]).replace("${!", "${")


_FUNCTIONS = {
    "Fn::If": Computer._if,
    "Fn::FindInMap": Computer._find_in_map,
    "Fn::Equals": Computer._equals,
    "Fn::And": Computer._and,
    "Fn::Or": Computer._or,
    "Fn::Not": Computer._not,
    "Condition": Computer._named,
    "Fn::Select": Computer._select,
    "Fn::Split": Computer._split,
    "Fn::Join": Computer._join,
    "Fn::Sub": Computer._sub,
    # Of AWS::LanguageExtensions, which runs later.
    "Fn::Length": Computer._length,
}


def of_template(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> Computer:
    """Return the computer of a template's values; `parameters` are those of `known_values`."""
    sections = (template.get("Mappings"), template.get("Conditions"))
    mappings, conditions = (section if isinstance(section, Mapping) else {} for section in sections)
    return Computer(parameters, region, mappings, conditions)


def _arguments(argument: Any, count: int, node: Any) -> list[Any]:
    if not isinstance(argument, list) or len(argument) != count:
        raise NotKnownError(node)
    return argument


def _items(value: Any, node: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotKnownError(node)
    return value


def _truth(value: Any, node: Any) -> bool:
    text = _text(value, node)
    if text not in ("true", "false"):
        raise NotKnownError(node)
    return text == "true"


def _text(value: Any, node: Any) -> str:
    """Return a value as the string that CloudFormation uses to compare and join it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise NotKnownError(node)
