"""The properties of Custom::RemoteStack, read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import Problems, Table, region, tags

# The largest template that a request may hold, and the longest value of a parameter, in bytes; a stack has 50 tags, of
# which three are our own (see owner.py and stack.py). Source: "Understand CloudFormation quotas" and "Tag" in the
# CloudFormation API Reference.
LARGEST_TEMPLATE = 51_200
MAX_PARAMETER_LENGTH = 4096
MAX_TAGS = 47


@dataclass(frozen=True)
class RemoteStack:
    """What the stack is made of, and where. Parameters and tags are sorted."""

    region: str
    template: str
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]


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
        if len(text.encode()) > MAX_PARAMETER_LENGTH:
            raise ValueError(f"{name}: write at most {MAX_PARAMETER_LENGTH} bytes")
    return tuple(sorted(value.items()))


# Property -> field, reader, default (None: it must be there).
PROPERTIES: Table = {
    "Region": ("region", region, None),
    "TemplateBody": ("template", _template, None),
    "Parameters": ("parameters", _parameters, {}),
    "Tags": ("tags", tags(MAX_TAGS), []),
}


def read(properties: Mapping[str, Any], own_region: str) -> RemoteStack:
    """Return the stack that a request's ResourceProperties describe; `own_region` is the asking stack's.

    Raises InvalidPropertiesError with every problem.
    """
    problems = Problems()
    fields = problems.read("Properties", properties, PROPERTIES)
    if fields.get("region") == own_region:
        problems.add("Properties.Region", own_region, "that is the stack's own: write another")
    problems.tell()
    return RemoteStack(**fields)
