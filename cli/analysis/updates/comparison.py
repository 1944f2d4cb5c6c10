"""Compares two stacks: the effect of an update on each resource.

A replacement propagates: a resource that refers to a replaced one in a create-only property is replaced too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cli.analysis.availability.references import placeholders
from cli.analysis.updates.differences import ABSENT, Difference, Path, differences, referring_texts
from cli.analysis.updates.effects import Effect, at, effect_of
from cli.analysis.updates.refusal import Refusal, Update
from cli.analysis.updates.resource_schemas import UnknownPropertyError, rules
from cli.analysis.updates.service_refusals import refusals
from cli.analysis.updates.stack import ATTRIBUTES, Resource, Stack

# Attributes whose values change when their resource is updated in place. Identifiers, addresses and ARNs do not.
CHANGING_ATTRIBUTES = {"AWS::EC2::LaunchTemplate": ("DefaultVersionNumber", "LatestVersionNumber")}

# Properties that only let a custom resource read again what other stacks publish: identifiers, which an update of this
# stack does not change.
READS_AGAIN = {"Custom::PrimaryHalf": ("Digest", "Names")}


@dataclass(frozen=True)
class PropertyChange:
    """A property that changes, and the effect on the resource.

    `caused_by` names the resource whose change changes this value, although the template's text is the same. `refusal`
    is the row of the table by which the service refuses the change.
    """

    difference: Difference
    effect: Effect
    caused_by: str = ""
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Change:
    """The effect of an update on one resource, and its causes."""

    logical_id: str
    type: str
    effect: Effect
    old: Resource | None
    new: Resource | None
    properties: tuple[PropertyChange, ...] = ()
    attributes: tuple[Difference, ...] = ()

    @property
    def deletes_first(self) -> bool:
        """Whether CloudFormation deletes the old resource before it creates the new one, by the type's schema."""
        try:
            return self.effect in (Effect.REPLACED, Effect.MAY_BE_REPLACED) and rules(self.type).deletes_first
        except UnknownPropertyError:
            return False


def compare(old: Stack, new: Stack, region: str) -> tuple[Change, ...]:
    """Return the changes of an update from one stack to another, ordered by logical id."""
    direct = {name: _direct(old[name], new[name], region) for name in old.keys() & new.keys()}
    followed = _followed(direct, new)
    properties = {name: (*direct[name], *followed[name]) for name in direct}
    replaced = {name for name in direct if _most_severe(properties[name]) is Effect.REPLACED}
    common = [
        _common(old[name], new[name], _refused(Update(old[name], new[name], old, new, replaced), properties[name]))
        for name in direct
    ]
    added = [Change(name, new[name].type, Effect.ADDED, None, new[name]) for name in new.keys() - old.keys()]
    deleted = [Change(name, old[name].type, Effect.DELETED, old[name], None) for name in old.keys() - new.keys()]
    touched = [change for change in common if change is not None]
    return tuple(sorted((*touched, *added, *deleted), key=lambda change: change.logical_id))


def _refused(update: Update, properties: tuple[PropertyChange, ...]) -> tuple[PropertyChange, ...]:
    """Return the properties, marking those that the service refuses; unchanged if the resource may be replaced."""
    if _most_severe(properties) is Effect.MAY_BE_REPLACED:
        return properties
    found = tuple(refusals(update, {str(each.difference.path[0]) for each in properties}))
    return tuple(_marked(each, found) for each in properties)


def _marked(change: PropertyChange, found: tuple[Refusal, ...]) -> PropertyChange:
    refusal = next((row for row in found if change.difference.path[0] in row.properties), None)
    return change if refusal is None else replace(change, effect=Effect.REFUSED, refusal=refusal)


def _direct(old: Resource, new: Resource, region: str) -> tuple[PropertyChange, ...]:
    """Return the properties whose values differ in the templates."""
    return tuple(
        PropertyChange(difference, effect_of(difference, old, new, region))
        for difference in differences(old.properties, new.properties)
    )


