"""The effect of one changed property on its resource."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from cli.analysis.availability.references import is_unknown
from cli.analysis.updates.differences import ABSENT, Difference
from cli.analysis.updates.resource_schemas import (
    INTERRUPTS,
    MAY_REPLACE,
    REPLACES,
    UnknownPropertyError,
    conditions,
    own_custom_resources,
    rules,
)
from cli.analysis.updates.stack import Resource


class Effect(IntEnum):
    """The effects of an update on a resource, in ascending severity."""

    ADDED = 0
    CHANGED = 1
    INTERRUPTED = 2
    MAY_BE_REPLACED = 3
    REPLACED = 4
    MAY_BE_DELETED = 5
    DELETED = 6
    REFUSED = 7


# The resource leaves the stack, or may leave it.
LEAVING = (Effect.MAY_BE_DELETED, Effect.DELETED)


BY_SCHEMA = {REPLACES: Effect.REPLACED, MAY_REPLACE: Effect.MAY_BE_REPLACED, INTERRUPTS: Effect.INTERRUPTED}


def effect_of(difference: Difference, old: Resource, new: Resource, region: str) -> Effect:
    """Return the effect of a difference between a resource's old and new properties."""
    found = at(new.type, difference.names, new.attributes.get("UpdatePolicy"))
    keeping = conditions(new.type).get("replaced_without_property", {}).get(difference.names[0], ())
    if keeping:
        kept = any(name in each.properties for name in keeping for each in (old, new))
        found = _in_place(new.type, difference.names) if kept else Effect.REPLACED
    if _is_removed_in_place(new.type, difference):
        return Effect.CHANGED
    uncertain = any(_is_uncertain(value, region) for value in (difference.old, difference.new))
    return min(found, Effect.MAY_BE_REPLACED) if uncertain else found


def at(type_name: str, names: tuple[str, ...], update_policy: Any) -> Effect:
    """Return the effect of a change at a path on a resource of a type with this update policy."""
    policies: Mapping[str, Any] = update_policy if isinstance(update_policy, Mapping) else {}
    if type_name.startswith("Custom::") or type_name == "AWS::CloudFormation::CustomResource":
        return _of_custom_resource(type_name, names)
    try:
        effects = rules(type_name).effects(names)
    except UnknownPropertyError:
        return Effect.MAY_BE_REPLACED
    known = conditions(type_name)
    needed = known.get("replaced_without_update_policy", {}).get(names[0])
    if needed and not policies.get(needed):
        return Effect.REPLACED
    if known.get("without_update_policy", "") not in ("", *policies):
        effects = tuple(effect for effect in effects if effect != MAY_REPLACE)
    return _most_severe(effects)


def _in_place(type_name: str, names: tuple[str, ...]) -> Effect:
    """Return the effect of a change at a path if it does not replace the resource."""
    return _most_severe(tuple(effect for effect in rules(type_name).effects(names) if effect != MAY_REPLACE))


def _most_severe(effects: tuple[str, ...]) -> Effect:
    return max((BY_SCHEMA.get(effect, Effect.CHANGED) for effect in effects), default=Effect.CHANGED)


def _of_custom_resource(type_name: str, names: tuple[str, ...]) -> Effect:
    """Return the effect on a custom resource: a new ServiceToken replaces it; otherwise its function decides."""
    if names[0] in ("ServiceToken", *conditions(type_name).get("replaces", ())):
        return Effect.REPLACED
    return Effect.CHANGED if type_name in own_custom_resources() else Effect.MAY_BE_REPLACED


def _is_removed_in_place(type_name: str, difference: Difference) -> bool:
    return difference.new in (ABSENT, "") and difference.names[0] in conditions(type_name).get("removed_in_place", ())


def _is_uncertain(value: Any, region: str) -> bool:
    """Return whether a value may equal the other one in a deployment: zones by number, and unknown values."""
    return is_unknown(value) or (isinstance(value, str) and value.startswith(f"{region} zone "))
