"""The transforms that a template lists, and their names."""

from collections.abc import Mapping
from typing import Any


def without_macro(template: dict[str, Any], macro: str) -> dict[str, Any]:
    """Return the template without the macro in its Transform section, as CloudFormation passes and expects it."""
    transforms = template.get("Transform")
    listed = transforms if isinstance(transforms, list) else [transforms]
    kept = [entry for entry in listed if entry is not None and own_name(entry) != macro]
    rest = {key: value for key, value in template.items() if key != "Transform"}
    if not kept:
        return rest
    return {**rest, "Transform": kept if isinstance(transforms, list) else kept[0]}


def name(transform: Any) -> Any:
    """Return the transform that a list entry names, which may be a map with the name."""
    return transform.get("Name") if isinstance(transform, Mapping) else transform


def own_name(transform: Any) -> str:
    """Return the name of a transform, without the account prefix of a macro in another account."""
    named = str(name(transform))
    return named if named.startswith("AWS::") else named.rpartition("::")[2]
