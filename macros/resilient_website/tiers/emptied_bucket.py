"""Empties buckets before their deletion, since S3 only deletes empty buckets."""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind, ask_own_stack, rights
from resilient_website.tiers.buckets import objects, of_this_template

# CloudFormation's maximum wait for a custom resource: a million objects take 15 minutes. Source:
# "AWS::CloudFormation::CustomResource", ServiceTimeout.
TIMEOUT_SECONDS = 3600

FUNCTION = FunctionKind(
    "EmptyBucket",
    "empty_bucket",
    "Empties a bucket of this stack before its deletion",
    # It works for 45 seconds per run; a slow last request can take as long again.
    timeout=120,
    statements=(ask_own_stack("DescribeStacks", "DescribeStackResource", "GetTemplate"),),
    polls=True,
)


class EmptyBucket(AWSCustomObject):
    """The custom resource that empties a bucket before its deletion (custom_resources/empty_bucket)."""

    resource_type = "Custom::EmptyBucket"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "BucketName": ((str, AWSHelperFn), True),
        "BucketLogicalId": (str, True),
    }


def emptier(context: Context, bucket: str, policy: str) -> tuple[AWSObject, ...]:
    """Return the permission and, last, the resource that empties `bucket` (a logical id); `policy` is the bucket's.

    Writers to the bucket depend on the last one, so that CloudFormation deletes them first.
    """
    right = rights(context, f"{bucket.removeprefix(context.site)}EmptierPolicy", FUNCTION.role, _statements(bucket))
    emptied = EmptyBucket(
        f"{bucket}Emptied",
        DependsOn=[policy, right.title, *FUNCTION.ready],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=TIMEOUT_SECONDS,
        BucketName=Ref(bucket),
        BucketLogicalId=bucket,
    )
    return right, emptied


def _statements(bucket: str) -> tuple[dict[str, Any], ...]:
    return (
        allow("s3:ListBucketVersions", GetAtt(bucket, "Arn")),
        allow(["s3:DeleteObject", "s3:DeleteObjectVersion"], objects(of_this_template(bucket))),
    )
