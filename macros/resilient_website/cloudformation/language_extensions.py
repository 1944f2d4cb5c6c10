"""What AWS::LanguageExtensions, run after the macro, does not take of an expansion, and whether a template uses it.

It has refused `DeletionPolicy: RetainExceptOnCreate` since 2023, of which AWS's documents say nothing. So a template
that lists it gets Retain: a store that a failed creation made then stays, empty, until somebody deletes it. Source:
cfn-language-discussion, issue 139. What is tried on AWS may change this.

CloudFormation hands a macro the template without its Transform section (source: "Author a CloudFormation macro"). So
the macro knows that transform by what only it can run. A template that lists it and uses nothing of it is told apart by
the command line alone.
"""

from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.cloudformation.transforms import name

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

Json = dict[str, Any]


def listed(template: Any) -> bool:
    """Tell whether a template has it among its transforms."""
    declared = template.get("Transform")
    return LANGUAGE_EXTENSIONS in map(name, declared if isinstance(declared, list) else [declared])


def used(template: Any) -> bool:
    """Tell whether a template has what only this transform runs. Source: "AWS::LanguageExtensions transform"."""
    waiting: list[Any] = [template]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
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
        # Without it, Ref and Fn::FindInMap are all that may be in one. Source: "Fn::FindInMap", supported functions.
        return isinstance(item, list) and (len(item) > 3 or any(map(_is_other_function, item)))
    return False


def _is_other_function(value: Any) -> bool:
    return is_intrinsic(value) and not value.keys() & {"Ref", "Fn::FindInMap"}


def as_it_takes(definitions: Mapping[str, Json]) -> dict[str, Json]:
    """Return resources with Retain where they have RetainExceptOnCreate."""
    return {
        logical_id: {**body, "DeletionPolicy": "Retain"}
        if body.get("DeletionPolicy") == "RetainExceptOnCreate"
        else body
        for logical_id, body in definitions.items()
    }
