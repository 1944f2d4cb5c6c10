"""What the emulator leaves of a deleted stack: deletion policies, protected databases and their snapshots."""

import time

import pytest

from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks, body

ACCOUNT = "200000000034"


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


POLICIES = """
  Kept: {Type: AWS::SNS::Topic, DeletionPolicy: Retain}
  Made: {Type: AWS::SNS::Topic, DeletionPolicy: RetainExceptOnCreate}
  Plain: {Type: AWS::SNS::Topic}
"""


def topics(stacks: Stacks) -> set[str]:
    found = stacks.session.client("sns").list_topics()["Topics"]
    return {entry["TopicArn"].rpartition(":")[2].split("-")[1] for entry in found if ":policies-" in entry["TopicArn"]}


def test_deletion_policies(stacks: Stacks) -> None:
    failing = POLICIES + "  Bad: {Type: AWS::SNS::TopicPolicy, DependsOn: [Kept, Made, Plain], Properties: {}}\n"
    broken = body(failing, "  Bad: {Value: !GetAtt Plain.NoSuch}\n")
    assert stacks.create("policies", broken)["StackStatus"].startswith("ROLLBACK")
    assert topics(stacks) == {"Kept"}
    stacks.delete("policies")
    assert stacks.create("policies", body(POLICIES))["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.delete("policies")["StackStatus"] == "DELETE_COMPLETE"
    assert topics(stacks) == {"Kept", "Made"}


def test_stack_that_is_deleted_while_it_is_created_leaves_nothing(emulator: Emulator, stacks: Stacks) -> None:
    many = "\n" + "".join(f"  Topic{number}: {{Type: AWS::SNS::Topic}}\n" for number in range(20))
    sns = stacks.session.client("sns")
    emulator.tell("/_emulator/pace", {"seconds": 0.2})
    try:
        begun = stacks.cloudformation.create_stack(StackName="begun", TemplateBody=body(many))["StackId"]
        while ":begun-" not in str(sns.list_topics()["Topics"]):
            time.sleep(0.05)
        stacks.cloudformation.delete_stack(StackName="begun")
    finally:
        emulator.tell("/_emulator/pace", {"seconds": 0})
    assert stacks.wait(begun)["StackStatus"] == "DELETE_COMPLETE"
    assert ":begun-" not in str(sns.list_topics()["Topics"])
    assert stacks.cloudformation.describe_stacks(StackName=begun)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"


DATABASE = """
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties: {Engine: mysql, DBInstanceClass: db.t4g.micro, AllocatedStorage: "20", DeletionProtection: %s,
      BackupRetentionPeriod: %s}
"""
REPLICA = "  Replica: {Type: AWS::RDS::DBInstance, Properties: {SourceDBInstanceIdentifier: !Ref Database}}\n"


def test_database_is_protected_and_leaves_a_snapshot(stacks: Stacks) -> None:
    stack = stacks.create("protected", body(DATABASE % ("true", 7)))
    deleted = stacks.delete("protected")
    assert deleted["StackStatus"] == "DELETE_FAILED"
    assert any("deletion protection" in reason for reason in deleted["Reasons"])
    rds = stacks.session.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=stack["Ids"]["Database"], DeletionProtection=False)
    assert stacks.delete("protected")["StackStatus"] == "DELETE_COMPLETE"
    snapshots = rds.describe_db_snapshots()["DBSnapshots"]
    assert stack["Ids"]["Database"] in [snapshot["DBInstanceIdentifier"] for snapshot in snapshots]


def test_replica_needs_backups_of_its_source(stacks: Stacks) -> None:
    stack = stacks.create("unbacked", body(DATABASE % ("false", 0) + REPLICA))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("Automated backups are not enabled" in reason for reason in stack["Reasons"])


def test_update_deletes_what_left_the_template_in_a_phase_of_its_own(stacks: Stacks) -> None:
    stacks.create("cleaned", body("\n  Plain: {Type: AWS::SNS::Topic}\n  Other: {Type: AWS::SNS::Topic}"))
    done = stacks.update("cleaned", body("\n  Plain: {Type: AWS::SNS::Topic}"))
    assert (done["StackStatus"], list(done["Ids"])) == ("UPDATE_COMPLETE", ["Plain"])
    events = stacks.cloudformation.describe_stack_events(StackName="cleaned")["StackEvents"]
    statuses = [event["ResourceStatus"] for event in events if event["LogicalResourceId"] == "cleaned"]
    assert statuses[:2] == ["UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"]
    stacks.delete("cleaned")


def test_what_an_undeleted_resource_depends_on_is_kept(stacks: Stacks) -> None:
    needed = "  Needed: {Type: AWS::SNS::Topic}\n  Other: {Type: AWS::SNS::Topic}\n"
    stack = stacks.create(
        "held", body((DATABASE % ("true", 7)).replace("Type:", "DependsOn: Needed\n    Type:") + needed)
    )
    failed = stacks.delete("held")
    assert (failed["StackStatus"], set(failed["Ids"])) == ("DELETE_FAILED", {"Database", "Needed"})
    rds = stacks.session.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=stack["Ids"]["Database"], DeletionProtection=False)
    assert stacks.delete("held")["StackStatus"] == "DELETE_COMPLETE"
