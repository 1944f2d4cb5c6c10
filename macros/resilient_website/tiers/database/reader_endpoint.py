"""The reader endpoint: one name inside the VPC for all healthy replicas.

Route 53 returns a replica whose health check passes. The check follows a metric that only a running replica sends, and
that is -1 if replication has stopped, since health checkers can't reach into the VPC. If no replica is healthy, the
primary is returned: its record has weight 0, which applies only then. Source: "Weighted routing", "Monitoring other
health checks and CloudWatch alarms" and "Monitoring replication lag for MySQL read replicas".
"""

from collections.abc import Sequence
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Select, Split, Tags, cloudwatch, rds, route53

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.network import Network

# The records' TTL: clients that resolve the name again leave a failed replica within seconds.
TTL_SECONDS = 5

# A replica with more lag than this counts as down.
MAX_LAG_SECONDS = 300
DOWN_AFTER_MINUTES = 2


def name(context: Context, network: Network) -> Value:
    """Return the reader endpoint's name."""
    zone_name = _zone_name(context, network)
    return f"reader.{zone_name}" if isinstance(zone_name, str) else Join(".", ["reader", zone_name])


def build(
    context: Context, network: Network, primary: rds.DBInstance, replicas: Sequence[rds.DBInstance]
) -> tuple[AWSObject, ...]:
    """Return the private zone, and a record and a health check for each replica."""
    zone = route53.HostedZone(
        context.id("DatabaseReaderZone"),
        Name=_zone_name(context, network),
        VPCs=[route53.HostedZoneVPCs(VPCId=network.vpc_id, VPCRegion=Ref("AWS::Region"))],
    )
    reader = name(context, network)
    parts: list[AWSObject] = [zone]
    for number, replica in enumerate(replicas, start=1):
        alarms = _alarms(context, number, replica)
        checks = _health_checks(context, number, alarms)
        record = _record(context, reader, str(number), replica, weight=1, health_check_id=Ref(checks[-1]))
        parts += [*alarms, *checks, record]
    return *parts, _record(context, reader, "Primary", primary, weight=0)


def _zone_name(context: Context, network: Network) -> Value:
    """Return the zone's name, which must be unique in an existing VPC with other sites.

    Source: "CreateHostedZone", ConflictingDomainExists.
    """
    site = context.site.lower()
    return (
        f"{site}.internal"
        if network.zones
        else Join(".", [site, Select(2, Split("/", Ref("AWS::StackId"))), "internal"])
    )


def _alarms(context: Context, number: int, replica: rds.DBInstance) -> tuple[cloudwatch.Alarm, ...]:
    """Return the alarms that the health checks follow. They send no notifications: the lag alarm does."""
    lag: dict[str, Any] = {
        "Namespace": "AWS/RDS",
        "MetricName": "ReplicaLag",
        "Dimensions": [cloudwatch.MetricDimension(Name="DBInstanceIdentifier", Value=Ref(replica))],
        "Period": 60,
        "EvaluationPeriods": DOWN_AFTER_MINUTES,
        "TreatMissingData": "breaching",
    }
    left_out = "the reader endpoint no longer uses it. No action is needed."
    down = cloudwatch.Alarm(
        context.id(f"DatabaseReplica{number}Down"),
        AlarmDescription=f"Read replica {number} is unavailable or lags far behind the primary: {left_out}",
        Statistic="Average",
        Threshold=MAX_LAG_SECONDS,
        ComparisonOperator="GreaterThanThreshold",
        **lag,
    )
    stopped = cloudwatch.Alarm(
        context.id(f"DatabaseReplica{number}Stopped"),
        AlarmDescription=f"Replication to read replica {number} has stopped: {left_out}",
        Statistic="Maximum",
        Threshold=0,
        ComparisonOperator="LessThanThreshold",
        **lag,
    )
    return down, stopped


def _health_checks(
    context: Context, number: int, alarms: Sequence[cloudwatch.Alarm]
) -> tuple[route53.HealthCheck, ...]:
    """Return one health check per alarm, and last the calculated one that requires all of them."""
    followed = tuple(
        route53.HealthCheck(
            f"{alarm.title}HealthCheck",
            HealthCheckConfig=route53.HealthCheckConfig(
                Type="CLOUDWATCH_METRIC",
                AlarmIdentifier=route53.AlarmIdentifier(Name=Ref(alarm), Region=Ref("AWS::Region")),
                InsufficientDataHealthStatus="Unhealthy",
            ),
            HealthCheckTags=Tags(Name=context.title(f"read replica {number}")),
        )
        for alarm in alarms
    )
    whole = route53.HealthCheck(
        context.id(f"DatabaseReplica{number}HealthCheck"),
        HealthCheckConfig=route53.HealthCheckConfig(
            Type="CALCULATED", ChildHealthChecks=[Ref(check) for check in followed], HealthThreshold=len(followed)
        ),
        HealthCheckTags=Tags(Name=context.title(f"read replica {number}")),
    )
    return *followed, whole


def _record(
    context: Context,
    reader: Value,
    suffix: str,
    instance: rds.DBInstance,
    *,
    weight: int,
    health_check_id: AWSHelperFn | None = None,
) -> route53.RecordSetType:
    """Return the weighted record of one DB instance. `reader`: the name of the reader endpoint."""
    check = {"HealthCheckId": health_check_id} if health_check_id is not None else {}
    return route53.RecordSetType(
        context.id(f"DatabaseReaderRecord{suffix}"),
        HostedZoneId=Ref(context.id("DatabaseReaderZone")),
        Name=reader,
        Type="CNAME",
        TTL=str(TTL_SECONDS),
        SetIdentifier=instance.title,
        Weight=weight,
        ResourceRecords=[GetAtt(instance, "Endpoint.Address")],
        **check,
    )
