"""The emulator's buckets and secrets that are copied to another Region, and what a stack there reads of them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulated_stacks import made
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Json, Stacks

ACCOUNT = "200000000042"
HERE, THERE = "us-east-1", "us-west-2"


@pytest.fixture(scope="module")
def here(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT, HERE)


@pytest.fixture(scope="module")
def there(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT, THERE)


def bucket(**properties: Any) -> Json:
    return {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}}


VERSIONED = {"VersioningConfiguration": {"Status": "Enabled"}}


def replicated(destination: str, **rule: Any) -> Json:
    """Return a bucket's properties; what a rule says is `rule`, where None takes a part out."""
    known = {
        "Id": "everything",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{destination}"},
        **rule,
    }
    kept = {name: value for name, value in known.items() if value is not None}
    role = f"arn:aws:iam::{ACCOUNT}:role/replication"
    return {**VERSIONED, "ReplicationConfiguration": {"Role": role, "Rules": [kept]}}


def test_objects_appear_in_the_other_region(here: Stacks, there: Stacks) -> None:
    copy = made(there, "copy", bucket(**VERSIONED))["Ids"]["Bucket"]
    stack = made(here, "assets", bucket(**VERSIONED))
    own = stack["Ids"]["Bucket"]
    s3, s3_there = here.session.client("s3"), there.session.client("s3")
    s3.put_object(Bucket=own, Key="before.css", Body=b"before")
    updated = here.update("assets", bucket(**replicated(copy)))
    assert (updated["StackStatus"], updated["Ids"]["Bucket"]) == ("UPDATE_COMPLETE", own), updated["Reasons"]
    s3.put_object(Bucket=own, Key="after.css", Body=b"after", ContentType="text/css")
    # "Existing objects" are S3 Batch Replication's.
    assert [entry["Key"] for entry in s3_there.list_objects_v2(Bucket=copy)["Contents"]] == ["after.css"]
    found = s3_there.get_object(Bucket=copy, Key="after.css")
    assert (found["Body"].read(), found["ContentType"], found["ReplicationStatus"]) == (b"after", "text/css", "REPLICA")
    assert s3.head_object(Bucket=own, Key="after.css")["ReplicationStatus"] == "COMPLETED"
    s3.delete_object(Bucket=own, Key="after.css")
    assert "Contents" not in s3_there.list_objects_v2(Bucket=copy)
    assert here.update("assets", bucket(**VERSIONED))["StackStatus"] == "UPDATE_COMPLETE"
    s3.put_object(Bucket=own, Key="later.css", Body=b"later")
    assert "Contents" not in s3_there.list_objects_v2(Bucket=copy)
    here.delete("assets")
    there.delete("copy")


@pytest.mark.parametrize(
    ("versioned", "rule", "answer"),
    [
        (False, {}, "Destination bucket must have versioning enabled"),
        (True, {"Destination": {"Bucket": "arn:aws:s3:::nowhere-in-the-world"}}, "Destination bucket must exist"),
        (True, {"DeleteMarkerReplication": None}, "DeleteMarkerReplication must be specified"),
        (True, {"Priority": None}, "Priority and DeleteMarkerReplication must be specified"),
    ],
    ids=["unversioned", "nowhere", "markers", "priority"],
)
def test_replication_that_s3_refuses(here: Stacks, there: Stacks, *, versioned: bool, rule: Json, answer: str) -> None:
    copy = made(there, "refusing", bucket(**(VERSIONED if versioned else {})))["Ids"]["Bucket"]
    refused = here.create("refused", bucket(**replicated(copy, **rule)))
    assert refused["StackStatus"] == "ROLLBACK_COMPLETE"
    assert [reason for reason in refused["Reasons"] if answer in reason], refused["Reasons"]
    here.delete("refused")
    there.delete("refusing")


