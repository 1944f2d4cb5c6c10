"""Whether two stacks were deployed with the same template, except for the active Region of their sites."""

from collections.abc import Mapping
from typing import Any

from cli.analysis.updates.differences import Difference, differences
from resilient_website.cloudformation.template_checks import TYPES

ACTIVE_REGION = "ActiveRegion"


def template_differences(mine: Any, other: Any) -> list[Difference] | None:
    """Return the differences of two templates with compact resources; None if one of them has none.

    The active Region does not count, because a switch writes it to one half first.
    """
    if not (_is_compact(mine) and _is_compact(other)):
        return None
    return list(differences(_compared(mine), _compared(other), ("Resources",)))


def _is_compact(template: Any) -> bool:
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    return isinstance(resources, Mapping) and any(
        isinstance(body, Mapping) and body.get("Type") in TYPES for body in resources.values()
    )


def _compared(template: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _without_active_region(body) for name, body in template["Resources"].items()}


def _without_active_region(body: Any) -> Any:
    properties = body.get("Properties") if isinstance(body, Mapping) and body.get("Type") in TYPES else None
    secondary = properties.get("Secondary") if isinstance(properties, Mapping) else None
    if not isinstance(properties, Mapping) or not isinstance(secondary, Mapping):
        return body
    kept = {name: value for name, value in secondary.items() if name != ACTIVE_REGION}
    return {**body, "Properties": {**properties, "Secondary": kept}}
