"""The reader endpoint: one name inside the VPC over all replicas, which drops a replica that is down.

Route 53 answers with a replica whose health check passes. The check follows a metric that only a living replica sends;
the checkers themselves can't reach into the VPC. When no replica is left, the primary answers: its record has the
weight 0, which counts only then. Source: "Weighted routing" and "Monitoring other health checks and CloudWatch alarms".
"""

from collections.abc import Sequence

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Tags, cloudwatch, rds, route53

from resilient_website.context import Context
from resilient_website.tiers.network import Network

# The records answer for this long: a client that looks the name up again is off a dead replica in seconds.
TTL_SECONDS = 5

# Nobody wants reads that are this old; a replica that is further behind is as good as down.
MOST_LAG_SECONDS = 300
DOWN_AFTER_MINUTES = 2


def name(context: Context) -> str:
    """Return the reader endpoint's name."""
    return f"reader.{_zone_name(context)}"


def build(
    context: Context, network: Network, primary: rds.DBInstance, replicas: Sequence[rds.DBInstance]
) -> tuple[AWSObject, ...]:
    """Return the private zone, and a record and a health check for each replica."""
    zone = route53.HostedZone(
        context.id("DatabaseReaderZone"),
        Name=_zone_name(context),
        VPCs=[route53.HostedZoneVPCs(VPCId=network.vpc_id, VPCRegion=Ref("AWS::Region"))],
    )
    parts: list[AWSObject] = [zone]
    for number, replica in enumerate(replicas, start=1):
        alarm = _alarm(context, number, replica)
        check = _health_check(context, number, alarm)
        parts += [alarm, check, _record(context, str(number), replica, weight=1, health_check_id=Ref(check))]
    return *parts, _record(context, "Primary", primary, weight=0)


def _zone_name(context: Context) -> str:
    return f"{context.site.lower()}.internal"


def _alarm(context: Context, number: int, replica: rds.DBInstance) -> cloudwatch.Alarm:
    """Return the alarm that the health check follows. It tells nobody: the lag's own alarm does."""
    return cloudwatch.Alarm(
        context.id(f"DatabaseReplica{number}Down"),
        AlarmDescription=f"Read replica {number} is down or far behind: the reader endpoint leaves it out. No action.",
        Namespace="AWS/RDS",
        MetricName="ReplicaLag",
        Dimensions=[cloudwatch.MetricDimension(Name="DBInstanceIdentifier", Value=Ref(replica))],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=DOWN_AFTER_MINUTES,
        Threshold=MOST_LAG_SECONDS,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )


def _health_check(context: Context, number: int, alarm: cloudwatch.Alarm) -> route53.HealthCheck:
    return route53.HealthCheck(
        context.id(f"DatabaseReplica{number}HealthCheck"),
        HealthCheckConfig=route53.HealthCheckConfig(
            Type="CLOUDWATCH_METRIC",
            AlarmIdentifier=route53.AlarmIdentifier(Name=Ref(alarm), Region=Ref("AWS::Region")),
            InsufficientDataHealthStatus="Unhealthy",
        ),
        HealthCheckTags=Tags(Name=context.title(f"read replica {number}")),
    )


def _record(
    context: Context,
    suffix: str,
    instance: rds.DBInstance,
    *,
    weight: int,
    health_check_id: AWSHelperFn | None = None,
) -> route53.RecordSetType:
    check = {"HealthCheckId": health_check_id} if health_check_id is not None else {}
    return route53.RecordSetType(
        context.id(f"DatabaseReaderRecord{suffix}"),
        HostedZoneId=Ref(context.id("DatabaseReaderZone")),
        Name=name(context),
        Type="CNAME",
        TTL=str(TTL_SECONDS),
        SetIdentifier=instance.title,
        Weight=weight,
        ResourceRecords=[GetAtt(instance, "Endpoint.Address")],
        **check,
    )
