"""docs/reference/alarms.md: every alarm, from expanded sites."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tools.reference.markdown import code, prose, table
from tools.reference.markdown import page as whole_page
from tools.reference.sites import ExpandedSite, Observation

Json = dict[str, Any]
TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")

INTRODUCTION = """\
Each alarm notifies the site's topic (`!GetAtt Site.AlarmTopicArn`) when it starts and when it ends. Its logical id is
the site's logical id followed by the name here; `<n>` is the number of a zone, replica, certificate or group of nodes.
The alarms of functions, which the sites of a stack share, have only the name. Failures that AWS repairs automatically
start no alarm.

An alarm's text also has the first command to run, the section of [on-call.md](../on-call.md), and the dashboard's
address. The dashboard shows the alarms' states first, and each threshold in its graph.

A threshold that a property sets is shown with that property's default."""

HEADING = ("Alarm", "Meaning and action", "Metric", "Starts when")
DAY = 86400
SIGNS = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at or above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at or below",
}


@dataclass(frozen=True)
class Alarm:
    """An alarm on the page; `deciding` are the properties that change its threshold."""

    name: str
    body: Json
    deciding: tuple[str, ...]

    @property
    def metrics(self) -> list[Json]:
        """The metrics that it looks at, in the order of their names in its expression."""
        properties = self.body["Properties"]
        if "Metrics" not in properties:
            return [properties] if "MetricName" in properties else []
        return [{**query["MetricStat"], **query["MetricStat"]["Metric"]} for query in self._queries()]

    def _queries(self) -> list[Json]:
        return [query for query in self.body["Properties"]["Metrics"] if "MetricStat" in query]


def page(observations: Sequence[Observation]) -> str:
    """Return the page of all alarms that these sites have."""
    sections: dict[str, list[Alarm]] = {}
    for alarm in alarms(observations):
        sections.setdefault(_namespace(alarm), []).append(alarm)
    parts = [part for name, found in sections.items() for part in (f"## {name}", table(HEADING, map(_row, found)))]
    return whole_page("Alarms of a site", INTRODUCTION, *parts)


def _namespace(alarm: Alarm) -> str:
    """Return the namespace of an alarm's metrics."""
    if not alarm.metrics:
        return "Combined"
    namespace = alarm.metrics[0]["Namespace"]
    return namespace if isinstance(namespace, str) else f"`{_written(namespace)}`"


def _written(name: Any) -> str:
    """Return the name of a metric or a namespace; one with the stack's name in it, as CloudFormation writes it."""
    return str(name["Fn::Sub"] if isinstance(name, dict) else name)


def alarms(observations: Sequence[Observation]) -> list[Alarm]:
    """Return the alarms, with numbered ones (per zone, per replica) combined."""
    first: dict[str, Json] = {}
    deciding: dict[str, dict[str, None]] = {}
    sites = [observation.site for observation in observations]
    for site in (*sites, *(each for observation in observations for each in observation.changed)):
        for name, body in alarms_of(site).items():
            first.setdefault(name, body)
    for observation in observations:
        unchanged = alarms_of(observation.site)
        for site in observation.changed:
            for name, body in alarms_of(site).items():
                if name in unchanged and _raised(body["Properties"]) != _raised(unchanged[name]["Properties"]):
                    deciding.setdefault(name, {})[site.changed] = None
    return [Alarm(name, body, _narrowest(deciding.get(name, {}))) for name, body in first.items()]


def _narrowest(names: Iterable[str]) -> tuple[str, ...]:
    """Return the properties without the groups that hold another of them."""
    return tuple(name for name in names if not any(other.startswith(f"{name}.") for other in names))


def alarms_of(site: ExpandedSite) -> dict[str, Json]:
    """Return a site's alarms by name: the logical id without the site's, and `<n>` for a number."""
    found: dict[str, Json] = {}
    for logical_id, body in site.resources.items():
        if body["Type"] in TYPES:
            found.setdefault(re.sub(r"\d+", "<n>", logical_id.removeprefix(site.name)), body)
    return found


def _row(alarm: Alarm) -> tuple[str, ...]:
    properties = alarm.body["Properties"]
    decided = f"\n(decided by {', '.join(map(code, alarm.deciding))})" if alarm.deciding else ""
    missing = "\n(missing data also starts it)" if properties.get("TreatMissingData") == "breaching" else ""
    reported = text(properties.get("AlarmDescription", ""))
    general = re.sub(r"\b1\b", "`<n>`", reported) if "<n>" in alarm.name else reported
    return f"**`{alarm.name}`**", prose(general), _metric(alarm), _raised(properties) + decided + missing


def text(description: Any) -> str:
    """Return what an alarm means and what to do: the first line of its text."""
    whole = description["Fn::Sub"] if isinstance(description, dict) else description
    return str(whole if isinstance(whole, str) else whole[0]).partition("\n")[0]


def _metric(alarm: Alarm) -> str:
    """Return the cell of the table that says what an alarm measures, and with which statistic."""
    properties = alarm.body["Properties"]
    if "AlarmRule" in properties:
        return "other alarms"
    shown = [f"{code(_written(metric['MetricName']))}, {_statistic(metric)}" for metric in alarm.metrics]
    if "Metrics" not in properties:
        return shown[0]
    expression = next(query["Expression"] for query in properties["Metrics"] if "Expression" in query)
    names = {f"m{index}": _written(metric["MetricName"]) for index, metric in enumerate(alarm.metrics)}
    named = re.sub(r"\bm\d+\b", lambda found: names.get(found[0], found[0]), expression)
    # The same metric of several nodes is shown once.
    once = re.sub(r"\b(\w+)(, \1\b)+", r"\1 of each node", named)
    if once == named and len(set(names.values())) < len(names):
        return "\n".join([code(expression), *_by_id(alarm, shown)])
    return "\n".join([code(once), *dict.fromkeys(shown)])


def _by_id(alarm: Alarm, shown: Sequence[str]) -> Iterator[str]:
    """Yield the metrics with their names in the expression, and the target group that tells one from another."""
    for index, (metric, text_of_metric) in enumerate(zip(alarm.metrics, shown, strict=True)):
        group = _target_group(metric)
        yield f"{code(f'm{index}')}: {text_of_metric}" + (f", of {code(group)}" if group else "")


def _target_group(metric: Json) -> str:
    """Return the logical id of a metric's target group, without the site's; empty without one."""
    values = (each["Value"] for each in metric["Dimensions"] if each["Name"] == "TargetGroup")
    ids = (str(value["Fn::GetAtt"][0]) for value in values if isinstance(value, dict))
    found = re.search(r"(Canary)?TargetGroup\w*$", next(ids, ""))
    return found[0] if found else ""


def _statistic(metric: Json) -> str:
    period = int(metric["Period"])
    length = f"{period // 60} min" if period < DAY else f"{period // DAY} d"
    statistic = metric.get("Statistic") or metric.get("ExtendedStatistic") or metric.get("Stat")
    return f"{statistic} over {length}"


def _raised(properties: Json) -> str:
    if "AlarmRule" in properties:
        return "its rule holds"
    sign = SIGNS.get(properties["ComparisonOperator"], properties["ComparisonOperator"])
    threshold = properties.get("Threshold")
    shown = f"{threshold:,}" if isinstance(threshold, int | float) else str(threshold)
    evaluated = int(properties["EvaluationPeriods"])
    needed = int(properties.get("DatapointsToAlarm", evaluated))
    periods = f"{evaluated} period{'s' if evaluated > 1 else ''}"
    return f"{sign} {shown} for {periods if needed == evaluated else f'{needed} of {periods}'}"
