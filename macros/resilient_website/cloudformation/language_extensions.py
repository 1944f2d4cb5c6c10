"""Whether a template uses AWS::LanguageExtensions, which runs after the macro, and what it rejects.

Since 2023 it rejects `DeletionPolicy: RetainExceptOnCreate`, which AWS does not document. So a template that lists it
gets Retain: after a failed creation, an empty store remains until it is deleted manually. Source:
cfn-language-discussion, issue 139. Tests on AWS may change this.

CloudFormation passes a macro the template without its Transform section (source: "Author a CloudFormation macro"). So
the macro detects this transform by features that need it. Only the command line detects a template that lists it
without using it.
"""

from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation.encoding import MAPS, PLAIN
from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.cloudformation.transforms import name

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

Json = dict[str, Any]


def listed(template: Any) -> bool:
    """Tell whether a template lists this transform."""
    declared = template.get("Transform")
    return LANGUAGE_EXTENSIONS in map(name, declared if isinstance(declared, list) else [declared])


def used(template: Any) -> bool:
    """Tell whether a template uses a feature that needs this transform. Source: "AWS::LanguageExtensions transform"."""
    waiting: list[Any] = [template]
    while waiting:
        value = waiting.pop()
        if type(value) in PLAIN:
            continue
        if isinstance(value, MAPS):
            if any(_only_here(str(key), item) for key, item in value.items()):
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


def _only_here(key: str, item: Any) -> bool:
    if key.startswith("Fn::ForEach::") or key in ("Fn::Length", "Fn::ToJsonString"):
        return True
    if key in ("DeletionPolicy", "UpdateReplacePolicy", "Ref"):
        return is_intrinsic(item)
    if key == "Fn::GetAtt":
        return isinstance(item, list) and bool(item) and is_intrinsic(item[0])
    if key == "Fn::FindInMap":
        # Without the transform, only Ref and Fn::FindInMap are allowed here. Source: "Fn::FindInMap", supported
        # functions.
        return isinstance(item, list) and (len(item) > 3 or any(map(_is_other_function, item)))
    return False


def _is_other_function(value: Any) -> bool:
    return is_intrinsic(value) and not value.keys() & {"Ref", "Fn::FindInMap"}


def as_it_takes(definitions: Mapping[str, Json]) -> dict[str, Json]:
    """Return resources with RetainExceptOnCreate replaced by Retain."""
    return {
        logical_id: {**body, "DeletionPolicy": "Retain"}
        if body.get("DeletionPolicy") == "RetainExceptOnCreate"
        else body
        for logical_id, body in definitions.items()
    }
