"""Buckets are emptied of all versions of many objects, over several calls, and only if they are about to be deleted."""

import json
import time
from functools import partial
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ClientError

from empty_bucket.deletion_check import is_being_deleted, is_in_stack
from empty_bucket.properties import TargetBucket, read
from shared.cfn_response.properties import InvalidPropertiesError
from shared.s3_deletion.deletion import NotDeletedError, delete_all
from tools.emulator.endpoint import Emulator

Json = dict[str, Any]

ACCOUNT = "100000000044"
BUCKET = TargetBucket("bucket", "SiteAssetsBucket")


class ManyObjects:
    """A bucket in memory, as S3 lists and deletes: a thousand at a time."""

    def __init__(self, count: int, *, refused: str = "") -> None:
        self.keys = dict.fromkeys(f"static/{number}" for number in range(count))
        self.refused = refused
        self.requests = 0

    def list_object_versions(self, *, Bucket: str, Prefix: str, MaxKeys: int) -> Json:  # noqa: N803
        assert (Bucket, Prefix) == ("bucket", "")
        self.requests += 1
        return {"Versions": [{"Key": key, "VersionId": "null"} for key in islice(self.keys, MaxKeys)]}

    def delete_objects(self, *, Bucket: str, Delete: Json) -> Json:  # noqa: N803
        assert (Bucket, Delete["Quiet"], len(Delete["Objects"]) <= 1000) == ("bucket", True, True)
        if self.refused:
            return {"Errors": [{"Key": entry["Key"], "Code": self.refused} for entry in Delete["Objects"]]}
        for entry in Delete["Objects"]:
            del self.keys[entry["Key"]]
        return {}


def always() -> bool:
    return True


def test_every_version_and_marker_goes(emulator: Emulator) -> None:
    s3 = emulator.client("s3", ACCOUNT, "us-east-1")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    for key in ("a", "a", "b", "odd name/é&<.txt"):
        s3.put_object(Bucket="versioned", Key=key, Body=b"x")
    s3.delete_object(Bucket="versioned", Key="b")
    assert delete_all(s3, "versioned", always)
    s3.delete_bucket(Bucket="versioned")


def test_bucket_that_is_gone_or_empty_is_empty(emulator: Emulator) -> None:
    s3 = emulator.client("s3", ACCOUNT, "us-east-1")
    assert delete_all(s3, "there-is-no-such-bucket", always)
    s3.create_bucket(Bucket="nothing-in-it")
    assert delete_all(s3, "nothing-in-it", always)
    s3.delete_bucket(Bucket="nothing-in-it")


def test_hundred_thousand_objects_in_several_goes() -> None:
    bucket: Any = ManyObjects(100_000)
    goes = 0
    done = False
    while not done:
        twenty = partial(next, iter([True] * 20), False)
        done = delete_all(bucket, "bucket", twenty)
        goes += 1
    assert (len(bucket.keys), goes) == (0, 5)


def test_each_go_deletes_something() -> None:
    bucket: Any = ManyObjects(2500)
    assert [delete_all(bucket, "bucket", lambda: False) for _ in range(4)] == [False, False, False, True]


def test_object_that_may_not_be_deleted_ends_it() -> None:
    bucket: Any = ManyObjects(3, refused="AccessDenied")
    with pytest.raises(NotDeletedError, match="static/0: AccessDenied"):
        delete_all(bucket, "bucket", always)
    assert bucket.requests == 1


class Stack:
    """CloudFormation, as far as it tells about one stack."""

    def __init__(self, status: str, template: Any) -> None:
        self.status = status
        self.template = template

    def describe_stacks(self, *, StackName: str) -> Json:  # noqa: N803
        assert StackName == "arn"
        return {"Stacks": [{"StackStatus": self.status}]}

    def describe_stack_resource(self, *, StackName: str, LogicalResourceId: str) -> Json:  # noqa: N803
        assert StackName == "arn"
        known = {"SiteAssetsBucket": ("AWS::S3::Bucket", "bucket"), "Decoy": ("AWS::SNS::Topic", "arn:topic")}
        kind, physical_id = known[LogicalResourceId]
        return {"StackResourceDetail": {"ResourceType": kind, "PhysicalResourceId": physical_id}}

    def get_template(self, *, StackName: str, TemplateStage: str) -> Json:  # noqa: N803
        assert (StackName, TemplateStage) == ("arn", "Processed")
        return {"TemplateBody": self.template}


