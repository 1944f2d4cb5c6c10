"""The stores of a stack: what holds data or names that a template can't make again, and what an update does to them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from cli.analysis.availability.references import is_unknown, reference
from cli.analysis.updates.comparison import Change, PropertyChange
from cli.analysis.updates.differences import same
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.resource_schemas import emptying
from cli.analysis.updates.stack import Resource, Stack
from resilient_website.tiers.update_protection import RESHARDING, UpdateProtection

# What people call a store, by its type.
STORES = {
    "AWS::Backup::BackupVault": "backup vault",
    "AWS::Cognito::UserPool": "user pool",
    "AWS::DocDB::DBCluster": "database cluster",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::DynamoDB::Table": "table",
    "AWS::EC2::Volume": "volume",
    "AWS::ECR::Repository": "repository",
    "AWS::EFS::FileSystem": "file system",
    "AWS::ElastiCache::CacheCluster": "cache",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::ElastiCache::ServerlessCache": "cache",
    "AWS::KMS::Key": "key",
    "AWS::Kinesis::Stream": "stream",
    "AWS::Neptune::DBCluster": "database cluster",
    "AWS::OpenSearchService::Domain": "search domain",
    "AWS::RDS::DBCluster": "database cluster",
    "AWS::RDS::DBInstance": "database",
    "AWS::Redshift::Cluster": "data warehouse",
    "AWS::Route53::HostedZone": "hosted zone",
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
    "AWS::SecretsManager::Secret": "secret",
}

# A DB instance with one of these has its data elsewhere: in what it replicates, or in its cluster.
ELSEWHERE = ("DBClusterIdentifier", "SourceDBClusterIdentifier", "SourceDBInstanceIdentifier")


# What publishes the friendly page, from its own properties alone, and again wherever it is put.
PUBLISHER = "Custom::FallbackSite"


class DataOutcome(IntEnum):
    """What becomes of a store's data, the worst last."""

    KEPT = 0
    RETAINED = 1
    PUBLISHED_AGAIN = 2
    SNAPSHOT = 3
    EMPTIED = 4
    DELETED = 5


# The property by which the protection sees that another one replaces a store: for shards, the policy that changes them
# in place; for zones that are no longer named, the number of nodes, which it is told without them only.
SEEN_BY = {"NumNodeGroups": RESHARDING, "PreferredAvailabilityZones": "NumCacheNodes"}

FATES = {"Retain": DataOutcome.RETAINED, "RetainExceptOnCreate": DataOutcome.RETAINED, "Snapshot": DataOutcome.SNAPSHOT}


@dataclass(frozen=True)
class StoreChange:
    """A store that an update touches, and what becomes of its data.

    `replicas` are the instances that replicate it, and so are replaced or deleted with it. `protected` is whether AWS
    refuses to delete it, `blocked_by_update_protection` whether the site's update protection refuses this update,
    `protection_removed` whether that would, but leaves the stack in the same update.
    """

    change: Change
    noun: str
    fate: DataOutcome
    safe: bool
    replicas: tuple[str, ...] = ()
    protected: bool = False
    blocked_by_update_protection: bool = False
    protection_removed: bool = False

    @property
    def causes(self) -> tuple[PropertyChange, ...]:
        """The properties that replace the store, or may; those of its own first."""
        grave = [each for each in self.change.properties if each.effect >= Effect.MAY_BE_REPLACED]
        return tuple(sorted(grave, key=lambda each: bool(each.because)))


def is_store(resource: Resource) -> bool:
    """Tell whether a resource holds data, or names, that are nowhere else.

    A private hosted zone (one with VPCs) is delegated to by nobody, and its records are the template's.
    """
    private_zone = resource.type == "AWS::Route53::HostedZone" and "VPCs" in resource.properties
    return resource.type in STORES and not private_zone and not any(name in resource.properties for name in ELSEWHERE)


def store_changes(changes: Iterable[Change], old: Stack) -> tuple[StoreChange, ...]:
    """Return what an update does to the stores that the old stack has, the worst first."""
    by_id = {change.logical_id: change for change in changes}
    stores = ((change, change.old) for change in by_id.values() if change.old and is_store(change.old))
    found = [_store_change(change, store, old, by_id) for change, store in stores]
    return tuple(sorted(found, key=lambda store: (store.safe, -store.fate, -store.change.effect)))


