"""What drills consist of: targets and the actions on them."""

from typing import Any

# The duration of a drill, in ISO 8601: longer than replacing a server or promoting a replica takes.
DURATION = "PT10M"

# A target and an action on it, each by name.
Part = tuple[str, dict[str, Any], dict[str, Any]]


def merged(*parts: Part) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the targets and the actions of a drill."""
    return {name: target for name, target, _ in parts}, {name: action for name, _, action in parts}
