"""The emulator's databases in two Regions: replicas, promotions, and backups that are replicated and restored."""

import pytest
from botocore.exceptions import ClientError

from tests.emulated_replicas import ACCOUNT, HERE, SOURCE, THERE, database, lag, replica
from tests.emulated_stacks import made
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Json, Stacks


@pytest.fixture(scope="module")
def here(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT, HERE)


@pytest.fixture(scope="module")
def there(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT, THERE)


def described(stacks: Stacks, stack: Json) -> Json:
    rds = stacks.session.client("rds")
    found: Json = rds.describe_db_instances(DBInstanceIdentifier=stack["Ids"]["Database"])["DBInstances"][0]
    return found


def snapshots(stacks: Stacks) -> list[str]:
    """Return the databases that have a snapshot."""
    found = stacks.session.client("rds").describe_db_snapshots()["DBSnapshots"]
    return [str(each["DBInstanceIdentifier"]) for each in found]


@pytest.mark.parametrize(
    ("properties", "answer"),
    [
        ({"KmsKeyId": None}, "unencrypted read replica from encrypted source"),
        ({"KmsKeyId": f"arn:aws:kms:{HERE}:{ACCOUNT}:key/its-own"}, f"only {THERE} is supported"),
        ({"SourceRegion": None}, f"SourceRegion must be {HERE}"),
        ({"SourceRegion": "eu-west-1"}, f"SourceRegion must be {HERE}"),
        ({"DBSubnetGroupName": "the-groups-of-there"}, "DBSubnetGroupNotFoundFault"),
        ({"DBParameterGroupName": "the-parameters-of-there"}, "DBParameterGroupNotFound"),
        ({"SourceDBInstanceIdentifier": f"arn:aws:rds:{HERE}:{ACCOUNT}:db:nothing"}, "not found"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_replica_that_rds_refuses(here: Stacks, there: Stacks, properties: Json, answer: str) -> None:
    source = made(here, "refusing", database(**SOURCE))
    stack = there.create("refused", replica(source["Values"]["Arn"], **properties))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert [reason for reason in stack["Reasons"] if answer in reason], stack["Reasons"]
    there.delete("refused")
    here.delete("refusing")


def test_no_encrypted_replica_of_an_unencrypted_source(here: Stacks, there: Stacks) -> None:
    source = made(here, "plain", database(**{**SOURCE, "StorageEncrypted": False}))
    stack = there.create("encrypted", replica(source["Values"]["Arn"]))
    assert any("encrypted read replica from unencrypted source" in reason for reason in stack["Reasons"])
    there.delete("encrypted")
    here.delete("plain")


def test_source_and_replica_know_each_other_by_arn(here: Stacks, there: Stacks) -> None:
    source = made(here, "known", database(**SOURCE))
    copy = made(there, "knowing", replica(source["Values"]["Arn"]))
    first, second = described(here, source), described(there, copy)
    assert second["ReadReplicaSourceDBInstanceIdentifier"] == first["DBInstanceArn"]
    assert first["ReadReplicaDBInstanceIdentifiers"] == [second["DBInstanceArn"]]
    assert second["DBInstanceArn"].split(":")[3] == THERE
    inherited = ("Engine", "EngineVersion", "AllocatedStorage", "MasterUsername", "StorageEncrypted")
    assert [second[name] for name in inherited] == [first[name] for name in inherited]
    assert second["KmsKeyId"].split(":")[3] == THERE
    assert [info["Status"] for info in second["StatusInfos"]] == ["replicating"]
    # A final snapshot of a replica is refused; its stack's deletion asks for none.
    assert there.delete("knowing")["StackStatus"] == "DELETE_COMPLETE"
    assert copy["Ids"]["Database"] not in snapshots(there)
    assert described(here, source)["ReadReplicaDBInstanceIdentifiers"] == []
    here.delete("known")


def test_property_removed_promotes_and_keeps_the_database(here: Stacks, there: Stacks) -> None:
    source = made(here, "planned", database(**SOURCE))
    copy = made(there, "planned", replica(source["Values"]["Arn"]))
    before = described(there, copy)
    promoted = there.update("planned", replica(source["Values"]["Arn"], SourceDBInstanceIdentifier=None, MultiAZ=True))
    assert promoted["StackStatus"] == "UPDATE_COMPLETE", promoted["Reasons"]
    after = described(there, promoted)
    assert (after["DbiResourceId"], after["Endpoint"]) == (before["DbiResourceId"], before["Endpoint"])
    assert (after.get("ReadReplicaSourceDBInstanceIdentifier", ""), after["StatusInfos"]) == ("", [])
    assert (after["MultiAZ"], after["BackupRetentionPeriod"]) == (True, 7)
    assert described(here, source)["ReadReplicaDBInstanceIdentifiers"] == []
    # Failback: the former source becomes a replica of the promoted one, as another database.
    again = here.update("planned", replica(promoted["Values"]["Arn"], SourceRegion=THERE))
    assert again["StackStatus"] == "UPDATE_COMPLETE", again["Reasons"]
    assert again["Ids"]["Database"] != source["Ids"]["Database"]
    assert described(here, again)["ReadReplicaSourceDBInstanceIdentifier"] == promoted["Values"]["Arn"]
    assert there.delete("planned")["StackStatus"] == "DELETE_COMPLETE"
    assert promoted["Ids"]["Database"] in snapshots(there)
    assert described(here, again).get("ReadReplicaSourceDBInstanceIdentifier", "") == ""
    here.delete("planned")


def test_source_region_removed_with_the_source_is_a_replacement(here: Stacks, there: Stacks) -> None:
    source = made(here, "lost", database(**SOURCE))
    copy = made(there, "lost", replica(source["Values"]["Arn"]))
    alone = replica(source["Values"]["Arn"], SourceDBInstanceIdentifier=None, SourceRegion=None)
    changes = there.change_set("lost", alone, "UPDATE")["Changes"]
    assert [change["ResourceChange"]["Replacement"] for change in changes] == ["True"]
    assert there.update("lost", alone)["Ids"]["Database"] != copy["Ids"]["Database"]
    there.delete("lost")
    here.delete("lost")


def test_promoted_outside_its_stack(here: Stacks, there: Stacks) -> None:
    source = made(here, "outside", database(**SOURCE))
    template = replica(source["Values"]["Arn"])
    copy = made(there, "outside", template)
    rds = there.session.client("rds")
    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        here.session.client("rds").promote_read_replica(DBInstanceIdentifier=source["Ids"]["Database"])
    answer = rds.promote_read_replica(DBInstanceIdentifier=copy["Ids"]["Database"])
    assert answer["DBInstance"]["DBInstanceStatus"] == "modifying"
    rds.get_waiter("db_instance_available").wait(
        DBInstanceIdentifier=copy["Ids"]["Database"], WaiterConfig={"Delay": 1, "MaxAttempts": 9}
    )
    assert described(there, copy).get("ReadReplicaSourceDBInstanceIdentifier", "") == ""
    # Another property can be changed; the source can't be taken out of the template any more.
    assert there.update("outside", replica(source["Values"]["Arn"], MultiAZ=True))["StackStatus"] == "UPDATE_COMPLETE"
    assert described(there, copy).get("ReadReplicaSourceDBInstanceIdentifier", "") == ""
    refused = there.update("outside", replica(source["Values"]["Arn"], SourceDBInstanceIdentifier=None, MultiAZ=True))
    assert refused["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert any("InvalidDBInstanceState" in reason for reason in refused["Reasons"])
    assert refused["Ids"]["Database"] == copy["Ids"]["Database"]
    reconcile(there, "outside", replica(source["Values"]["Arn"], SourceDBInstanceIdentifier=None, MultiAZ=True))
    assert described(there, copy)["DBInstanceArn"] == copy["Values"]["Arn"]
    # From now on it is like any other database.
    updated = there.update("outside", replica(source["Values"]["Arn"], SourceDBInstanceIdentifier=None))
    assert (updated["StackStatus"], updated["Ids"]) == ("UPDATE_COMPLETE", copy["Ids"])
    there.delete("outside")
    here.delete("outside")


def reconcile(stacks: Stacks, name: str, template: Json) -> None:
    """Make the stack's record of a database what the database is, by a change set that knows drift."""
    changes = stacks.change_set(name, template, "UPDATE", DeploymentMode="REVERT_DRIFT")
    assert changes["DeploymentMode"] == "REVERT_DRIFT"
    assert [change["ResourceChange"]["Action"] for change in changes["Changes"]] == ["SyncWithActual"]
    stacks.cloudformation.execute_change_set(ChangeSetName=changes["ChangeSetId"])
    done = stacks.wait(changes["StackId"])
    assert done["StackStatus"] == "UPDATE_COMPLETE", done["Reasons"]


def test_lag_of_a_replica(here: Stacks, there: Stacks, emulator: Emulator) -> None:
    source = made(here, "lagging", database(**SOURCE))
    copy = made(there, "lagging", replica(source["Values"]["Arn"]))
    name = copy["Ids"]["Database"]
    emulator.tell("/_emulator/dead-regions", {HERE: 0})
    try:
        # What it was before the Region died is known; since then nothing is replicated.
        assert (lag(there, name), lag(there, name, "Minimum")) == (0, -1)
    finally:
        emulator.tell("/_emulator/dead-regions", {})
    emulator.tell("/_emulator/replica-lag", {name: 40})
    assert lag(there, name) == 40
    emulator.tell("/_emulator/replica-lag", {})
    assert lag(here, source["Ids"]["Database"]) is None
    there.delete("lagging")
    here.delete("lagging")


def test_deleted_source_promotes_its_replica(here: Stacks, there: Stacks) -> None:
    source = made(here, "gone", database(**SOURCE))
    copy = made(there, "gone", replica(source["Values"]["Arn"]))
    here.session.client("rds").delete_db_instance(
        DBInstanceIdentifier=source["Ids"]["Database"], SkipFinalSnapshot=True
    )
    assert described(there, copy).get("ReadReplicaSourceDBInstanceIdentifier", "") == ""
    there.delete("gone")
    here.delete("gone")


def test_backups_in_another_region(here: Stacks, there: Stacks) -> None:
    key = made(there, "key", {"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {}}}})["Ids"]["Key"]
    arn = f"arn:aws:kms:{THERE}:{ACCOUNT}:key/{key}"
    replicated = {**SOURCE, "AutomaticBackupReplicationRegion": THERE}
    refused = here.create("backed-up", database(**replicated))
    assert any("valid KMS key ID" in reason for reason in refused["Reasons"])
    here.delete("backed-up")
    source = made(here, "backed-up", database(**replicated, AutomaticBackupReplicationKmsKeyId=arn))
    (backup,) = there.session.client("rds").describe_db_instance_automated_backups(
        DBInstanceIdentifier=source["Ids"]["Database"]
    )["DBInstanceAutomatedBackups"]
    assert (backup["Status"], backup["Region"], backup["KmsKeyId"]) == ("replicating", HERE, arn)
    assert backup["RestoreWindow"]["LatestTime"] >= backup["RestoreWindow"]["EarliestTime"]
    (reported,) = described(here, source)["DBInstanceAutomatedBackupsReplications"]
    assert reported["DBInstanceAutomatedBackupsArn"] == backup["DBInstanceAutomatedBackupsArn"]
    restored = {
        "SourceDBInstanceAutomatedBackupsArn": backup["DBInstanceAutomatedBackupsArn"],
        "DBInstanceClass": "db.t4g.small",
        "Engine": "mysql",
    }
    assert any("RestoreTime" in reason for reason in there.create("no-time", database(**restored))["Reasons"])
    there.delete("no-time")
    copy = made(there, "restored", database(**restored, UseLatestRestorableTime=True))
    found = described(there, copy)
    assert (found["MasterUsername"], found["EngineVersion"], found["KmsKeyId"]) == ("website", "8.4.6", arn)
    ended = here.update("backed-up", database(**SOURCE))
    assert ended["StackStatus"] == "UPDATE_COMPLETE"
    assert described(here, source)["DBInstanceAutomatedBackupsReplications"] == []
    for stacks, name in ((there, "restored"), (here, "backed-up"), (there, "key")):
        stacks.delete(name)
