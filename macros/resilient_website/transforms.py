"""The transforms that a template lists."""

from collections.abc import Mapping
from typing import Any


def without_macro(template: dict[str, Any], macro: str) -> dict[str, Any]:
    """Return the template without the macro among its transforms, as CloudFormation hands it over and takes it back."""
    transforms = template.get("Transform")
    listed = transforms if isinstance(transforms, list) else [transforms]
    kept = [entry for entry in listed if entry is not None and _name(entry) != macro]
    rest = {key: value for key, value in template.items() if key != "Transform"}
    if not kept:
        return rest
    return {**rest, "Transform": kept if isinstance(transforms, list) else kept[0]}


def _name(transform: Any) -> Any:
    return transform.get("Name") if isinstance(transform, Mapping) else transform
