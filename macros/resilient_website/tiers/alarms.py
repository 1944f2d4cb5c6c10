"""The alarms, as a table: what is measured, from when on somebody has to act, and what they are to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, Ref, cloudwatch

from resilient_website.context import Context
from resilient_website.intrinsics import Value, is_literal
from resilient_website.tiers.cache import Cache
from resilient_website.tiers.capacity import most_connections
from resilient_website.tiers.database import Database
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.monitored import Monitored

ERRORS_PERCENT = 5
CPU_PERCENT = 80
CONNECTIONS_SHARE = 0.8
FREE_STORAGE_SHARE = 0.1
REPLICA_LAG_SECONDS = 60
CACHE_MEMORY_PERCENT = 90
EVICTIONS_PER_PERIOD = 1000
EXPIRY_DAYS = 20
GIB = 1024**3

# An alarm on an expression takes ten metrics. Source: "Create a CloudWatch alarm based on a metric math expression".
MOST_METRICS = 10


@dataclass(frozen=True)
class Metric:
    """One metric: a CloudWatch namespace, name, dimensions and statistic over a period in seconds."""

    namespace: str
    name: str
    dimensions: dict[str, Value]
    statistic: str = "Average"
    period: int = 60

    def listed(self) -> list[cloudwatch.MetricDimension]:
        """Return the dimensions as CloudFormation lists them."""
        return [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in self.dimensions.items()]


@dataclass(frozen=True)
class AlarmRow:
    """One alarm. `metrics` are named m0, m1, ... in `expression`; without one there is a single metric."""

    suffix: str
    means: str
    act: str
    metrics: tuple[Metric, ...]
    threshold: Value
    periods: int
    expression: str = ""
    below: bool = False
    missing: str = "notBreaching"


def rows(site: Monitored, latency_seconds: Value) -> Iterator[AlarmRow]:
    """Yield the alarms of a site, in the order of a request's way."""
    if site.sees_edge:
        yield from _edge(site)
    yield from _load_balancer(site, latency_seconds)
    if site.database:
        yield from _database(site.database)
    if site.cache:
        yield from _cache(site.cache)
    for number, arn in enumerate(site.certificate_arns, start=1):
        yield AlarmRow(
            f"CertificateExpiry{number}Alarm",
            "A certificate expires soon, so its renewal has failed.",
            "See in ACM why: mostly the DNS record that validates it was removed.",
            (Metric("AWS/CertificateManager", "DaysToExpiry", {"CertificateArn": arn}, "Minimum", 86400),),
            EXPIRY_DAYS,
            1,
            below=True,
        )


def build(context: Context, row: AlarmRow, topic_arn: Value) -> AWSObject:
    """Return an alarm that tells the topic when it is raised and when it is over."""
    return cloudwatch.Alarm(
        context.id(row.suffix),
        AlarmDescription=f"{row.means} {row.act}",
        ComparisonOperator="LessThanThreshold" if row.below else "GreaterThanThreshold",
        Threshold=row.threshold,
        EvaluationPeriods=row.periods,
        DatapointsToAlarm=row.periods,
        TreatMissingData=row.missing,
        AlarmActions=[topic_arn],
        OKActions=[topic_arn],
        **_measured(row),
    )


def _measured(row: AlarmRow) -> dict[str, Any]:
    if not row.expression:
        (metric,) = row.metrics
        statistic = "ExtendedStatistic" if metric.statistic.startswith("p") else "Statistic"
        return {
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Dimensions": metric.listed(),
            statistic: metric.statistic,
            "Period": metric.period,
        }
    queries = [
        cloudwatch.MetricDataQuery(
            Id=f"m{index}",
            ReturnData=False,
            MetricStat=cloudwatch.MetricStat(
                Metric=cloudwatch.Metric(
                    Namespace=metric.namespace, MetricName=metric.name, Dimensions=metric.listed()
                ),
                Period=metric.period,
                Stat=metric.statistic,
            ),
        )
        for index, metric in enumerate(row.metrics)
    ]
    result = cloudwatch.MetricDataQuery(Id="result", Expression=row.expression, ReturnData=True)
    return {"Metrics": [*queries, result]}


def _edge(site: Monitored) -> Iterator[AlarmRow]:
    dimensions: dict[str, Value] = {"DistributionId": site.distribution_id, "Region": "Global"}
    yield AlarmRow(
        "EdgeErrorsAlarm",
        f"More than {ERRORS_PERCENT} % of CloudFront's answers are server errors: visitors see the friendly page.",
        "Look at the load balancer's alarms: silent, and the way to it is broken (DNS, certificate, security group).",
        (Metric("AWS/CloudFront", "5xxErrorRate", dimensions),),
        ERRORS_PERCENT,
        5,
    )
    if site.health_check_id is not None:
        yield AlarmRow(
            "HealthCheckAlarm",
            "Route 53's health check of the front door fails: DNS sends visitors to the SECONDARY.",
            "Open the site; then follow the dashboard from the top to the first tier that is red.",
            (Metric("AWS/Route53", "HealthCheckStatus", {"HealthCheckId": site.health_check_id}, "Minimum"),),
            1,
            2,
            below=True,
            missing="breaching",
        )


