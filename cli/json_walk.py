"""Search and rewrite a template's JSON, map by map, without changing the input."""

from collections.abc import Callable
from typing import Any

from resilient_website.cloudformation.encoding import MAPS, PLAIN


def rewritten(value: Any, rewrite: Callable[[dict[str, Any]], Any]) -> Any:
    """Return JSON with every map, inner ones first, replaced by the result of `rewrite`."""
    if isinstance(value, list):
        return [item if type(item) in PLAIN else rewritten(item, rewrite) for item in value]
    if isinstance(value, MAPS):
        return rewrite({key: item if type(item) in PLAIN else rewritten(item, rewrite) for key, item in value.items()})
    return value


def listed(value: Any) -> list[Any]:
    """Return what may be a list, one entry or absent (None) as a list, as in a policy's statements."""
    return value if isinstance(value, list) else [] if value is None else [value]


def keys(value: Any) -> set[str]:
    """Return the keys of every map in JSON."""
    found: set[str] = set()
    _collect_keys(value, found)
    return found


def _collect_keys(value: Any, found: set[str]) -> None:
    if isinstance(value, MAPS):
        found.update(value)
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        if type(item) not in PLAIN:
            _collect_keys(item, found)
