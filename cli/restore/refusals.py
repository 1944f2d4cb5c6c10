"""What speaks against a restore before it begins, and against the swap."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from cli.deployed.tools import AGAIN
from cli.restore.instance import Instance
from cli.restore.steps import Databases
from cli.restore.target import Target
from resilient_website.problems import Problem


def before_restore(databases: Databases, target: Target) -> Iterator[Problem]:
    """Yield what makes RDS refuse the restore, or its result useless. Nothing once it has begun."""
    if databases.restored() or databases.kept():
        return
    old = databases.own()
    if old is None:
        yield Problem(databases.names.own, "there is no such database", "restore a snapshot by hand: docs/on-call.md")
        return
    if old.source:
        yield Problem(old.id, f"the database is a replica of {old.source}", "restore the database that it replicates")
        return
    yield from _time(databases, old, target) if target.time else _snapshot(databases, old, str(target.snapshot))


def before_swap(databases: Databases) -> Iterator[Problem]:
    """Yield what would be wrong after the swap. Nothing once it has begun."""
    old = databases.own()
    if databases.kept() is None and old is not None and old.replicas:
        found = f"{', '.join(old.replicas)} replicate from the old database, and would go on with its data"
        advice = "deploy ReadReplicas: 0 (a copy in another Region: without its replica)"
        yield Problem(old.id, found, f"{advice}; then {AGAIN}. Create them again afterwards")


def stack_is_busy(cloudformation: Any, stack: str) -> Iterator[Problem]:
    """Yield a problem while CloudFormation changes the stack."""
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    if found["StackStatus"].endswith("_IN_PROGRESS"):
        yield Problem(f"stack {stack}", f"it is {found['StackStatus']}", f"wait until it has ended; then {AGAIN}")


def _time(databases: Databases, old: Instance, target: Target) -> Iterator[Problem]:
    """Yield a problem if the time is not within RDS's automated backups."""
    resource = old.described["DbiResourceId"]
    found = databases.rds.describe_db_instance_automated_backups(DbiResourceId=resource)["DBInstanceAutomatedBackups"]
    window = found[0].get("RestoreWindow", {}) if found else {}
    if not window.get("EarliestTime") or not window.get("LatestTime"):
        yield Problem("--to", f"{old.id} has no automated backups", "restore a snapshot: --snapshot")
    elif target.time is not None and not window["EarliestTime"] <= target.time <= window["LatestTime"]:
        reach = f"from {window['EarliestTime']:%Y-%m-%d %H:%M:%S} to {window['LatestTime']:%Y-%m-%d %H:%M:%S} UTC"
        yield Problem(
            "--to", f"found {target.title}; the backups of {old.id} reach {reach}", "give a time within, or --snapshot"
        )


def _snapshot(databases: Databases, old: Instance, identifier: str) -> Iterator[Problem]:
    """Yield what a snapshot's database could not have of the old one."""
    try:
        (snapshot,) = databases.rds.describe_db_snapshots(DBSnapshotIdentifier=identifier)["DBSnapshots"]
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("DBSnapshotNotFound"):
            raise
        listed = f"aws rds describe-db-snapshots --db-instance-identifier {old.id}"
        yield Problem("--snapshot", f"there is no snapshot {identifier} in {databases.region}", f"list them: {listed}")
        return
    yield from _differences(snapshot, old, identifier)


def _differences(snapshot: Mapping[str, Any], old: Instance, identifier: str) -> Iterator[Problem]:
    """Yield what can't be changed after the restore."""
    status, user, now_user = snapshot.get("Status"), snapshot.get("MasterUsername"), old.described["MasterUsername"]
    key, now_key = snapshot.get("KmsKeyId"), old.described.get("KmsKeyId")
    version, now_version = snapshot.get("EngineVersion"), old.described["EngineVersion"]
    if status != "available":
        yield Problem("--snapshot", f"{identifier} is {status}", f"wait until it is available; then {AGAIN}")
    if user != now_user:
        found = f"the master user of {identifier} is {user}, the site's is {now_user}"
        yield Problem("--snapshot", found, "the master user can't change: give a snapshot of this site's database")
    if key != now_key:
        copy = f"aws rds copy-db-snapshot --source-db-snapshot-identifier {identifier} --kms-key-id {now_key}"
        found = f"{identifier} has the key {key}, the database {now_key}"
        yield Problem("--snapshot", found, f"copy it with the database's key, and give the copy: {copy}")
    if _series(version) != _series(now_version):
        found = f"{identifier} is of version {version}, the database of {now_version}"
        yield Problem("--snapshot", found, "give a snapshot of the same version")


def _series(version: Any) -> str:
    return ".".join(str(version).split(".")[:2])
