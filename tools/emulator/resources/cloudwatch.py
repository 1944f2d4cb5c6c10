"""Composite alarms."""

from tools.emulator.api import Api
from tools.emulator.resource_types import Json, ResourceType, picked


def _put(cloudwatch: Api, props: Json, name: str) -> str:
    known = picked(
        props,
        *("AlarmRule", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "InsufficientDataActions"),
        *("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod", "Tags"),
    )
    name = props.get("AlarmName", name)
    cloudwatch("put_composite_alarm", AlarmName=name, **known)
    return name


def _attributes(cloudwatch: Api, name: str, _props: Json) -> Json:
    found = cloudwatch("describe_alarms", AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return {"Arn": found["CompositeAlarms"][0]["AlarmArn"]}


TYPES = {
    "AWS::CloudWatch::CompositeAlarm": ResourceType(
        "cloudwatch",
        _put,
        lambda cloudwatch, name, _: cloudwatch("delete_alarms", AlarmNames=[name]),
        lambda cloudwatch, name, _, new: _put(cloudwatch, {**new, "AlarmName": name}, name),
        _attributes,
        ("AlarmName",),
    ),
}
