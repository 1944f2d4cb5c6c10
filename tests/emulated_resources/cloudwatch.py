"""CloudWatch: composite alarms."""

from typing import Any

from tests.emulated_resources.case import Case, Client


def composite_alarm(client: Client, name: str) -> Any:
    return client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]


CASES = [
    Case(
        "AWS::CloudWatch::CompositeAlarm",
        {"AlarmRule": "TRUE"},
        composite_alarm,
        {"AlarmRule": "FALSE", "AlarmDescription": "never"},
        {"AlarmName": "named"},
        attributes=("Arn",),
    ),
]
