"""The function of Custom::RemoteStack as a real process: stacks made, changed and deleted, and no others."""

from urllib.parse import parse_qs

from remote_stack.stack import name_of
from tests.custom_resources.remote_stack.requests import old, properties, template
from tests.custom_resources.remote_stack.resource import ACCOUNT, THERE, Resource
from tests.custom_resources.remote_stack_process import NOBODY


def test_create_update_delete(resource: Resource) -> None:
    made = resource.succeeds("Create", properties())
    stack_id = made["PhysicalResourceId"]
    assert stack_id.startswith(f"arn:aws:cloudformation:{THERE}:{ACCOUNT}:stack/resilient-website-")
    assert made["Data"]["Word"] == "one"
    assert resource.stacks() == {stack_id: "CREATE_COMPLETE"}
    described = resource.client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"][0]
    assert {"Key": "Team", "Value": "web"} in described["Tags"]
    assert asked_with_role(resource, "CreateStack")
    updated = resource.succeeds("Update", properties("two"), **old(stack_id))
    assert (updated["PhysicalResourceId"], updated["Data"]["Word"]) == (stack_id, "two")
    assert resource.stacks() == {stack_id: "UPDATE_COMPLETE"}
    assert asked_with_role(resource, "UpdateStack")
    for _ in range(2):
        assert resource.succeeds("Delete", properties("two"), **old(stack_id))["PhysicalResourceId"] == stack_id
        assert resource.stacks() == {}
    assert asked_with_role(resource, "DeleteStack")


def asked_with_role(resource: Resource, operation: str) -> bool:
    """Tell whether the last such request named the role that the stacks' resources are made with."""
    body = next(body for name, body in reversed(resource.aws.passed) if name == operation)
    return parse_qs(body)["RoleARN"] == [f"arn:aws:iam::{ACCOUNT}:role/stacks"]


def test_request_repeated_does_nothing_again(resource: Resource) -> None:
    first = resource.succeeds("Create", properties())
    asked = len(resource.aws.passed)
    again = resource.succeeds("Create", properties())
    assert (again["PhysicalResourceId"], again["Data"]) == (first["PhysicalResourceId"], first["Data"])
    assert {operation for operation, _ in resource.aws.passed[asked:]} == {"DescribeStacks"}


def test_remains_of_a_failed_stack_make_room(resource: Resource) -> None:
    cloudformation = resource.client("cloudformation")
    cloudformation.create_stack(
        StackName=name_of(resource.owner),
        TemplateBody=template(more={"Nobody": NOBODY}),
        Parameters=[{"ParameterKey": "Word", "ParameterValue": "one"}],
        Tags=[{"Key": key, "Value": value} for key, value in resource.owner.tags.items()],
    )
    answer = resource.succeeds("Create", properties())
    assert resource.stacks() == {answer["PhysicalResourceId"]: "CREATE_COMPLETE"}


def test_foreign_stack_is_not_touched(resource: Resource) -> None:
    cloudformation = resource.client("cloudformation")
    word = [{"ParameterKey": "Word", "ParameterValue": "foreign"}]
    name = name_of(resource.owner)
    foreign = cloudformation.create_stack(StackName=name, TemplateBody=template("foreign"), Parameters=word)["StackId"]
    assert "does not belong to this stack" in resource.fails("Create", properties())["Reason"]
    resource.succeeds("Delete", properties(), PhysicalResourceId=foreign)
    resource.succeeds("Delete", properties(), PhysicalResourceId="never-made")
    assert resource.stacks() == {foreign: "CREATE_COMPLETE"}


def test_delete_empties_the_buckets(resource: Resource) -> None:
    versions = {"Status": "Enabled"}
    named = {"BucketName": f"fallback-1a2b3c4d-{resource.guid}", "VersioningConfiguration": versions}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": named}
    outputs = {"Bucket": {"Value": {"Ref": "Bucket"}}}
    full = properties(TemplateBody=template(more={"Bucket": bucket}, outputs=outputs))
    made = resource.succeeds("Create", full)
    s3, name = resource.client("s3"), made["Data"]["Bucket"]
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="a/b", Body=body)
    s3.delete_object(Bucket=name, Key="a/b")
    resource.succeeds("Delete", full, PhysicalResourceId=made["PhysicalResourceId"])
    assert resource.stacks() == {}
    assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
