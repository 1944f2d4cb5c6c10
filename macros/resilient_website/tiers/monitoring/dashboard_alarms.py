"""The alarms on the dashboard: their states on top, and their thresholds in the graphs.

An alarm's threshold is drawn in each graph that has the alarm's metric. An alarm with no such graph (a share of two
metrics, or a threshold that the expansion doesn't know) gets its own, in which CloudWatch draws metric and threshold.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import Value, is_literal
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.tiers.monitoring.alarm import AlarmRow
from resilient_website.tiers.monitoring.us_east_1_alarms import EdgeAlarms

# Alarms of an alarm widget. Source: "Dashboard body structure and syntax" in the CloudWatch API reference.
MAX_ALARMS = 100
HERE = "${AWS::Region}"
RED = "#d13212"


class ShownAlarm(NamedTuple):
    """An alarm, the text for Fn::Sub that gives its ARN, and its Region.

    `metric` has namespace and name of the metric whose graphs can show the threshold; None if there is none.
    """

    row: AlarmRow
    arn: str
    region: str
    metric: tuple[str, str] | None

    @property
    def title(self) -> str:
        """The alarm's name in words."""
        words = re.findall(r"[A-Z][a-z]*|\d+", self.row.suffix.removesuffix("Alarm"))
        return " ".join(words).capitalize()


def of(context: Context, here: Sequence[AlarmRow], edge: EdgeAlarms | None) -> tuple[ShownAlarm, ...]:
    """Return the alarms of the site's stack, and those of its stack in us-east-1, if it has one."""
    shown = [ShownAlarm(row, f"${{{context.id(row.suffix)}.Arn}}", HERE, _metric(row)) for row in here]
    if edge:
        there = edge.stack.title
        shown += [ShownAlarm(row, f"${{{there}.{row.suffix}}}", CLOUDFRONT_REGION, _metric(row)) for row in edge.rows]
    return tuple(shown)


def states(alarms: Sequence[ShownAlarm]) -> Iterator[tuple[str, list[str]]]:
    """Yield a title and ARNs for each alarm widget: one Region, and at most 100 alarms."""
    for region, title in ((HERE, "Alarms"), (CLOUDFRONT_REGION, "Alarms in us-east-1: CloudFront, health check")):
        arns = [alarm.arn for alarm in alarms if alarm.region == region]
        for start in range(0, len(arns), MAX_ALARMS):
            yield title, arns[start : start + MAX_ALARMS]


def drawn(alarms: Iterable[ShownAlarm], metrics: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """Return the horizontal annotations of a graph with these metrics, in the dashboard body's format."""
    graphed = {(namespace, name) for namespace, name, *_ in metrics}
    lines: dict[str, dict[str, Any]] = {}
    for alarm in alarms:
        if alarm.metric in graphed:
            row, side = alarm.row, "below" if alarm.row.below else "above"
            label = f"Alarm: {row.metrics[0].statistic} {side} {row.threshold}"
            lines[label] = {"label": label, "value": row.threshold, "fill": side, "color": RED}
    return list(lines.values())


def without_graph(alarms: Iterable[ShownAlarm], graphs: Iterable[Sequence[Sequence[Any]]]) -> list[ShownAlarm]:
    """Return the alarms whose thresholds none of the graphs shows; `graphs` are the metrics of each."""
    graphed = {(namespace, name) for metrics in graphs for namespace, name, *_ in metrics}
    return [alarm for alarm in alarms if alarm.metric not in graphed]


def _metric(row: AlarmRow) -> tuple[str, str] | None:
    found = {(_text(metric.namespace), _text(metric.name)) for metric in row.metrics}
    return found.pop() if len(found) == 1 and is_literal(row.threshold) else None


def _text(value: Value) -> str:
    """Return a namespace or a name as the dashboard writes it: as text for Fn::Sub."""
    plain = encoded(value)
    return str(plain["Fn::Sub"] if isinstance(plain, dict) else plain)
