"""The stores of a stack (resources with data or names that can't be recreated), and an update's effect on them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from cli.analysis.availability.references import is_unknown, reference
from cli.analysis.updates.comparison import Change, PropertyChange
from cli.analysis.updates.differences import same
from cli.analysis.updates.effects import LEAVING, Effect
from cli.analysis.updates.resource_schemas import emptying
from cli.analysis.updates.stack import Resource, Stack
from resilient_website.facts.stores import STORES
from resilient_website.tiers.update_protection import RESHARDING, UpdateProtection

# The custom resource that publishes the friendly page, entirely from its own properties.
PUBLISHER = "Custom::FallbackSite"


class DataOutcome(IntEnum):
    """What happens to a store's data, in ascending severity."""

    KEPT = 0
    RETAINED = 1
    PUBLISHED_AGAIN = 2
    SNAPSHOT = 3
    EMPTIED = 4
    DELETED = 5


# The property by which the protection detects a replacing change of another one: for shards, the policy that changes
# them in place; for zones that are no longer named, the number of nodes, which it only receives without zones.
DETECTED_BY = {"NumNodeGroups": RESHARDING, "PreferredAvailabilityZones": "NumCacheNodes"}

OUTCOME_BY_POLICY = {
    "Retain": DataOutcome.RETAINED,
    "RetainExceptOnCreate": DataOutcome.RETAINED,
    "Snapshot": DataOutcome.SNAPSHOT,
}


@dataclass(frozen=True)
class StoreChange:
    """A store that an update changes, and what happens to its data.

    `replicas` are the instances that replicate it and are replaced or deleted with it. `protected`: AWS refuses to
    delete it. `blocked_by_update_protection`: the site's update protection rejects this update. `protection_removed`:
    it would reject it, but leaves the stack in the same update.
    """

    change: Change
    noun: str
    outcome: DataOutcome
    safe: bool
    replicas: tuple[str, ...] = ()
    protected: bool = False
    blocked_by_update_protection: bool = False
    protection_removed: bool = False

    @property
    def causes(self) -> tuple[PropertyChange, ...]:
        """The properties that replace the store, or may replace it; those that the template changes come first."""
        severe = [each for each in self.change.properties if each.effect >= Effect.MAY_BE_REPLACED]
        return tuple(sorted(severe, key=lambda each: bool(each.caused_by)))


def is_store(resource: Resource) -> bool:
    """Return whether a resource holds data or names that exist nowhere else.

    A private hosted zone (one with VPCs) is no store: no parent zone delegates to it, and the template has its records.
    A replica of a database in another Region is one, since it outlives the loss of its source.
    """
    private_zone = resource.type == "AWS::Route53::HostedZone" and "VPCs" in resource.properties
    return resource.type in STORES and not private_zone and STORES[resource.type].has_own_data(resource.properties)


def store_changes(changes: Iterable[Change], old: Stack) -> tuple[StoreChange, ...]:
    """Return an update's effects on the stores in the old stack, the most severe first."""
    by_id = {change.logical_id: change for change in changes}
    stores = ((change, change.old) for change in by_id.values() if change.old and is_store(change.old))
    found = [_store_change(change, store, old, by_id) for change, store in stores]
    return tuple(sorted(found, key=lambda store: (store.safe, -store.outcome, -store.change.effect)))


def _store_change(change: Change, store: Resource, old: Stack, changes: Mapping[str, Change]) -> StoreChange:
    """Return what a change does to a store's data, and which update protection refuses it."""
    outcome = _data_outcome(change, store)
    if outcome is DataOutcome.DELETED and _is_published_elsewhere(change, old, changes):
        outcome = DataOutcome.PUBLISHED_AGAIN
    found = StoreChange(
        change=change,
        noun=STORES[store.type].noun,
        outcome=outcome,
        safe=_is_safe(change, store, outcome),
        replicas=tuple(_replicas(store, old)),
        protected=str(store.properties.get("DeletionProtection")).lower() == "true",
    )
    guards = [guard for guard in _guards(store, old) if _is_refused(found, guard, changes.get(guard.logical_id))]
    # A protection only acts when it is updated itself. If its site is removed, it is deleted and rejects nothing.
    stays = any(guard.logical_id not in changes or _is_updated(changes[guard.logical_id]) for guard in guards)
    return replace(found, blocked_by_update_protection=stays, protection_removed=bool(guards) and not stays)