def _followed(direct: Mapping[str, tuple[PropertyChange, ...]], new: Stack) -> dict[str, tuple[PropertyChange, ...]]:
    """Return the properties that change because a resource that they refer to changes, transitively."""
    referring = {name: tuple(_referring(new[name], changed)) for name, changed in direct.items()}
    followed: dict[str, tuple[PropertyChange, ...]] = dict.fromkeys(direct, ())
    while True:
        effects = {
            name: None if _only_reads(new[name], changes) else _most_severe((*changes, *followed[name]))
            for name, changes in direct.items()
        }
        again = {name: tuple(_following(new[name], referring[name], effects, new)) for name in direct}
        if again == followed:
            return followed
        followed = again


def _only_reads(resource: Resource, changes: tuple[PropertyChange, ...]) -> bool:
    """Return whether a change of a resource leaves the values of its attributes."""
    harmless = READS_AGAIN.get(resource.type, ())
    return bool(changes) and all(change.difference.path[0] in harmless for change in changes)


class _Reference(NamedTuple):
    """A value that refers to other resources (logical id, attribute)."""

    path: Path
    value: str
    targets: tuple[tuple[str, str], ...]


def _referring(resource: Resource, direct: tuple[PropertyChange, ...]) -> Iterator[_Reference]:
    """Yield the references in a resource's properties, without those that differ in the templates."""
    changed = {change.difference.path for change in direct}
    for path, value in referring_texts(resource.properties):
        targets = placeholders(value)
        if targets and path not in changed:
            yield _Reference(path, value, tuple(sorted(targets)))


def _following(
    resource: Resource, referring: tuple[_Reference, ...], effects: Mapping[str, Effect | None], new: Stack
) -> Iterator[PropertyChange]:
    for each in referring:
        for target, attribute in each.targets:
            cause = effects.get(target)
            if cause is None or target == resource.logical_id:
                continue
            difference = Difference(each.path, each.value, each.value)
            own = at(resource.type, difference.names, resource.attributes.get("UpdatePolicy"))
            effect = _passed_on(own, cause, new[target].type, attribute)
            if effect is not None:
                yield PropertyChange(difference, effect, target)
                break


def _passed_on(own: Effect, cause: Effect, cause_type: str, attribute: str) -> Effect | None:
    """Return the effect of a reference to a changing resource in a property whose own change has the effect `own`."""
    if cause is Effect.REPLACED:
        return own
    if cause is Effect.MAY_BE_REPLACED:
        return min(own, Effect.MAY_BE_REPLACED)
    if attribute in CHANGING_ATTRIBUTES.get(cause_type, ()):
        return own
    computed = bool(attribute) and cause_type.startswith("Custom::")
    return Effect.MAY_BE_REPLACED if computed and own >= Effect.MAY_BE_REPLACED else None


def _most_severe(changes: tuple[PropertyChange, ...]) -> Effect | None:
    return max((change.effect for change in changes), default=None)


def _common(old: Resource, new: Resource, properties: tuple[PropertyChange, ...]) -> Change | None:
    """Return the change of a resource that both stacks have; None if it does not change."""
    attributes = tuple(
        Difference((name, *each.path), each.old, each.new)
        for name in ATTRIBUTES
        for each in _attribute(old.attributes.get(name, ABSENT), new.attributes.get(name, ABSENT))
    )
    if old.type != new.type:
        # CloudFormation fails with "Update of resource type is not permitted" and changes nothing.
        kind = Difference(("Type",), old.type, new.type)
        return Change(new.logical_id, new.type, Effect.REFUSED, old, new, (), (kind, *attributes))
    effect = _most_severe(properties) or Effect.CHANGED
    if effect < Effect.MAY_BE_REPLACED and new.condition not in ("", old.condition):
        effect = Effect.MAY_BE_DELETED
    elif not properties and not attributes:
        return None
    return Change(new.logical_id, new.type, effect, old, new, properties, attributes)


def _attribute(old: Any, new: Any) -> Iterator[Difference]:
    yield from differences(old, new)
