"""What to do instead of an update that would replace a store, or lose what it holds."""

from collections.abc import Mapping
from typing import Any

from cli.analysis.updates.comparison import Change, PropertyChange
from cli.analysis.updates.differences import ABSENT
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.shortened import shortened
from cli.analysis.updates.stack import Resource
from cli.analysis.updates.stores import DataOutcome, StoreChange

# The parts of a site's Teardown that keep a store of this type.
TEARDOWN = {
    "AWS::RDS::DBInstance": "Database",
    "AWS::ElastiCache::ReplicationGroup": "Cache",
    "AWS::ElastiCache::CacheCluster": "Cache",
}

FATES = {
    DataOutcome.KEPT: "kept",
    DataOutcome.RETAINED: "kept, outside of the stack",
    DataOutcome.PUBLISHED_AGAIN: "published in another bucket first, then deleted",
    DataOutcome.SNAPSHOT: "a final snapshot is left",
    DataOutcome.EMPTIED: "emptied",
}

# What a new store is made of, so that it is not empty.
SNAPSHOTS = ("DBSnapshotIdentifier", "SnapshotName", "SnapshotArns")

# The compact property that becomes a property of a type, for sites.
SiteProperties = Mapping[tuple[str, tuple[str, ...]], str]


def fate_text(store: StoreChange) -> str:
    """Return what becomes of the store's data, in words."""
    replaced = store.change.effect in (Effect.REPLACED, Effect.MAY_BE_REPLACED)
    new_one = f"; the new one is {_beginning(store.change.new)}" if replaced else ""
    if store.fate is DataOutcome.RETAINED and store.change.effect is Effect.DELETED and store.change.type in TEARDOWN:
        return (
            f"{FATES[DataOutcome.RETAINED]}; so are its subnet group, its security groups and their VPC, which it uses"
        )
    if store.fate in FATES:
        return FATES[store.fate] + new_one
    if store.change.type == "AWS::S3::Bucket":
        return f"deleted, if the bucket is empty or is emptied first{new_one}"
    return f"deleted{new_one}"


def _beginning(new: Resource | None) -> str:
    """Return what is in a store when it has just been made."""
    made_of = [new.properties[name] for name in SNAPSHOTS if new and new.properties.get(name)]
    return f"made of the snapshot {shortened(made_of[0])}" if made_of else "empty"


def advice(store: StoreChange, site_properties: SiteProperties, restored: str = "") -> str:
    """Return what to do instead; nothing for a store that is safe.

    `restored` is what to restore in the template that somebody wrote, where that is known (`restoring.py`).
    """
    if store.safe:
        return ""
    change = store.change
    refused = refusal_text(change)
    if refused:
        return refused
    if change.effect is Effect.REFUSED:
        return f"CloudFormation refuses another type under one logical id. Give the {change.type} an id of its own."
    if store.fate is DataOutcome.EMPTIED:
        return (
            "Memcached keeps nothing over a change of its version. Deploy it at a quiet hour: until the cache has "
            "filled again, the database answers in its place."
        )
    if change.effect is Effect.DELETED:
        told = [f"{restored}."] * bool(restored) + [_of_deletion(store)]
    else:
        told = _of_replacement(store, site_properties, restored)
    if store.replicas:
        told.append(f"Its replicas go with it: {', '.join(store.replicas)}.")
    if store.blocked_by_update_protection:
        told.append(
            "The site's update protection refuses this: UpdateProtection: false first, in an update of its own."
        )
    if store.protection_removed:
        told.append(
            "The site's update protection leaves the stack too, and so can't refuse this: only a stack policy stops it "
            "(build_templates.py stack-policy)."
        )
    if store.protected:
        told.append("AWS refuses to delete it while DeletionProtection is on.")
    return " ".join(told)


def refusal_text(change: Change) -> str:
    """Return why the service refuses a change and what to do; nothing if it does not."""
    rows = dict.fromkeys(each.refusal for each in change.properties if each.refusal is not None)
    return " ".join(f"{row.why}. {row.instead}." for row in rows)


def _of_deletion(store: StoreChange) -> str:
    part = TEARDOWN.get(store.change.type)
    also = f" (Teardown: {{{part}: Retain}} on a site)" if part else ""
    network = (
        " So do its subnet group, its security groups and their VPC, which AWS does not delete while it uses them: to "
        "delete the whole stack, delete it again with --retain-resources once that has failed."
    )
    return (
        f"Keep it in the template. To let go of it and lose nothing, take two steps: deploy DeletionPolicy: "
        f"Retain{also}, then this; it then lives on outside of the stack.{network if part else ''}"
    )


def _of_replacement(store: StoreChange, site_properties: SiteProperties, restored: str) -> list[str]:
    known = (_restored(store.change.type, each, site_properties) for each in store.causes)
    causes = (restored,) if restored else (_snapshot_again(store, site_properties),) if _lost_snapshot(store) else known
    told = [f"{cause}." for cause in dict.fromkeys(causes)]
    if store.change.effect is Effect.MAY_BE_REPLACED:
        told.append("Whether it is replaced, only a change set tells.")
    two_steps = f"add a second {store.noun} in one update, move the data, take the old one away in another"
    return [*told, f"If it has to change, take two steps: {two_steps}."]


def _lost_snapshot(store: StoreChange) -> PropertyChange | None:
    """Return the snapshot's property, where it is taken away and the store gets what only one without it has."""
    gone = [each for each in store.change.properties if each.difference.names[0] in SNAPSHOTS and _is_gone(each)]
    added = all(each.difference.old is ABSENT and not each.because for each in store.causes)
    return gone[0] if gone and added else None


def _is_gone(change: PropertyChange) -> bool:
    return change.difference.new in (ABSENT, "")


def _snapshot_again(store: StoreChange, site_properties: SiteProperties) -> str:
    gone = _lost_snapshot(store)
    return _restored(store.change.type, gone, site_properties) if gone else ""


def _restored(type_name: str, cause: PropertyChange, site_properties: SiteProperties) -> str:
    """Return how to undo what replaces a store."""
    if cause.because:
        return f"Undo what replaces {cause.because}, on which {'.'.join(cause.difference.names)} depends"
    names = cause.difference.names
    known = site_properties.get((type_name, names))
    where = f"{'.'.join(names)} ({known} of the site)" if known else ".".join(names)
    old: Any = cause.difference.old
    return f"Take {where} away again" if old is ABSENT else f"Restore {where}: {shortened(old)}"
