"""CloudFront's access logs: by log delivery into the logs' bucket in us-east-1, else into a bucket of their own."""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, GetAtt, Ref, Sub, cloudfront, s3
from troposphere import logs as delivery_logs

from resilient_website.buckets import Bucket, bucket_policy, of_this_template, private_bucket
from resilient_website.context import Context
from resilient_website.domain import EDGE_REGION
from resilient_website.emptied_bucket import emptier, may_empty
from resilient_website.intrinsics import Value
from resilient_website.teardown import DELETE, RETAIN, store_policies
from resilient_website.tiers.logs import EDGE_PREFIX, Logs


@dataclass(frozen=True)
class EdgeLogs:
    """What a distribution takes of its logs: `config` goes into it; `before` exists before it and `after` after it.

    It waits for `ready`.
    """

    before: tuple[AWSObject, ...] = ()
    after: tuple[AWSObject, ...] = ()
    config: tuple[tuple[str, Any], ...] = ()
    ready: tuple[str, ...] = ()


def build(
    context: Context, distribution: str, logs: Logs, retention_days: Value, teardown: str, *, rotated: bool
) -> EdgeLogs:
    """Return the access logs of a distribution, given by its logical id, whose secret header may be rotated.

    Log delivery of CloudFront's is configured in us-east-1 only, whatever the bucket's Region; from other Regions the
    older kind remains, which wants a bucket with ACLs. Source: "Access logs (standard logs)".
    """
    if context.region == EDGE_REGION:
        return EdgeLogs(after=_delivery(context, distribution, logs))
    bucket = private_bucket(
        context.id("EdgeLogsBucket"),
        ownership="BucketOwnerPreferred",
        **store_policies(teardown, RETAIN),
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[s3.LifecycleRule(Id="Expire", Status="Enabled", ExpirationInDays=retention_days)]
        ),
    )
    emptied = teardown == DELETE
    statements = [
        *([_may_keep_logging(context, of_this_template(bucket.title))] if rotated else []),
        *(may_empty(context, bucket.title) if emptied else ()),
    ]
    policy = bucket_policy(context.id("EdgeLogsBucketPolicy"), of_this_template(bucket.title), statements)
    emptiers = (emptier(context, bucket.title, policy.title),) if emptied else ()
    logging = cloudfront.Logging(Bucket=GetAtt(bucket, "RegionalDomainName"), Prefix=f"{EDGE_PREFIX}/")
    waits_for = tuple(part.title for part in emptiers)
    return EdgeLogs((bucket, policy, *emptiers), config=(("Logging", logging),), ready=waits_for)


def _may_keep_logging(context: Context, bucket: Bucket) -> dict[str, Any]:
    """Return the statement that lets the function which rotates the header update a distribution with such logs.

    Source: "CloudFront API permissions", UpdateDistribution.
    """
    return {
        "Sid": "RotateHeader",
        "Effect": "Allow",
        "Principal": {"AWS": context.installed("OriginSecretRoleArn")},
        "Action": ["s3:GetBucketAcl", "s3:PutBucketAcl"],
        "Resource": bucket.arn,
    }


def _delivery(context: Context, distribution: str, logs: Logs) -> tuple[AWSObject, ...]:
    source = delivery_logs.DeliverySource(
        context.id("EdgeLogsSource"),
        Name=context.unique_name("edge-logs"),
        LogType="ACCESS_LOGS",
        ResourceArn=Sub(f"arn:${{AWS::Partition}}:cloudfront::${{AWS::AccountId}}:distribution/${{{distribution}}}"),
    )
    destination = delivery_logs.DeliveryDestination(
        context.id("EdgeLogsDestination"),
        DependsOn=logs.ready,
        Name=context.unique_name("edge-logs"),
        DestinationResourceArn=logs.arn(EDGE_PREFIX),
        OutputFormat="json",
    )
    delivery = delivery_logs.Delivery(
        context.id("EdgeLogsDelivery"),
        DeliverySourceName=Ref(source),
        DeliveryDestinationArn=GetAtt(destination, "Arn"),
    )
    return source, destination, delivery
