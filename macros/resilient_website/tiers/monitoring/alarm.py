"""An alarm as a table row: metric, threshold, meaning, action, and the first command of the person on call."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from troposphere import AWSObject, Sub, cloudwatch

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.reading.versions import OLDEST
from resilient_website.runbook import RUNBOOK

# An alarm on an expression can have ten metrics. Source: "Create a CloudWatch alarm based on a metric math expression".
MAX_METRICS = 10

# From which share of failed requests a load balancer's alarm starts.
ERRORS_PERCENT = 5

# RequestCount is not reported without registered servers; then all requests are errors. Source: "CloudWatch metrics for
# your Application Load Balancer".
SHARE_OF_REQUESTS = "100 * m0 / MAX([m0, FILL(m1, 0)])"

# What shows the most of a site's state. `${Stack}` is the site's stack, with its Region.
STATUS = "resilient-website status ${Stack}"


class Metric(NamedTuple):
    """One metric: a CloudWatch namespace, name, dimensions and statistic over a period in seconds."""

    namespace: Value
    name: Value
    dimensions: dict[str, Value]
    statistic: str = "Average"
    period: int = 60

    def listed(self) -> list[cloudwatch.MetricDimension]:
        """Return the dimensions as a list for CloudFormation."""
        return [cloudwatch.MetricDimension(Name=name, Value=value) for name, value in self.dimensions.items()]


class AlarmRow(NamedTuple):
    """One alarm. `metrics` are named m0, m1, ... in `expression`; without one there is a single metric.

    `since` is the version of the expansion that introduced the alarm. `command` is the first command of the person on
    call: `${Name}` in it is a dimension of the first metric, `${Stack}` the site's stack. `section` is the anchor of
    the alarm's section in RUNBOOK. `without_data` is whether it also notifies when it has no data at all.
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
    command: str = STATUS
    section: str = "alarms"
    without_data: bool = False


class Pointers(NamedTuple):
    """Where an alarm's text sends the person on call, as text for Fn::Sub.

    `stack` is the site's stack with its Region, as options of a command; `dashboard` the dashboard's URL, if any.
    """

    stack: str
    dashboard: str | None


def current(context: Context, rows: Iterable[AlarmRow]) -> tuple[AlarmRow, ...]:
    """Return the rows of the site's version of the expansion."""
    return tuple(row for row in rows if row.since <= context.version)


def build(context: Context, rows: Iterable[AlarmRow], topic_arn: Value, pointers: Pointers) -> list[AWSObject]:
    """Return the alarms. They notify the topic when they start and end."""
    return [_build(context, row, topic_arn, pointers) for row in rows]


def _build(context: Context, row: AlarmRow, topic_arn: Value, pointers: Pointers) -> AWSObject:
    return cloudwatch.Alarm(
        context.id(row.suffix),
        AlarmDescription=_description(row, pointers),
        ComparisonOperator="LessThanThreshold" if row.below else "GreaterThanThreshold",
        Threshold=row.threshold,
        EvaluationPeriods=row.periods,
        DatapointsToAlarm=row.periods,
        TreatMissingData=row.missing,
        AlarmActions=[topic_arn],
        OKActions=[topic_arn],
        **({"InsufficientDataActions": [topic_arn]} if row.without_data else {}),
        **_measured(row),
    )


def _description(row: AlarmRow, pointers: Pointers) -> Sub:
    """Return the alarm's text, which is all that an email shows. At most 1,024 characters: PutMetricAlarm."""
    lines = [
        f"{row.means} {row.act}",
        f"First command: {row.command.replace('${Stack}', pointers.stack)}",
        f"Runbook: {RUNBOOK}#{row.section}",
    ]
    if pointers.dashboard is not None:
        lines.append(f"Dashboard: {pointers.dashboard}")
    text = "\n".join(lines)
    dimensions = row.metrics[0].dimensions.items()
    return Sub(text, **{name: value for name, value in dimensions if f"${{{name}}}" in text})


def largest(count: int) -> str:
    """Return the expression for the maximum of `count` metrics."""
    return "MAX([" + ", ".join(f"m{index}" for index in range(count)) + "])"


def _measured(row: AlarmRow) -> dict[str, Any]:
    """Return the alarm's properties for one metric, or for an expression of several."""
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
