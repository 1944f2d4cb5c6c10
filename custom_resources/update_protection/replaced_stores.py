"""What an update would take away: stores that it deletes, and stores that it replaces by empty ones."""

from collections.abc import Mapping

from update_protection.properties import ProtectedStores

# A store that was made of one of these does not need it any more: to take it away replaces nothing. Source:
# ImmutabilityHelper.java of github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds.
REMOVED_IN_PLACE = (
    "DBClusterSnapshotIdentifier",
    "DBSnapshotIdentifier",
    "RestoreTime",
    "SourceDBClusterIdentifier",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
    "UseLatestRestorableTime",
)

# An update policy: what it brings can be changed in place from then on, and not without it any more.
ADDED_IN_PLACE = ("UseOnlineResharding",)

# What a store has beside its properties: a change of it replaces nothing. A store may leave the stack when an earlier
# update has said what then becomes of it: that it stays, or that nobody needs it.
POLICY = "DeletionPolicy"
FREE_TO_LEAVE = ("Delete", "Retain", "RetainExceptOnCreate")

MAX_VALUE_LENGTH = 40


def losses(old: ProtectedStores, new: ProtectedStores) -> list[str]:
    """Return, store by store, what becomes of those that would not live on; empty if all do."""
    found = []
    for name, before in old.stores.items():
        changes = _changes(before, new.stores[name]) if name in new.stores else []
        if name not in new.stores and before.get(POLICY) not in FREE_TO_LEAVE:
            found.append(f"{name} would be deleted")
        elif changes:
            found.append(f"{name} would be replaced by another one: {', '.join(changes)}")
    return found


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [
        f"{key} {_shown(before, key)} -> {_shown(after, key)}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
        and key != POLICY
        and not (key in REMOVED_IN_PLACE and key not in after)
        and not (key in ADDED_IN_PLACE and key not in before)
    ]


def _shown(properties: Mapping[str, str], key: str) -> str:
    value = properties.get(key)
    return "nothing" if value is None else repr(value[:MAX_VALUE_LENGTH])
