"""The transforms that a template lists, and how it names them."""

from collections.abc import Mapping
from typing import Any


def without_macro(template: dict[str, Any], macro: str) -> dict[str, Any]:
    """Return the template without the macro among its transforms, as CloudFormation hands it over and takes it back."""
    transforms = template.get("Transform")
    listed = transforms if isinstance(transforms, list) else [transforms]
    kept = [entry for entry in listed if entry is not None and own_name(entry) != macro]
    rest = {key: value for key, value in template.items() if key != "Transform"}
    if not kept:
        return rest
    return {**rest, "Transform": kept if isinstance(transforms, list) else kept[0]}


def name(transform: Any) -> Any:
    """Return what an entry of a list of transforms names: it may be a map with the name in it."""
    return transform.get("Name") if isinstance(transform, Mapping) else transform


def own_name(transform: Any) -> str:
    """Return the name of a transform, without the account that a macro of another one has before it."""
    named = str(name(transform))
    return named if named.startswith("AWS::") else named.rpartition("::")[2]
