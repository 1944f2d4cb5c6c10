"""Advice: what to do instead of an update that would replace a store or lose its data."""

from collections.abc import Mapping
from typing import Any

from cli.analysis.updates.comparison import Change, PropertyChange
from cli.analysis.updates.differences import ABSENT
from cli.analysis.updates.effects import LEAVING, Effect
from cli.analysis.updates.shortened import shortened
from cli.analysis.updates.stack import Resource
from cli.analysis.updates.stores import DataOutcome, StoreChange
from cli.program_name import with_program_name
from resilient_website.facts.stores import STORES

OUTCOME_TEXTS = {
    DataOutcome.KEPT: "kept",
    DataOutcome.RETAINED: "kept, outside of the stack",
    DataOutcome.PUBLISHED_AGAIN: "published to another bucket first, then deleted",
    DataOutcome.SNAPSHOT: "deleted, after a final snapshot",
    DataOutcome.EMPTIED: "lost, since the cache restarts empty",
}

# (CloudFormation type, property path) -> the site's property that sets it.
SiteProperties = Mapping[tuple[str, tuple[str, ...]], str]


def outcome_text(store: StoreChange) -> str:
    """Return a phrase for what happens to the store's data."""
    replaced = store.change.effect in (Effect.REPLACED, Effect.MAY_BE_REPLACED)
    new_one = f"; the new store {_initial_data(store.change.new)}" if replaced else ""
    if (
        store.outcome is DataOutcome.RETAINED
        and store.change.effect in LEAVING
        and STORES[store.change.type].in_subnets
    ):
        return f"{OUTCOME_TEXTS[DataOutcome.RETAINED]}, as are its subnet group, its security groups and their VPC"
    if store.outcome in OUTCOME_TEXTS:
        return OUTCOME_TEXTS[store.outcome] + new_one
    if store.change.type == "AWS::S3::Bucket":
        return f"deleted if the bucket is empty or is emptied first{new_one}"
    return f"deleted{new_one}"


def _initial_data(new: Resource | None) -> str:
    """Return a phrase for the data of a newly created store."""
    snapshots = [new.properties[name] for name in STORES[new.type].sources if new.properties.get(name)] if new else []
    return f"is created from the snapshot {shortened(snapshots[0])}" if snapshots else "is empty"


def advice(store: StoreChange, site_properties: SiteProperties, restored: str = "") -> str:
    """Return what to do instead of the update; empty for a store that is safe.

    `restored`: the property to restore in the user's template, where that is known (`restoring.py`).
    """
    if store.safe:
        return ""
    change = store.change
    refused = refusal_text(change)
    if refused:
        return refused
    if change.effect is Effect.REFUSED:
        return f"CloudFormation can't change a resource's type. Give the {change.type} another logical id."
    if store.outcome is DataOutcome.EMPTIED:
        return (
            "Memcached loses its data when its version or its node type changes. Deploy this at a time of low traffic: "
            "until the cache is warm again, the database serves these reads."
        )
    if change.effect in LEAVING:
        sentences = [*[f"{restored}."] * bool(restored), *_if_unknown(change), _of_deletion(store)]
    else:
        sentences = _of_replacement(store, site_properties, restored)
    if store.replicas:
        effect = "deleted" if change.effect in LEAVING else "replaced"
        sentences.append(f"Its replicas are {effect} too: {', '.join(store.replicas)}.")
    if store.blocked_by_update_protection:
        sentences.append(
            "The site's update protection rejects this update. To allow it, first deploy UpdateProtection: false in a "
            "separate update."
        )
    if store.protection_removed:
        sentences.append(
            "This update also removes the site's update protection, which therefore can't reject it: only a stack "
            f"policy can prevent it ({with_program_name('build_templates.py stack-policy')})."
        )
    if store.protected:
        sentences.append("AWS refuses to delete it while DeletionProtection is enabled.")
    return " ".join(sentences)


def refusal_text(change: Change) -> str:
    """Return why a service refuses a change and what to do instead; empty if it accepts the change."""
    rows = dict.fromkeys(each.refusal for each in change.properties if each.refusal is not None)
    return " ".join(f"{row.why}. {row.instead}." for row in rows)


def _if_unknown(change: Change) -> list[str]:
    """Return on what it depends whether a resource is deleted."""
    if change.effect is not Effect.MAY_BE_DELETED or change.new is None:
        return []
    name = change.new.attributes.get("Condition")
    return [f"It is deleted if the condition {name} is false. Create a change set to see whether it is."]


def _of_deletion(store: StoreChange) -> str:
    part = STORES[store.change.type].teardown
    also = f" (on a site, Teardown: {{{part}: Retain}})" if part else ""
    network = (
        " Its subnet group, security groups and VPC are kept too, since AWS does not delete them while it uses them: "
        "deleting the whole stack fails at first; then delete it again with --retain-resources."
    )
    return (
        f"Keep it in the template. To remove it from the stack without losing data, deploy two updates: first set "
        f"DeletionPolicy: Retain{also}, then deploy this update. The store is then kept outside of the "
        f"stack.{network if STORES[store.change.type].in_subnets else ''}"
    )


def _of_replacement(store: StoreChange, site_properties: SiteProperties, restored: str) -> list[str]:
    known = (_restored(store.change.type, each, site_properties) for each in store.causes)
    causes = (restored,) if restored else (_snapshot_again(store, site_properties),) if _lost_snapshot(store) else known
    sentences = [f"{cause}." for cause in dict.fromkeys(causes)]
    if store.change.effect is Effect.MAY_BE_REPLACED:
        sentences.append("Create a change set to see whether it is replaced.")
    two_updates = f"add a second {store.noun} in the first, migrate the data, remove the old one in the second"
    return [*sentences, f"If the change is necessary, deploy two updates: {two_updates}."]


def _lost_snapshot(store: StoreChange) -> PropertyChange | None:
    """Return the snapshot property if it is removed and all causes are properties that a store without it needs."""
    gone = [
        each
        for each in store.change.properties
        if each.difference.names[0] in STORES[store.change.type].sources and _is_gone(each)
    ]
    added = all(each.difference.old is ABSENT and not each.caused_by for each in store.causes)
    return gone[0] if gone and added else None


def _is_gone(change: PropertyChange) -> bool:
    return change.difference.new in (ABSENT, "")


def _snapshot_again(store: StoreChange, site_properties: SiteProperties) -> str:
    gone = _lost_snapshot(store)
    return _restored(store.change.type, gone, site_properties) if gone else ""


def _restored(type_name: str, cause: PropertyChange, site_properties: SiteProperties) -> str:
    """Return how to undo the change that replaces a store."""
    if cause.caused_by:
        return f"Undo the change that replaces {cause.caused_by}, to which {'.'.join(cause.difference.names)} refers"
    names = cause.difference.names
    known = site_properties.get((type_name, names))
    where = f"{'.'.join(names)} (the site's {known})" if known else ".".join(names)
    old: Any = cause.difference.old
    return f"Remove {where}" if old is ABSENT else f"Restore {where}: {shortened(old)}"
