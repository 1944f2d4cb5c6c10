"""The properties of Custom::RemoteStack, read once."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

# CloudFormation's own, which reach the function too.
NOT_OURS = ("ServiceToken", "ServiceTimeout")

# The largest template that a request may hold, and the longest value of a parameter, in bytes; a stack has 50 tags, of
# which three are our own (see stack.py). Source: "Understand CloudFormation quotas" and "Tag" in the CloudFormation API
# Reference.
LARGEST_TEMPLATE = 51_200
LONGEST_PARAMETER = 4096
MOST_TAGS = 47

REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"


class InvalidPropertiesError(Exception):
    """Properties that can't be used; its text has every problem, one a line."""


@dataclass(frozen=True)
class RemoteStack:
    """What the stack is made of, and where. Parameters and tags are sorted."""

    region: str
    template: str
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]


def _region(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(REGION, value):
        raise ValueError("write a Region, as in us-west-2")
    return value


def _template(value: Any) -> str:
    if not isinstance(value, str) or len(value.encode()) > LARGEST_TEMPLATE:
        raise ValueError(f"write a template of at most {LARGEST_TEMPLATE} bytes, as text")
    try:
        resources = json.loads(value)["Resources"]
    except (ValueError, KeyError, TypeError):
        resources = None
    if not isinstance(resources, dict) or not resources:
        raise ValueError("write a template in JSON, with Resources")
    return value


def _parameters(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError("write a map from the template's parameters to strings")
    for name, text in value.items():
        if len(text.encode()) > LONGEST_PARAMETER:
            raise ValueError(f"{name}: write at most {LONGEST_PARAMETER} bytes")
    return tuple(sorted(value.items()))


def _tags(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not all(isinstance(tag, dict) and set(tag) == {"Key", "Value"} for tag in value):
        raise ValueError("write a list of maps with Key and Value")
    tags = {str(tag["Key"]): str(tag["Value"]) for tag in value}
    if len(tags) < len(value) or len(tags) > MOST_TAGS:
        raise ValueError(f"write at most {MOST_TAGS} tags, and each Key once")
    return tuple(sorted(tags.items()))


# Property -> field, reader, default (None: it must be there).
PROPERTIES: dict[str, tuple[str, Callable[[Any], Any], Any]] = {
    "Region": ("region", _region, None),
    "TemplateBody": ("template", _template, None),
    "Parameters": ("parameters", _parameters, {}),
    "Tags": ("tags", _tags, []),
}


def read(properties: Mapping[str, Any], own_region: str) -> RemoteStack:
    """Return the stack that a request's ResourceProperties describe; `own_region` is the asking stack's.

    Raises InvalidPropertiesError with every problem.
    """
    problems = [
        f"Properties.{name}: unknown property; {_known(name)}"
        for name in properties
        if name not in PROPERTIES and name not in NOT_OURS
    ]
    fields: dict[str, Any] = {}
    for name, (field, reader, default) in PROPERTIES.items():
        value = properties.get(name, default)
        if value is None:
            problems.append(f"Properties.{name}: missing; write it")
            continue
        try:
            fields[field] = reader(value)
        except ValueError as error:
            problems.append(f"Properties.{name}: found {str(value)[:60]!r}; {error}")
    if fields.get("region") == own_region:
        problems.append(f"Properties.Region: found {own_region}, the stack's own; write another")
    if problems:
        raise InvalidPropertiesError("\n".join(problems))
    return RemoteStack(**fields)


def _known(name: str) -> str:
    near = get_close_matches(name, PROPERTIES, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}known here: {', '.join(PROPERTIES)}"