def _store_change(change: Change, store: Resource, old: Stack, changes: Mapping[str, Change]) -> StoreChange:
    fate = _fate(change, store)
    if fate is DataOutcome.DELETED and _is_published_elsewhere(change, old, changes):
        fate = DataOutcome.PUBLISHED_AGAIN
    found = StoreChange(
        change=change,
        noun=STORES[store.type],
        fate=fate,
        safe=_is_safe(change, store, fate),
        replicas=tuple(_replicas(store, old)),
        protected=str(store.properties.get("DeletionProtection")).lower() == "true",
    )
    guards = [guard for guard in _guards(store, old) if _is_refused(found, guard, changes.get(guard.logical_id))]
    # A guard refuses when it is updated itself; one that is deleted, as nothing of its site is left, refuses nothing.
    stays = any(guard.logical_id not in changes or _is_updated(changes[guard.logical_id]) for guard in guards)
    return replace(found, blocked_by_update_protection=stays, protection_removed=bool(guards) and not stays)


def _is_updated(change: Change) -> bool:
    return change.effect < Effect.MAY_BE_REPLACED


def _guards(store: Resource, old: Stack) -> Iterator[Resource]:
    """Yield the update protections that know a store."""
    for resource in old.values():
        if (
            resource.type == UpdateProtection.resource_type
            and str(resource.properties.get("Enabled")).lower() == "true"
            and store.logical_id in resource.properties.get("Stores", {})
        ):
            yield resource


def _is_refused(store: StoreChange, guard: Resource, update: Change | None) -> bool:
    """Tell whether update protection refuses what happens to a store, as `update_protection/replaced_stores.py` does.

    `update` is what becomes of the protection itself, which is told what each store is made of.
    """
    if store.change.effect is Effect.DELETED:
        # What goes without a snapshot, an earlier update has given up.
        return store.fate is DataOutcome.SNAPSHOT
    if store.change.effect not in (Effect.MAY_BE_REPLACED, Effect.REPLACED):
        return False
    before, after = (
        each.properties["Stores"].get(store.change.logical_id, {}) if each else {}
        for each in (guard, update.new if update else guard)
    )
    return any(_is_told(cause, before, after) for cause in store.causes)


def _is_told(cause: PropertyChange, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether a protection that was told this, and is told that, sees what replaces a store."""
    name = SEEN_BY.get(cause.difference.names[0], cause.difference.names[0])
    if cause.because:
        return name in before and cause.effect is Effect.REPLACED
    values = before.get(name), after.get(name)
    return not same(*values) and not any(map(is_unknown, values))


def _fate(change: Change, store: Resource) -> DataOutcome:
    """Return what becomes of the data: of the policies before and after, the one that keeps less counts."""
    if change.effect is Effect.DELETED:
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
    """Tell whether nothing but the friendly page is in a bucket that goes, and the update first publishes it elsewhere.

    The custom resource that publishes is replaced then: the new one is made before anything is deleted. Saved pages
    would be lost, so a bucket with them is another matter; and one in which somebody has put more, S3 does not delete.
    """
    mark = reference(change.logical_id)
    users = [each for each in old.values() if each.properties.get("BucketName") == mark]
    return change.effect is Effect.DELETED and bool(users) and all(_is_moved_page(user, changes) for user in users)


def _is_moved_page(user: Resource, changes: Mapping[str, Change]) -> bool:
    change = changes.get(user.logical_id)
    return user.type == PUBLISHER and change is not None and change.effect is Effect.REPLACED


def _of_policy(policy: str) -> DataOutcome:
    return FATES.get(policy, DataOutcome.DELETED)


def _is_safe(change: Change, store: Resource, fate: DataOutcome) -> bool:
    """Tell whether the store goes on as it is, or leaves the stack whole.

    So is a bucket whose page is published elsewhere first, and a generated secret whose own policy says Delete: it is
    worth nothing without what it was made for.
    """
    if change.effect >= Effect.MAY_BE_REPLACED and change.effect is not Effect.DELETED:
        return False
    generated = "GenerateSecretString" in store.properties and store.attributes.get("DeletionPolicy") == "Delete"
    return fate in (DataOutcome.KEPT, DataOutcome.RETAINED, DataOutcome.PUBLISHED_AGAIN) or generated


def _replicas(store: Resource, old: Stack) -> Iterator[str]:
    for resource in old.values():
        if resource.properties.get("SourceDBInstanceIdentifier") == reference(store.logical_id):
            yield resource.logical_id
