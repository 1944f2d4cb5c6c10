"""The compact template of a stack: which Region it names as active, and the same template with another one."""

import copy
from collections.abc import Mapping
from typing import Any

from cli.deployed.same_template import ACTIVE_REGION
from cli.deployed.templates import compact_properties, read_template
from cli.switch.half import Half
from cli.template_file import to_compact_json
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.secondary_region.spec import PILOT_LIGHT

REPLICA = "Replica"


def original(client: Any, half: Half) -> dict[str, Any]:
    """Return the template as it was deployed, before the macro."""
    return read_template(client("cloudformation", half.region), half.stack)


def active_region(template: Mapping[str, Any], half: Half) -> str | None:
    """Return the Region that the template names as active: by default the primary one. None for a flat template."""
    group = _secondary(template, half)
    if group is None:
        return None
    primary = half.region if half.primary else half.other_region
    return str(group.get(ACTIVE_REGION, primary))


def mode(template: Mapping[str, Any], half: Half) -> str | None:
    """Return the mode of the copy; None for a flat template."""
    group = _secondary(template, half)
    return None if group is None else str(group.get("Mode", PILOT_LIGHT))


def may_be_rebuilt(template: Mapping[str, Any], half: Half) -> bool:
    """Return whether the template lets the half's database be replaced by a replica of the active one."""
    return str((_secondary(template, half) or {}).get(REPLICA, False)).lower() == "true"


def restore_time(template: Mapping[str, Any], half: Half) -> str | None:
    """Return the time to which a recovery restores the database; None for the latest one."""
    group = _secondary(template, half) or {}
    return str(group["RestoreTime"]) if "RestoreTime" in group else None


def written(template: Mapping[str, Any], half: Half, active: str, *, rebuild: bool = False) -> str:
    """Return the body of the template with another active Region.

    The primary Region is written by leaving ActiveRegion out. With `rebuild`, Replica: true is written, which allows
    the half's database to be replaced by a replica; it stays, since the database was made with it. Raises
    InvalidTemplateError if that can't be deployed in a request.
    """
    changed = copy.deepcopy(dict(template))
    group = _secondary(changed, half)
    line = f"Secondary.ActiveRegion: {active}" if active == half.secondary_region else "no Secondary.ActiveRegion"
    advice = f"deploy the file to {half.region} with {line}: docs/switch.md, 'Write the active Region into the file'"
    if group is None:
        found = "its template has no compact resource with Secondary, in which the active Region could be written"
        raise InvalidTemplateError([Problem(half.name, found, advice)])
    group.pop(ACTIVE_REGION, None)
    if active == half.secondary_region:
        group[ACTIVE_REGION] = active
    if rebuild:
        group[REPLICA] = True
    body = to_compact_json(changed)
    if len(body.encode()) > MAX_BODY_BYTES:
        found = f"its template has more than {MAX_BODY_BYTES:,} bytes, which a request does not take"
        raise InvalidTemplateError([Problem(half.name, found, advice)])
    return body


def _secondary(template: Mapping[str, Any], half: Half) -> dict[str, Any] | None:
    """Return the site's group Secondary in the template, to read or to change."""
    group = (compact_properties(template, half.site) or {}).get("Secondary")
    return group if isinstance(group, dict) else None