def _load_balancer(site: Monitored, latency_seconds: Value) -> Iterator[AlarmRow]:
    balancer = site.load_balancer
    whole: dict[str, Value] = {"LoadBalancer": balancer.full_name}
    requests = Metric("AWS/ApplicationELB", "RequestCount", whole, "Sum")
    for suffix, name, means, act in (
        (
            "LoadBalancerErrors",
            "HTTPCode_ELB_5XX_Count",
            "The load balancer itself answers with errors: no server is healthy, or they hang up.",
            "See the Auto Scaling group's activity history, then a server's log by Session Manager.",
        ),
        (
            "ApplicationErrors",
            "HTTPCode_Target_5XX_Count",
            "The application answers with errors.",
            "Read its log; if the last deployment did it, deploy the one before.",
        ),
    ):
        yield AlarmRow(
            f"{suffix}Alarm",
            f"{means} More than {ERRORS_PERCENT} % of the requests.",
            act,
            (Metric("AWS/ApplicationELB", name, whole, "Sum"), requests),
            ERRORS_PERCENT,
            5,
            expression="100 * m0 / m1",
        )
    yield AlarmRow(
        "LatencyAlarm",
        "The slowest hundredth of the pages takes too long.",
        "Look at the database's and the servers' CPU on the dashboard; slow queries are in the database's log.",
        (Metric("AWS/ApplicationELB", "TargetResponseTime", whole, "p99"),),
        latency_seconds,
        10,
    )
    yield from _unhealthy_hosts(balancer, site.zones)


def _unhealthy_hosts(balancer: LoadBalancer, zones: tuple[AWSHelperFn, ...]) -> Iterator[AlarmRow]:
    for number, zone in enumerate(zones, start=1):
        dimensions: dict[str, Value] = {
            "LoadBalancer": balancer.full_name,
            "TargetGroup": balancer.target_group_full_name,
            "AvailabilityZone": zone,
        }
        yield AlarmRow(
            f"UnhealthyHosts{number}Alarm",
            f"Servers of zone {number} have been unhealthy for longer than it takes to replace them.",
            "If only this zone is hit, shift traffic away from it (ARC zonal shift); else see the application's log.",
            (Metric("AWS/ApplicationELB", "UnHealthyHostCount", dimensions, "Minimum"),),
            0,
            15,
        )


def _database(database: Database) -> Iterator[AlarmRow]:
    def metric(name: str, instance: str, statistic: str = "Average") -> Metric:
        return Metric("AWS/RDS", name, {"DBInstanceIdentifier": Ref(instance)}, statistic)

    yield AlarmRow(
        "DatabaseCpuAlarm",
        f"The database's CPU has been above {CPU_PERCENT} % for a quarter of an hour.",
        "Find the query in Database Insights; else a larger DBInstanceClass, a replica for reads, or the cache.",
        (metric("CPUUtilization", database.primary),),
        CPU_PERCENT,
        15,
    )
    yield AlarmRow(
        "DatabaseStorageAlarm",
        "The database's disk is nearly full, and storage autoscaling has not helped.",
        "Raise MaxAllocatedStorage, or delete what is not needed: a full disk stops the database.",
        (metric("FreeStorageSpace", database.primary, "Minimum"),),
        int(database.allocated_storage * GIB * FREE_STORAGE_SHARE),
        15,
        below=True,
    )
    most = most_connections(database.instance_class) if is_literal(database.instance_class) else None
    if most is not None:
        yield AlarmRow(
            "DatabaseConnectionsAlarm",
            "The database has nearly as many connections as it takes.",
            "See whether the application closes them; else a smaller pool a server, or a larger DBInstanceClass.",
            (metric("DatabaseConnections", database.primary, "Maximum"),),
            int(most * CONNECTIONS_SHARE),
            5,
        )
    for number, replica in enumerate(database.replicas, start=1):
        yield AlarmRow(
            f"ReplicaLag{number}Alarm",
            f"Read replica {number} is more than {REPLICA_LAG_SECONDS} s behind: visitors read old data.",
            "Look for a long write or a replica that is too small.",
            (metric("ReplicaLag", replica, "Maximum"),),
            REPLICA_LAG_SECONDS,
            10,
        )


def _cache(cache: Cache) -> Iterator[AlarmRow]:
    def nodes(name: str, statistic: str) -> tuple[Metric, ...]:
        return tuple(Metric("AWS/ElastiCache", name, node, statistic) for node in cache.nodes)

    if cache.engine != "memcached":
        yield AlarmRow(
            "CacheMemoryAlarm",
            f"A node of the cache has used more than {CACHE_MEMORY_PERCENT} % of its memory.",
            "A larger CacheNodeType, or shorter lives for what is kept.",
            nodes("DatabaseMemoryUsagePercentage", "Average"),
            CACHE_MEMORY_PERCENT,
            15,
            expression=_largest(len(cache.nodes)),
        )
    evictions = nodes("Evictions", "Sum")
    for start in range(0, len(evictions), MOST_METRICS):
        some = evictions[start : start + MOST_METRICS]
        yield AlarmRow(
            f"CacheEvictions{start // MOST_METRICS + 1}Alarm",
            "The cache throws out what is still wanted, so the database has to answer.",
            "A larger CacheNodeType or more nodes.",
            some,
            EVICTIONS_PER_PERIOD,
            15,
            expression=_largest(len(some)),
        )


def _largest(count: int) -> str:
    return "MAX([" + ", ".join(f"m{index}" for index in range(count)) + "])"
