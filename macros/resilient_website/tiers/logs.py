"""The logs' bucket: flow logs and access logs, kept for as long as monitoring says, and then gone by themselves.

One bucket for all of them, since all of AWS's own log delivery can write to a bucket with SSE-S3 and without ACLs.
"""

from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Logs:
    """What later tiers use of the logs' bucket; they wait for `ready`, since AWS tries at once to write."""

    resources: tuple[AWSObject, ...]
    bucket: str
    ready: str

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"LogsBucket": Ref(self.bucket)}

    def arn(self, prefix: str) -> AWSHelperFn:
        """Return the place below a prefix, as flow logs and deliveries name it."""
        return Join("/", [GetAtt(self.bucket, "Arn"), prefix])


def build(context: Context, retention_days: Value, teardown: str) -> Logs:
    """Return the bucket, and the policy that lets AWS's log delivery write into it.

    A stack that goes leaves the bucket: its objects expire, and an auditor may want them until then. If `teardown` says
    Delete, it is emptied first, once nobody writes into it any more: the writers wait for what empties it.

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
    """Return the statement that lets a service of AWS's write this account's logs below a prefix.

    The account's id is in the path, so that no load balancer of another account can write. Source: "Enable access logs
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
    """Return what log delivery asks before it writes; without it, creating a flow log fails."""
    return {
        "Sid": "DeliveryLooksAtBucket",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:GetBucketAcl",
        "Resource": bucket.arn,
        "Condition": MINE,
    }
