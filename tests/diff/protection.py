"""What the update protection of a site says about an update, by its own code."""

from typing import Any

from cli.analysis.updates.stack import Stack
from update_protection.properties import ProtectedStores, read
from update_protection.replaced_stores import losses

Json = dict[str, Any]


def sent(expanded: Json) -> ProtectedStores:
    """Return the properties as CloudFormation sends them: texts, except references, which stay unchanged."""
    properties = expanded["Resources"]["SiteUpdateProtection"]["Properties"]
    return read({**properties, "Enabled": str(properties["Enabled"]).lower()})


def blocked_by_update_protection(old: Stack, new: Stack) -> bool:
    """Tell whether a protection of one of a stack's sites refuses an update."""
    for name, guard in old.items():
        if guard.type == "Custom::UpdateProtection" and name in new:
            before, after = (
                read({**each.properties, "Enabled": str(each.properties["Enabled"]).lower()})
                for each in (guard, new[name])
            )
            if before.enabled and losses(before, after):
                return True
    return False


def protected_stores(old: Json, new: Json) -> set[str]:
    """Return the stores for whose sake the protection refuses an update."""
    return {reported.partition(" ")[0] for reported in losses(sent(old), sent(new))}
