"""The newest values of CloudWatch metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cli.aws_findings.aws import Aws

# Metrics are written once a minute, and can be some minutes late.
LOOK_BACK = timedelta(minutes=15)
PERIOD_SECONDS = 60


@dataclass(frozen=True)
class Metric:
    """A metric of one resource: namespace, name, and the dimension that names the resource."""

    namespace: str
    name: str
    dimension: str
    resource: str


def newest(aws: Aws, metrics: Sequence[Metric], region: str | None = None) -> Mapping[Metric, float]:
    """Return the newest value of each metric that has one in the last minutes. Raises Unavailable."""
    if not metrics:
        return {}
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": metric.namespace,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": metric.dimension, "Value": metric.resource}],
                },
                "Period": PERIOD_SECONDS,
                "Stat": "Minimum",
            },
        }
        for number, metric in enumerate(metrics)
    ]
    arguments = {"MetricDataQueries": queries, "StartTime": aws.now - LOOK_BACK, "EndTime": aws.now}
    results = aws.ask("cloudwatch", "get_metric_data", region=region, **arguments).get("MetricDataResults", [])
    values = {result["Id"]: result["Values"][0] for result in results if result["Values"]}
    return {metric: values[f"m{number}"] for number, metric in enumerate(metrics) if f"m{number}" in values}
