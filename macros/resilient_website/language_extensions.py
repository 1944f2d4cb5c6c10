"""What AWS::LanguageExtensions, run after the macro, does not take of an expansion.

It has refused `DeletionPolicy: RetainExceptOnCreate` since 2023, of which AWS's documents say nothing. So a template
that lists it gets Retain: a store that a failed creation made then stays, empty, until somebody deletes it. Source:
cfn-language-discussion, issue 139. What is tried on AWS may change this.
"""

from collections.abc import Mapping
from typing import Any

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

Json = dict[str, Any]


def listed(template: Any) -> bool:
    """Tell whether a template has it among its transforms."""
    declared = template.get("Transform")
    return LANGUAGE_EXTENSIONS in (declared if isinstance(declared, list) else [declared])


def as_it_takes(definitions: Mapping[str, Json]) -> dict[str, Json]:
    """Return resources with Retain where they have RetainExceptOnCreate."""
    return {
        name: {**body, "DeletionPolicy": "Retain"} if body.get("DeletionPolicy") == "RetainExceptOnCreate" else body
        for name, body in definitions.items()
    }
