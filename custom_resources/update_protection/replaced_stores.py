"""Finds the stores that an update would delete or replace."""

from collections.abc import Mapping

from update_protection.properties import ProtectedStores

# Sources that a store is created from. Removing one of these properties does not replace the store. Source:
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

# An update policy that permits a change in place: adding it replaces nothing, removing it may.
ADDED_IN_PLACE = ("UseOnlineResharding",)

# A change of a store's deletion policy replaces nothing. A store may leave the stack if an earlier update has set one
# of these policies, which state explicitly whether the store is kept or deleted.
POLICY = "DeletionPolicy"
REMOVABLE_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate")

# What changes where a database is replaced, on purpose, by a replica of one in another Region: its source, and what the
# replica takes from it.
SOURCE = "SourceDBInstanceIdentifier"
OF_A_REPLICA = (
    SOURCE,
    "SourceRegion",
    "KmsKeyId",
    "DBName",
    "MasterUsername",
    "StorageEncrypted",
    "DBSnapshotIdentifier",
)

MAX_VALUE_LENGTH = 40


def losses(old: ProtectedStores, new: ProtectedStores) -> list[str]:
    """Return one sentence per store that would be deleted or replaced; empty if there is none."""
    found = []
    for name, before in old.stores.items():
        changes = _changes(before, new.stores[name], replica=name in new.replicas) if name in new.stores else []
        if name not in new.stores and before.get(POLICY) not in REMOVABLE_POLICIES:
            found.append(f"{name} would be deleted")
        elif changes:
            found.append(f"{name} would be replaced: {', '.join(changes)}")
    return found


def _changes(before: Mapping[str, str], after: Mapping[str, str], *, replica: bool) -> list[str]:
    allowed = OF_A_REPLICA if replica and SOURCE in after and SOURCE not in before else ()
    return [
        f"{key} {_shown(before, key)} -> {_shown(after, key)}"
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
        and key != POLICY
        and key not in allowed
        and not (key in REMOVED_IN_PLACE and key not in after)
        and not (key in ADDED_IN_PLACE and key not in before)
    ]


def _shown(properties: Mapping[str, str], key: str) -> str:
    value = properties.get(key)
    return "(none)" if value is None else repr(value[:MAX_VALUE_LENGTH])
