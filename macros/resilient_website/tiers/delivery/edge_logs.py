"""CloudFront's access logs: by log delivery into the logs' bucket in us-east-1, else into a bucket of their own."""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, GetAtt, Ref, Sub, cloudfront, s3
from troposphere import logs as delivery_logs

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.buckets import bucket_policy, of_this_template, private_bucket
from resilient_website.tiers.domain import EDGE_REGION
from resilient_website.tiers.emptied_bucket import emptier
from resilient_website.tiers.logs import EDGE_PREFIX, Logs
from resilient_website.tiers.teardown import DELETE, RETAIN, store_policies


@dataclass(frozen=True)
class EdgeLogs:
    """What a distribution takes of its logs: `config` goes into it; `before` exists before it and `after` after it.

    It waits for `ready`. `bucket` is the logical id of the bucket of the older kind of logs.
    """

    before: tuple[AWSObject, ...] = ()
    after: tuple[AWSObject, ...] = ()
    config: tuple[tuple[str, Any], ...] = ()
    ready: tuple[str, ...] = ()
    bucket: str | None = None


def build(context: Context, distribution: str, logs: Logs, retention_days: Value, teardown: str) -> EdgeLogs:
    """Return the access logs of a distribution, given by its logical id.

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
    policy = bucket_policy(context.id("EdgeLogsBucketPolicy"), of_this_template(bucket.title), [])
    emptying = emptier(context, bucket.title, policy.title) if teardown == DELETE else ()
    logging = cloudfront.Logging(Bucket=GetAtt(bucket, "RegionalDomainName"), Prefix=f"{EDGE_PREFIX}/")
    waits_for = tuple(part.title for part in emptying[-1:])
    return EdgeLogs((bucket, policy, *emptying), config=(("Logging", logging),), ready=waits_for, bucket=bucket.title)


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
