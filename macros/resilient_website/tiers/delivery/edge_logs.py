"""CloudFront's access logs: in us-east-1 by log delivery to the logs' bucket, otherwise in a separate bucket."""

from typing import Any, NamedTuple

from troposphere import AWSObject, GetAtt, Ref, Sub, cloudfront, s3
from troposphere import logs as delivery_logs

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.tiers.buckets import bucket_policy, of_this_template, private_bucket
from resilient_website.tiers.emptied_bucket import emptier
from resilient_website.tiers.logs import EDGE_PREFIX, Logs
from resilient_website.tiers.teardown import DELETE, RETAIN, store_policies


class EdgeLogs(NamedTuple):
    """The logging of a distribution: its `config`, and the resources created `before` and `after` it.

    It depends on `ready`. `bucket` is the logical id of the bucket for legacy logs.
    """

    before: tuple[AWSObject, ...] = ()
    after: tuple[AWSObject, ...] = ()
    config: tuple[tuple[str, Any], ...] = ()
    ready: tuple[str, ...] = ()
    bucket: str | None = None


def build(context: Context, distribution: str, logs: Logs, retention_days: Value, teardown: str) -> EdgeLogs:
    """Return the access logs of a distribution, given by its logical id.

    CloudFront's log delivery can only be configured in us-east-1, whatever the bucket's Region; other Regions use
    legacy logging, which requires a bucket with ACLs. Source: "Access logs (standard logs)".
    """
    if context.region == CLOUDFRONT_REGION:
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
    """Return the source, the destination and the delivery of a distribution's access logs."""
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