def _is_updated(change: Change) -> bool:
    return change.effect < Effect.MAY_BE_REPLACED


def _guards(store: Resource, old: Stack) -> Iterator[Resource]:
    """Yield the enabled update protections that list a store."""
    for resource in old.values():
        if (
            resource.type == UpdateProtection.resource_type
            and str(resource.properties.get("Enabled")).lower() == "true"
            and store.logical_id in resource.properties.get("Stores", {})
        ):
            yield resource


def _is_refused(store: StoreChange, guard: Resource, update: Change | None) -> bool:
    """Return whether an update protection rejects a store's change, as in `update_protection/replaced_stores.py`.

    `update` is the change of the protection itself, whose properties describe each store.
    """
    if store.change.effect in LEAVING:
        # Without a final snapshot, an earlier update has set the deletion policy explicitly.
        return store.outcome is DataOutcome.SNAPSHOT
    if store.change.effect not in (Effect.MAY_BE_REPLACED, Effect.REPLACED):
        return False
    before, after = (
        each.properties["Stores"].get(store.change.logical_id, {}) if each else {}
        for each in (guard, update.new if update else guard)
    )
    return any(_is_detected(cause, before, after) for cause in store.causes)


def _is_detected(cause: PropertyChange, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether a protection with these old and new descriptions of a store detects the cause."""
    name = DETECTED_BY.get(cause.difference.names[0], cause.difference.names[0])
    if cause.caused_by:
        return name in before and cause.effect is Effect.REPLACED
    values = before.get(name), after.get(name)
    return not same(*values) and not any(map(is_unknown, values))


def _data_outcome(change: Change, store: Resource) -> DataOutcome:
    """Return what happens to the data: of the old and the new policy, the one that keeps less applies."""
    if change.effect in LEAVING:
        return _of_policy(store.deletion_policy)
    if change.effect in (Effect.REPLACED, Effect.MAY_BE_REPLACED):
        after = change.new or store
        return max(_of_policy(store.replace_policy), _of_policy(after.replace_policy))
    return DataOutcome.EMPTIED if _is_emptied(change, store) else DataOutcome.KEPT


def _is_emptied(change: Change, store: Resource) -> bool:
    in_memory_only = store.properties.get("Engine") == "memcached" and change.effect is not Effect.REFUSED
    changed = {each.difference.names[0] for each in change.properties}
    return in_memory_only and not changed.isdisjoint(emptying(store.type))


def _is_published_elsewhere(change: Change, old: Stack, changes: Mapping[str, Change]) -> bool:
    """Return whether a deleted bucket only has the friendly page, which the update first publishes to another bucket.

    The custom resource that publishes it is replaced then: the new one is created before anything is deleted. A bucket
    with saved pages does not qualify, since they would be lost. S3 does not delete a bucket with further objects.
    """
    mark = reference(change.logical_id)
    users = [each for each in old.values() if each.properties.get("BucketName") == mark]
    return change.effect is Effect.DELETED and bool(users) and all(_is_moved_page(user, changes) for user in users)


def _is_moved_page(user: Resource, changes: Mapping[str, Change]) -> bool:
    change = changes.get(user.logical_id)
    return user.type == PUBLISHER and change is not None and change.effect is Effect.REPLACED


def _of_policy(policy: str) -> DataOutcome:
    return OUTCOME_BY_POLICY.get(policy, DataOutcome.DELETED)


def _is_safe(change: Change, store: Resource, outcome: DataOutcome) -> bool:
    """Return whether the store is kept with its data, in the stack or outside of it.

    A bucket whose page is first published elsewhere is safe too, and so is a generated secret with DeletionPolicy:
    Delete, which is useless without the resource it was generated for.
    """
    if change.effect >= Effect.MAY_BE_REPLACED and change.effect not in LEAVING:
        return False
    generated = "GenerateSecretString" in store.properties and store.attributes.get("DeletionPolicy") == "Delete"
    return outcome in (DataOutcome.KEPT, DataOutcome.RETAINED, DataOutcome.PUBLISHED_AGAIN) or generated


def _replicas(store: Resource, old: Stack) -> Iterator[str]:
    for resource in old.values():
        if resource.properties.get("SourceDBInstanceIdentifier") == reference(store.logical_id):
            yield resource.logical_id
