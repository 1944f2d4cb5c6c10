"""The alarms that notify: in the site's Region, and in us-east-1 for CloudFront and Route 53.

These are in the state ALARM, or in INSUFFICIENT_DATA if they have actions for it. Other alarms without data are quiet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from cli.aws_findings.aws import Aws
from cli.deployed.site import DeployedSite
from cli.status import stack
from cli.status.rows import Row, State

TIER = "alarms"
TYPE = "AWS::CloudWatch::Alarm"

# Names in a request. Source: "DescribeAlarms" in the Amazon CloudWatch API Reference.
MAX_NAMES = 100

ALARM, WITHOUT_DATA = "ALARM", "INSUFFICIENT_DATA"


def alarms(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield each alarm that notifies, with its description; or one row for a Region if there is none."""
    names: dict[str, list[str]] = defaultdict(list)
    names[site.region] = [each.physical_id for each in site.of_type(TYPE)]
    for region, resource in stack.elsewhere(site, aws):
        if resource.type == TYPE:
            names[region].append(resource.physical_id)
    for region, known in names.items():
        notifying = [each for each in _described(known, region, aws) if _notifies(each)]
        for each in notifying:
            state = "" if each["StateValue"] == ALARM else "without data "
            since = f"{state}since {each['StateUpdatedTimestamp']:%Y-%m-%d %H:%M} UTC"
            yield Row(TIER, each["AlarmName"], State.DEGRADED, f"{since}: {each.get('AlarmDescription', '')}")
        if not notifying:
            yield Row(TIER, f"alarms in {region}", State.OK, f"none of {len(known)} in ALARM")


def _notifies(alarm: Mapping[str, Any]) -> bool:
    return alarm["StateValue"] == ALARM or (
        alarm["StateValue"] == WITHOUT_DATA and bool(alarm.get("InsufficientDataActions"))
    )


def _described(names: list[str], region: str, aws: Aws) -> Iterator[dict[str, Any]]:
    for start in range(0, len(names), MAX_NAMES):
        some = names[start : start + MAX_NAMES]
        answer = aws.ask("cloudwatch", "describe_alarms", region=region, AlarmNames=some)
        yield from answer.get("MetricAlarms", [])
