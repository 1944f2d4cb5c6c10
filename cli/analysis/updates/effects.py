"""What one difference of a property does to its resource."""

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
    """What becomes of a resource, the gravest last."""

    ADDED = 0
    CHANGED = 1
    INTERRUPTED = 2
    MAY_BE_REPLACED = 3
    REPLACED = 4
    DELETED = 5
    REFUSED = 6


BY_SCHEMA = {REPLACES: Effect.REPLACED, MAY_REPLACE: Effect.MAY_BE_REPLACED, INTERRUPTS: Effect.INTERRUPTED}


def effect_of(difference: Difference, old: Resource, new: Resource, region: str) -> Effect:
    """Return what a difference in the properties of a resource does to it; `new` is how it shall be."""
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
    """Return what a change at a path does to a resource of a type, under its update policy."""
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
    return _gravest(effects)


def _in_place(type_name: str, names: tuple[str, ...]) -> Effect:
    """Return what a change at a path does where it does not replace."""
    return _gravest(tuple(effect for effect in rules(type_name).effects(names) if effect != MAY_REPLACE))


def _gravest(effects: tuple[str, ...]) -> Effect:
    return max((BY_SCHEMA.get(effect, Effect.CHANGED) for effect in effects), default=Effect.CHANGED)


def _of_custom_resource(type_name: str, names: tuple[str, ...]) -> Effect:
    """Return what is known of custom resources: another function is another resource; else the function decides."""
    if names[0] in ("ServiceToken", *conditions(type_name).get("replaces", ())):
        return Effect.REPLACED
    return Effect.CHANGED if type_name in own_custom_resources() else Effect.MAY_BE_REPLACED


def _is_removed_in_place(type_name: str, difference: Difference) -> bool:
    return difference.new in (ABSENT, "") and difference.names[0] in conditions(type_name).get("removed_in_place", ())


def _is_uncertain(value: Any, region: str) -> bool:
    """Tell whether a value may turn out to be the other one: zones by number, and what the template does not say."""
    return is_unknown(value) or (isinstance(value, str) and value.startswith(f"{region} zone "))