def with_policy(policy: str | None) -> Json:
    attribute = {} if policy is None else {"DeletionPolicy": policy}
    return {"Resources": {"SiteAssetsBucket": {"Type": "AWS::S3::Bucket", **attribute}}}


GONE: Json = {"Resources": {"Other": {"Type": "AWS::S3::Bucket"}}}


@pytest.mark.parametrize(
    ("status", "template", "goes"),
    [
        ("DELETE_IN_PROGRESS", with_policy("Delete"), True),
        ("DELETE_IN_PROGRESS", with_policy(None), True),
        ("DELETE_IN_PROGRESS", with_policy("Retain"), False),
        ("DELETE_IN_PROGRESS", with_policy("RetainExceptOnCreate"), False),
        ("ROLLBACK_IN_PROGRESS", with_policy("Delete"), True),
        ("ROLLBACK_IN_PROGRESS", with_policy("RetainExceptOnCreate"), True),
        ("ROLLBACK_IN_PROGRESS", with_policy("Retain"), False),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", GONE, True),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", with_policy("Delete"), False),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", with_policy("RetainExceptOnCreate"), False),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", GONE, True),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", with_policy("Delete"), False),
        ("UPDATE_IN_PROGRESS", GONE, False),
        ("UPDATE_ROLLBACK_IN_PROGRESS", GONE, False),
        ("CREATE_COMPLETE", GONE, False),
        ("A_STATUS_OF_TOMORROW", GONE, False),
    ],
)
def test_bucket_goes(status: str, template: Json, goes: bool) -> None:
    for body in (template, json.dumps(template), in_blocks(template)):
        cloudformation: Any = Stack(status, body)
        assert is_being_deleted(cloudformation, "arn", BUCKET) is goes, body


def test_bucket_is_the_stacks_own() -> None:
    """A neighbour's bucket under a logical id of the own stack, which goes, is none of the stack's."""
    cloudformation: Any = Stack("DELETE_IN_PROGRESS", {"Resources": {"Decoy": {"Type": "AWS::SNS::Topic"}}})
    assert is_in_stack(cloudformation, "arn", BUCKET)
    assert not is_in_stack(cloudformation, "arn", TargetBucket("neighbours-bucket", "SiteAssetsBucket"))
    assert not is_in_stack(cloudformation, "arn", TargetBucket("neighbours-bucket", "Decoy"))


def in_blocks(template: Json) -> str:
    lines = ["Resources:"]
    for logical_id, body in template["Resources"].items():
        lines += [f"  {logical_id}:", *(f"    {key}: {value}" for key, value in body.items())]
    return "\n".join([*lines, "  Last:", "    Type: AWS::SNS::Topic", "    DeletionPolicy: Retain", ""])


def test_template_that_can_not_be_read_keeps_the_bucket() -> None:
    for status in ("DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"):
        cloudformation: Any = Stack(status, "Resources: {SiteAssetsBucket: {Type: AWS::S3::Bucket}}")
        assert not is_being_deleted(cloudformation, "arn", BUCKET)


def test_stack_that_can_not_be_asked_is_an_error(emulator: Emulator) -> None:
    cloudformation = emulator.client("cloudformation", ACCOUNT, "us-east-1")
    with pytest.raises(ClientError):
        is_being_deleted(cloudformation, f"there-is-no-stack-{time.monotonic_ns()}", BUCKET)


def test_every_problem_of_the_properties_comes_at_once() -> None:
    with pytest.raises(InvalidPropertiesError) as raised:
        read({"BucketName": "No Bucket", "Buckets": "x", "ServiceToken": "arn"})
    assert str(raised.value).splitlines() == [
        "Properties.Buckets: unknown property; did you mean BucketName? allowed: BucketName, BucketLogicalId",
        "Properties.BucketName: found 'No Bucket'; write the name of a bucket",
        "Properties.BucketLogicalId: missing; add it",
    ]
