"""An alarm as a table row: metric, threshold, meaning and action."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, cloudwatch

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.reading.versions import OLDEST

# An alarm on an expression can have ten metrics. Source: "Create a CloudWatch alarm based on a metric math expression".
MAX_METRICS = 10


@dataclass(frozen=True)
class Metric:
    """One metric: a CloudWatch namespace, name, dimensions and statistic over a period in seconds."""

    namespace: Value
    name: str
    dimensions: dict[str, Value]
    statistic: str = "Average"
    period: int = 60

    def listed(self) -> list[cloudwatch.MetricDimension]:
        """Return the dimensions as a list for CloudFormation."""
        return [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in self.dimensions.items()]


@dataclass(frozen=True)
class AlarmRow:
    """One alarm. `metrics` are named m0, m1, ... in `expression`; without one there is a single metric.

    `since` is the version of the expansion that introduced the alarm.
    """

    suffix: str
    means: str
    act: str
    metrics: tuple[Metric, ...]
    threshold: Value
    periods: int
    expression: str = ""
    below: bool = False
    missing: str = "notBreaching"
    since: int = OLDEST


def build(context: Context, rows: Iterable[AlarmRow], topic_arn: Value) -> list[AWSObject]:
    """Return the alarms of a version of the expansion. They notify the topic when they start and end."""
    return [_build(context, row, topic_arn) for row in rows if row.since <= context.version]


def _build(context: Context, row: AlarmRow, topic_arn: Value) -> AWSObject:
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


def largest(count: int) -> str:
    """Return the expression for the maximum of `count` metrics."""
    return "MAX([" + ", ".join(f"m{index}" for index in range(count)) + "])"


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
