"""Search and rewrite a template's JSON, map by map, without changing the input."""

from collections.abc import Callable, Mapping
from typing import Any


def rewritten(value: Any, rewrite: Callable[[dict[str, Any]], Any]) -> Any:
    """Return JSON with every map, inner ones first, replaced by the result of `rewrite`."""
    if isinstance(value, Mapping):
        return rewrite({key: rewritten(item, rewrite) for key, item in value.items()})
    if isinstance(value, list):
        return [rewritten(item, rewrite) for item in value]
    return value


def listed(value: Any) -> list[Any]:
    """Return what may be a list, one entry or absent (None) as a list, as in a policy's statements."""
    return value if isinstance(value, list) else [] if value is None else [value]


def found(value: Any, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Return every map in JSON for which `wanted` is true."""
    if isinstance(value, Mapping):
        own = dict(value)
        return [*([own] if wanted(own) else []), *(hit for item in own.values() for hit in found(item, wanted))]
    if isinstance(value, list):
        return [hit for item in value for hit in found(item, wanted)]
    return []
