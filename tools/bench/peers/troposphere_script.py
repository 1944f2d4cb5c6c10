"""Writes a bare troposphere script that makes the resources of an expansion, as a person would write it.

Each resource and each property is an object of troposphere's class for it, with the checks that those make. Where
troposphere refuses a value that CloudFormation takes, the script writes that property as plain JSON.
"""

import importlib
import inspect
from collections.abc import Mapping
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from keyword import iskeyword
from pathlib import Path
from typing import Any

import troposphere
from troposphere import AWSObject, BaseAWSObject

# A function of CloudFormation by what troposphere calls it; the others are written as they are.
FUNCTIONS = {"Ref": "Ref", "Fn::GetAtt": "GetAtt", "Fn::Join": "Join", "Fn::Sub": "Sub", "Fn::If": "If"}

CUSTOM = "Custom::"


def script(expansion: Mapping[str, Any]) -> str:
    """Return a Python program whose `build()` returns a troposphere Template, and which prints it when it is run."""
    resources = expansion["Resources"]
    lines = [f"    template.add_resource({_resource(name, body)})" for name, body in resources.items()]
    for name, output in expansion.get("Outputs", {}).items():
        lines.append(f"    template.add_output(troposphere.Output({name!r}, Value={_value(output['Value'])}))")
    custom = sorted({body["Type"] for body in resources.values() if body["Type"].startswith(CUSTOM)})
    modules = sorted({_class(body["Type"]).__module__ for body in resources.values() if body["Type"] not in custom})
    imported = "".join(f"import {module}\n" for module in modules)
    classes = [
        f'class {_custom(name)}(troposphere.AWSObject):\n    resource_type = "{name}"\n    props = {{}}\n\n\n'
        for name in custom
    ]
    return (
        f"import troposphere\n{imported}from troposphere import GenericHelperFn, GetAtt, If, Join, Ref, Sub, Tags\n\n\n"
        f"{''.join(classes)}def build():\n    template = troposphere.Template()\n"
        + "\n".join(lines)
        + '\n    return template\n\n\nif __name__ == "__main__":\n    print(build().to_json())\n'
    )


def _resource(name: str, body: Mapping[str, Any]) -> str:
    attributes = [f"{key}={item!r}" for key, item in body.items() if key not in ("Type", "Properties")]
    properties = body.get("Properties", {})
    if body["Type"].startswith(CUSTOM):
        given = [f"{key}={_value(item)}" for key, item in properties.items()]
        return f"{_custom(body['Type'])}({', '.join([repr(name), *given, *attributes])})"
    written = _call(_class(body["Type"]), properties, [repr(name)], attributes)
    try:
        _evaluated(written).to_dict()
    except (AttributeError, TypeError, ValueError):
        # Two properties that CloudFormation takes together.
        return f"{written}.no_validation()"
    return written


def _call(kind: Any, properties: Mapping[str, Any], first: list[str], last: list[str]) -> str:
    # One name of a property, None, is a word of Python's own.
    given = [
        f"**{{{key!r}: {_property(kind, key, item)}}}" if iskeyword(key) else f"{key}={_property(kind, key, item)}"
        for key, item in properties.items()
    ]
    return f"{kind.__module__}.{kind.__qualname__}({', '.join([*first, *given, *last])})"


def _property(kind: Any, key: str, value: Any) -> str:
    text = _typed(kind.props[key][0] if key in kind.props else None, value)
    try:
        # Its validators write to standard error before they raise.
        with redirect_stderr(StringIO()):
            setattr(kind("Tried"), key, _evaluated(text))
    except (AttributeError, TypeError, ValueError):
        return f"GenericHelperFn({value!r})"
    return text


def _typed(expected: Any, value: Any) -> str:
    """Return a value as what troposphere expects in its place."""
    if _function(value):
        return _value(value)
    if isinstance(expected, list) and isinstance(value, list):
        return f"[{', '.join(_typed(expected[0], item) for item in value)}]"
    if isinstance(value, list) and troposphere.Tags in (expected if isinstance(expected, tuple) else (expected,)):
        pairs = [f"{tag['Key']!r}: {_value(tag['Value'])}" for tag in value]
        return f"Tags({{{', '.join(pairs)}}})"
    if inspect.isclass(expected) and issubclass(expected, BaseAWSObject) and isinstance(value, Mapping):
        return _call(expected, value, [], [])
    return _value(value)


def _value(value: Any) -> str:
    """Return a value as source text, its functions by troposphere's classes."""
    name = _function(value)
    if name:
        ((_, argument),) = value.items()
        arguments = argument if isinstance(argument, list) else [argument]
        return f"{name}({', '.join(map(_value, arguments))})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {_value(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _function(value: Any) -> str | None:
    return FUNCTIONS.get(next(iter(value))) if isinstance(value, Mapping) and len(value) == 1 else None


def _custom(type_name: str) -> str:
    return type_name.removeprefix(CUSTOM)


def _evaluated(text: str) -> Any:
    return eval(text, vars(troposphere) | {"troposphere": troposphere})  # noqa: S307  # this module has written it


@cache
def _class(type_name: str) -> Any:
    """Return troposphere's class of a resource type."""
    for name, text in _sources():
        if f'"{type_name}"' in text:
            module = importlib.import_module(f"troposphere.{name}")
            for kind in vars(module).values():
                if (
                    inspect.isclass(kind)
                    and issubclass(kind, AWSObject)
                    and getattr(kind, "resource_type", None) == type_name
                ):
                    return kind
    raise LookupError(f"troposphere {troposphere.__version__} has no class of {type_name}")


@cache
def _sources() -> list[tuple[str, str]]:
    """Return the names and texts of troposphere's modules: to read them for each type takes half of the time."""
    paths = sorted(Path(troposphere.__path__[0]).glob("*.py"))
    return [(path.stem, path.read_text(encoding="utf-8")) for path in paths]
