"""Rollback triggers in the emulator: an update by change set goes back when an alarm starts, and waits for its time."""

import time
from typing import Any

import pytest

from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks, body

ACCOUNT = "200000000031"
ALARM = """
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: watched, MetricName: m, Namespace: n, Period: 60, EvaluationPeriods: 1, Threshold: 1,
      ComparisonOperator: GreaterThanThreshold, Statistic: Sum}
"""
TOPIC = "  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}\n"
CHANGED = TOPIC.replace("one", "two") + "  Added: {Type: AWS::SNS::Topic}\n"


@pytest.fixture
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


@pytest.mark.parametrize(("state", "status"), [("ALARM", "UPDATE_ROLLBACK_COMPLETE"), ("OK", "UPDATE_COMPLETE")])
def test_alarm_rolls_an_update_back(stacks: Stacks, state: str, status: str) -> None:
    name = f"watched-{state.lower()}"
    before = stacks.create(name, body(ALARM + TOPIC))
    arn = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:watched"
    trigger = {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"}
    watched: Any = {"RollbackTriggers": [trigger], "MonitoringTimeInMinutes": 1}
    stacks.session.client("cloudwatch").set_alarm_state(AlarmName="watched", StateValue=state, StateReason="test")
    made = stacks.change_set(name, body(ALARM + CHANGED), "UPDATE", RollbackConfiguration=watched)
    began = time.monotonic()
    stacks.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetName"], StackName=name)
    found = stacks.wait(name)
    assert found["StackStatus"] == status
    assert found["RollbackConfiguration"] == watched
    if state == "OK":
        assert time.monotonic() - began > 1
        assert "Added" in found["Ids"]
    else:
        assert found["Ids"] == before["Ids"]
        assert any("rollback triggers" in reason for reason in found["Reasons"])
    stacks.delete(name)
