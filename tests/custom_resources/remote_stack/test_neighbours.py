"""The function of Custom::RemoteStack as a real process: another stack's stacks and buckets are not touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.remote_stack.requests import created, properties, template
from tests.custom_resources.remote_stack.resource import Resource
from tools.emulator.endpoint import Emulator


@pytest.fixture
def neighbour(emulator: Emulator, aws: FaultyAws, tmp_path: Path) -> Iterator[Resource]:
    made = Resource(emulator, aws, tmp_path)
    yield made
    for stack_id in made.stacks():
        made.client("cloudformation").delete_stack(StackName=stack_id)


def test_delete_by_a_neighbours_id_deletes_nothing(resource: Resource, neighbour: Resource) -> None:
    own, theirs = created(resource), created(neighbour)
    asked = len(resource.aws.passed)
    answer = resource.succeeds("Delete", properties(), PhysicalResourceId=theirs)
    assert answer["PhysicalResourceId"] == theirs
    assert f"{theirs} was not created by this function's stack; nothing is deleted" in resource.function.log
    assert resource.aws.passed[asked:] == []
    assert neighbour.stacks() == {theirs: "CREATE_COMPLETE"}
    assert resource.stacks() == {own: "CREATE_COMPLETE"}


def test_bucket_without_the_guid_is_not_emptied(resource: Resource) -> None:
    name = f"payments-{resource.guid}-archive"
    bucket = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": name}}
    full = properties(TemplateBody=template(more={"Bucket": bucket}))
    stack_id = resource.succeeds("Create", full)["PhysicalResourceId"]
    s3 = resource.client("s3")
    s3.put_object(Bucket=name, Key="invoice", Body=b"one")
    resource.succeeds("Delete", full, PhysicalResourceId=stack_id)
    assert resource.stacks() == {}
    assert s3.get_object(Bucket=name, Key="invoice")["Body"].read() == b"one"
    s3.delete_object(Bucket=name, Key="invoice")
    s3.delete_bucket(Bucket=name)
