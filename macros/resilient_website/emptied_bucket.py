"""Buckets that are emptied before they are deleted: S3 refuses to delete one with objects in it."""

from typing import Any

from troposphere import AWSHelperFn, GetAtt, Ref
from troposphere.cloudformation import AWSCustomObject

from resilient_website.buckets import objects, of_this_template
from resilient_website.context import Context

# How long CloudFormation waits for a custom resource at most: a million objects take a quarter of an hour. Source:
# "AWS::CloudFormation::CustomResource", ServiceTimeout.
TIMEOUT_SECONDS = 3600


class EmptyBucket(AWSCustomObject):
    """The custom resource that empties a bucket when it is deleted with it (custom_resources/empty_bucket)."""

    resource_type = "Custom::EmptyBucket"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "BucketName": ((str, AWSHelperFn), True),
        "BucketLogicalId": (str, True),
    }


def emptier(context: Context, bucket: str, policy: str) -> EmptyBucket:
    """Return what empties the bucket with the logical id `bucket`; `policy` is the one that lets it.

    What writes into the bucket waits for this, so that CloudFormation deletes the writers first.
    """
    return EmptyBucket(
        f"{bucket}Emptied",
        DependsOn=policy,
        ServiceToken=context.installed("EmptyBucketFunctionArn"),
        ServiceTimeout=TIMEOUT_SECONDS,
        BucketName=Ref(bucket),
        BucketLogicalId=bucket,
    )


def may_empty(context: Context, bucket: str) -> tuple[dict[str, Any], ...]:
    """Return the statements of the bucket's policy that let it be emptied: its role has no right of its own on any."""
    principal = {"AWS": context.installed("EmptyBucketRoleArn")}
    return (
        {
            "Sid": "EmptierLists",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "s3:ListBucketVersions",
            "Resource": GetAtt(bucket, "Arn"),
        },
        {
            "Sid": "EmptierDeletes",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": objects(of_this_template(bucket)),
        },
    )
