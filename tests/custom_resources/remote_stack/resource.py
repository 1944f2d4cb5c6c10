"""A Custom::RemoteStack in a separate stack, and the process that handles its events."""

import time
from itertools import count
from pathlib import Path
from typing import Any

from remote_stack.stack import name_of
from shared.cfn_response.owner import Owner
from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.remote_stack_process import RemoteStackProcess
from tools.emulator.endpoint import Emulator

Json = dict[str, Any]

ACCOUNT = "200000000077"
HERE, THERE, ELSEWHERE = "us-east-1", "us-west-2", "eu-west-1"

_numbers = count()


class Resource:
    """One Custom::RemoteStack in a separate stack, and the function that CloudFormation calls for it."""

    def __init__(self, emulator: Emulator, aws: FaultyAws, folder: Path) -> None:
        self.aws = aws
        self.emulator = emulator
        self.function = RemoteStackProcess(folder, aws, ACCOUNT)
        self.logical_id = "SiteFallbackBucketStack"
        self.guid = f"{next(_numbers):08x}-0001-11ef-8000-0123456789ab"
        self.stack_id = f"arn:aws:cloudformation:{HERE}:{ACCOUNT}:stack/site/{self.guid}"
        self.owner = Owner(self.stack_id, self.logical_id)

    def send(self, kind: str, properties: Json, lasts: float = 60, **more: Any) -> Json | None:
        """Send a request; return the answer."""
        event = {
            "RequestType": kind,
            "StackId": self.stack_id,
            "RequestId": f"request-{kind}",
            "LogicalResourceId": self.logical_id,
            "ResourceType": "Custom::RemoteStack",
            "ResourceProperties": {"ServiceToken": "arn:aws:lambda:us-east-1:1:function:f", **properties},
            **more,
        }
        return self.function(event, lasts=lasts)

    def succeeds(self, kind: str, properties: Json, **more: Any) -> Json:
        """Send a request that succeeds."""
        answer = self.send(kind, properties, **more)
        assert answer is not None
        assert answer["Status"] == "SUCCESS", answer
        return answer

    def fails(self, kind: str, properties: Json, **more: Any) -> Json:
        """Send a request that fails."""
        answer = self.send(kind, properties, **more)
        assert answer is not None
        assert answer["Status"] == "FAILED", answer
        return answer

    def is_cut_off(self, operation: str, kind: str, properties: Json, **more: Any) -> None:
        """Send a request, and end the function when it has asked AWS for something, before it learns of it."""
        self.aws.cut = operation
        assert self.send(kind, properties, **more) is None
        self.aws.cut = ""

    def client(self, service: str, region: str = THERE) -> Any:
        return self.emulator.client(service, ACCOUNT, region)

    def stacks(self, region: str = THERE) -> dict[str, str]:
        """Return the resource's stacks in a Region, and their states, once nothing is being deleted."""
        deadline = time.monotonic() + 120
        while True:
            described = self.client("cloudformation", region).describe_stacks()["Stacks"]
            mine = {s["StackId"]: s["StackStatus"] for s in described if s["StackName"] == name_of(self.owner)}
            there = {key: status for key, status in mine.items() if status != "DELETE_COMPLETE"}
            if "DELETE_IN_PROGRESS" not in there.values() or time.monotonic() > deadline:
                return there
            time.sleep(0.1)
