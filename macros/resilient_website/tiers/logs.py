"""The logs' bucket: flow logs and access logs, which expire after Monitoring.LogRetentionInDays.

One bucket for all logs, since AWS log delivery can write to a bucket with SSE-S3 and without ACLs.
"""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, s3

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.buckets import Bucket, bucket_policy, of_this_template, private_bucket
from resilient_website.tiers.emptied_bucket import emptier
from resilient_website.tiers.teardown import DELETE, RETAIN, store_policies

BUCKET = "LogsBucket"

# Prefixes in the bucket. AWS adds `AWSLogs/<account>/` to each.
LOAD_BALANCER_PREFIX = "load-balancer"
FLOW_PREFIX = "network"
EDGE_PREFIX = "edge"

MINE = {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}}


class Logs(NamedTuple):
    """The results of the logs' bucket for later tiers, which depend on `ready`, since AWS writes immediately."""

    resources: tuple[AWSObject, ...]
    bucket: str
    ready: str

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"LogsBucket": Ref(self.bucket)}

    def arn(self, prefix: str) -> AWSHelperFn:
        """Return the destination with a prefix, for flow logs and log deliveries."""
        return Join("/", [GetAtt(self.bucket, "Arn"), prefix])


def build(context: Context, retention_days: Value, teardown: str) -> Logs:
    """Return the bucket and the policy that lets AWS log delivery write to it.

    The bucket is retained when the stack is deleted: its objects expire, and auditors may need them until then. With
    `teardown` Delete, it is emptied first, after its writers are deleted, which depend on the emptying resource.

    Source of the statements: "Enable access logs for your Application Load Balancer" and "Permissions for logs sent to
    Amazon S3".
    """
    bucket = private_bucket(
        context.id(BUCKET),
        **store_policies(teardown, RETAIN),
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[
                s3.LifecycleRule(
                    Id="Expire",
                    Status="Enabled",
                    ExpirationInDays=retention_days,
                    AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
                )
            ]
        ),
    )
    place = of_this_template(bucket.title)
    emptied = teardown == DELETE
    policy = bucket_policy(
        context.id(f"{BUCKET}Policy"),
        place,
        [
            _writer("LoadBalancerWrites", "logdelivery.elasticloadbalancing", place, LOAD_BALANCER_PREFIX, {}),
            _writer("FlowLogsWrite", "delivery.logs", place, FLOW_PREFIX, MINE),
            _writer("EdgeWrites", "delivery.logs", place, EDGE_PREFIX, MINE),
            _acl_reader(place),
        ],
    )
    emptying = emptier(context, bucket.title, policy.title) if emptied else ()
    made = (bucket, policy, *emptying)
    return Logs(made, bucket.title, made[-1].title)


def _writer(sid: str, service: str, bucket: Bucket, prefix: str, condition: dict[str, Any]) -> dict[str, Any]:
    """Return the statement that lets an AWS service write this account's logs to a prefix.

    The path contains the account id, so that load balancers of other accounts can't write. Source: "Enable access logs
    for your Application Load Balancer".
    """
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": Join("", [bucket.arn, f"/{prefix}/AWSLogs/", Ref("AWS::AccountId"), "/*"]),
        **({"Condition": condition} if condition else {}),
    }


def _acl_reader(bucket: Bucket) -> dict[str, Any]:
    """Return the permission for log delivery's check before writing; without it, creating a flow log fails."""
    return {
        "Sid": "DeliveryLooksAtBucket",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:GetBucketAcl",
        "Resource": bucket.arn,
        "Condition": MINE,
    }
