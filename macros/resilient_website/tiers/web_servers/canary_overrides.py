"""What `Overrides` of the site's servers and their target group change in those of a canary, too.

A canary that runs tries out the release on servers like the site's own: with the same disks, and the same health check.
It exists for minutes, so that an override of its own resources would be refused before and after it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from resilient_website.cloudformation.overrides import deep_merge
from resilient_website.tiers.web_servers.group import CANARY, SITE

# What the canary's resources have of their own: names, and lists that an override would replace whole.
OWN = ("Name", "LaunchTemplateName", "Tags", "TagSpecifications", "TargetGroupAttributes")

TARGET_GROUP = "TargetGroup"


def with_canary(overrides: Mapping[str, Any], suffixes: Collection[str]) -> Mapping[str, Any]:
    """Return `Overrides` with those of a canary's resources; `suffixes` are the ids of the site's resources.

    Overrides that name a canary's resource come last.
    """
    found = dict(overrides)
    for original, properties in overrides.items():
        canary = _of_canary(original)
        if canary in suffixes and isinstance(properties, Mapping):
            shared = {name: value for name, value in properties.items() if name not in OWN}
            found[canary] = deep_merge(shared, overrides.get(canary, {}))
    return found


def _of_canary(suffix: str) -> str:
    """Return the id of the canary's resource that is made as one of the site's; empty for all others."""
    if suffix == SITE.launch_template:
        return CANARY.launch_template
    return f"Canary{suffix}" if suffix.startswith(TARGET_GROUP) else ""