def secret(*regions: str, value: str = "first") -> Json:
    replicas = {"ReplicaRegions": [{"Region": region} for region in regions]} if regions else {}
    properties = {"SecretString": json.dumps({"word": value}), **replicas}
    return {"Resources": {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": properties}}}


def word(stacks: Stacks, arn: str) -> str:
    found = stacks.session.client("secretsmanager").get_secret_value(SecretId=arn)
    return str(json.loads(found["SecretString"])["word"])


def test_secret_is_read_in_the_other_region_by_its_exchanged_arn(here: Stacks, there: Stacks) -> None:
    arn = made(here, "secret", secret(THERE))["Ids"]["Secret"]
    copy = arn.replace(HERE, THERE)
    assert word(there, copy) == "first"
    manager, manager_there = (each.session.client("secretsmanager") for each in (here, there))
    assert manager.describe_secret(SecretId=arn)["ReplicationStatus"][0]["Region"] == THERE
    assert manager_there.describe_secret(SecretId=copy)["PrimaryRegion"] == HERE
    manager.put_secret_value(SecretId=arn, SecretString='{"word": "second"}')
    assert word(there, copy) == "second"
    for change in (manager_there.put_secret_value, manager_there.update_secret):
        with pytest.raises(ClientError, match="replica secret"):
            change(SecretId=copy, SecretString='{"word": "third"}')
    with pytest.raises(ClientError, match="primary secret with replicas"):
        manager.delete_secret(SecretId=arn)
    assert here.update("secret", secret())["StackStatus"] == "UPDATE_COMPLETE"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        word(there, copy)
    assert here.update("secret", secret(THERE))["StackStatus"] == "UPDATE_COMPLETE"
    manager_there.stop_replication_to_replica(SecretId=copy)
    manager_there.put_secret_value(SecretId=copy, SecretString='{"word": "its own"}')
    assert (word(there, copy), word(here, arn)) == ("its own", "second")
    here.delete("secret")
    assert word(there, copy) == "its own"
    manager_there.delete_secret(SecretId=copy, ForceDeleteWithoutRecovery=True)


def test_replica_goes_with_its_secret(here: Stacks, there: Stacks) -> None:
    arn = made(here, "going", secret(THERE))["Ids"]["Secret"]
    assert here.delete("going")["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        word(there, arn.replace(HERE, THERE))


def test_retained_secret_is_not_in_the_way_of_another_one(here: Stacks, there: Stacks) -> None:
    retained = secret(THERE)
    retained["Resources"]["Secret"]["DeletionPolicy"] = "Retain"
    first = made(here, "again", retained)["Ids"]["Secret"]
    here.delete("again")
    second = made(here, "again", secret(THERE, value="second"))["Ids"]["Secret"]
    assert word(there, first.replace(HERE, THERE)) == "first"
    assert here.update("again", secret(THERE, value="third"))["Ids"]["Secret"] == second
    assert word(there, second.replace(HERE, THERE)) == "third"
    here.delete("again")


ATTACHED = """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      ReplicaRegions: [{Region: us-west-2}]
      GenerateSecretString:
        {SecretStringTemplate: '{"username": "website"}', GenerateStringKey: password, ExcludePunctuation: true}
  Database:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties: {Engine: mysql, DBInstanceClass: db.t4g.small, AllocatedStorage: "20"}
  Attachment:
    Type: AWS::SecretsManager::SecretTargetAttachment
    Properties: {SecretId: !Ref Secret, TargetType: AWS::RDS::DBInstance, TargetId: !Ref Database}
"""


def test_attached_secret_is_replicated_as_it_became(here: Stacks, there: Stacks) -> None:
    arn = made(here, "attached", ATTACHED)["Ids"]["Secret"]
    found = there.session.client("secretsmanager").get_secret_value(SecretId=arn.replace(HERE, THERE))
    assert json.loads(found["SecretString"])["host"].endswith(f".{HERE}.rds.amazonaws.com")
    here.delete("attached")


def test_stack_reads_parameters_and_secrets_by_values_of_others(here: Stacks, there: Stacks) -> None:
    arn = made(here, "reported", secret(THERE, value="reported"))["Ids"]["Secret"]
    parameters = {
        name: {"Type": "AWS::SSM::Parameter", "Properties": {"Name": f"/half/{name}", "Type": "String", "Value": value}}
        for name, value in (("Arn", arn.replace(HERE, THERE)), ("Region", HERE))
    }
    made(there, "parameters", {"Resources": parameters})
    ssm = there.session.client("ssm")
    found = ssm.get_parameters_by_path(Path="/half", Recursive=True)["Parameters"]
    assert {entry["Name"]: entry["Value"] for entry in found}["/half/Region"] == HERE
    # The secret's ARN is known only once another resource is made.
    holder = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "{{resolve:ssm:/half/Arn}}"}}
    reference = {"Fn::Sub": "{{resolve:secretsmanager:${Holder.Value}:SecretString:word}}"}
    reader = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": reference}}
    stack = made(there, "reader", {"Resources": {"Holder": holder, "Reader": reader}})
    assert ssm.get_parameter(Name=stack["Ids"]["Reader"])["Parameter"]["Value"] == "reported"
    for stacks, name in ((there, "reader"), (there, "parameters"), (here, "reported")):
        assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"
    assert ssm.get_parameters_by_path(Path="/half", Recursive=True)["Parameters"] == []


def test_output_of_a_stack_in_another_region(here: Stacks, there: Stacks, emulator: Emulator) -> None:
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}}}
    arn = made(here, "outside", topic)["Values"]["Arn"]
    asked = {"StackName": "outside", "OutputName": "Arn", "Region": {"Fn::Sub": HERE}}
    value = {"Type": "String", "Value": {"Fn::GetStackOutput": asked}}
    reader = {"Resources": {"Reader": {"Type": "AWS::SSM::Parameter", "Properties": value}}}
    stack = made(there, "inside", reader)
    found = there.session.client("ssm").get_parameter(Name=stack["Ids"]["Reader"])
    assert found["Parameter"]["Value"] == arn
    there.delete("inside")
    emulator.tell("/_emulator/dead-regions", {HERE: 0})
    try:
        assert any(f"{HERE} does not answer" in reason for reason in there.create("inside", reader)["Reasons"])
    finally:
        emulator.tell("/_emulator/dead-regions", {})
    there.delete("inside")
    here.delete("outside")
    assert any(f"not found in stack 'outside' in {HERE}" in r for r in there.create("inside", reader)["Reasons"])
    there.delete("inside")


def test_stacks_of_one_name_in_two_regions_have_roles_of_their_own(here: Stacks, there: Stacks) -> None:
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}
    first, second = (made(each, "same", {"Resources": {"Role": role}})["Ids"]["Role"] for each in (here, there))
    assert first != second
    there.delete("same")
    assert here.session.client("iam").get_role(RoleName=first)["Role"]["RoleName"] == first
    here.delete("same")
