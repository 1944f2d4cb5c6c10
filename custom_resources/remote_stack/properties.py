"""Reads the properties of Custom::RemoteStack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import Problems, Table, region, tags

# The maximum size of a template in a request and of a parameter's value, in bytes. A stack has at most 50 tags, three
# of which are our own (see owner.py and stack.py). Source: "Understand CloudFormation quotas" and "Tag" in the
# CloudFormation API Reference.
MAX_TEMPLATE_BYTES = 51_200
MAX_PARAMETER_LENGTH = 4096
MAX_TAGS = 47


@dataclass(frozen=True)
class RemoteStack:
    """The stack's Region, template, parameters and tags; the last two are sorted."""

    region: str
    template: str
    parameters: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]


def _template(value: Any) -> str:
    if not isinstance(value, str) or len(value.encode()) > MAX_TEMPLATE_BYTES:
        raise ValueError(f"write a template as text of at most {MAX_TEMPLATE_BYTES} bytes")
    try:
        resources = json.loads(value)["Resources"]
    except (ValueError, KeyError, TypeError):
        resources = None
    if not isinstance(resources, dict) or not resources:
        raise ValueError("write a JSON template with Resources")
    return value


def _parameters(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError("write a map from parameter names to strings")
    for name, text in value.items():
        if len(text.encode()) > MAX_PARAMETER_LENGTH:
            raise ValueError(f"{name}: write at most {MAX_PARAMETER_LENGTH} bytes")
    return tuple(sorted(value.items()))


# Property -> field, reader, default (None: required).
PROPERTIES: Table = {
    "Region": ("region", region, None),
    "TemplateBody": ("template", _template, None),
    "Parameters": ("parameters", _parameters, {}),
    "Tags": ("tags", tags(MAX_TAGS), []),
}


def read(properties: Mapping[str, Any], own_region: str) -> RemoteStack:
    """Return the stack that a request's ResourceProperties describe; `own_region` is the requesting stack's Region.

    Raises InvalidPropertiesError with every problem.
    """
    problems = Problems()
    fields = problems.read("Properties", properties, PROPERTIES)
    if fields.get("region") == own_region:
        problems.add("Properties.Region", own_region, "that is the stack's own Region: write another one")
    problems.raise_if_any()
    return RemoteStack(**fields)
