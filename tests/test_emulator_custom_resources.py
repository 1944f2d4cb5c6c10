"""Custom resources on the emulator: a function is a process, which answers by TLS."""

from pathlib import Path
from typing import Any

import pytest

from tests.emulated_stacks import made
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks

ACCOUNT = "200000000035"


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    return Stacks(emulator, ACCOUNT)


RESPONDER = """
import json, os, urllib.request

def handler(event, context):
    answer = {
        "Status": "FAILED" if event["ResourceProperties"].get("Fail") == "true" else "SUCCESS",
        "Reason": "told to fail",
        "PhysicalResourceId": event.get("PhysicalResourceId", "made"),
        "Data": {"Pid": str(os.getpid()), "Type": event["RequestType"]},
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request).read()
"""


def responder(**properties: Any) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": RESPONDER},
    }
    token = {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}
    return {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": role},
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Mine": {"Type": "Custom::Mine", "Properties": {**token, **properties}},
        },
        "Outputs": {name: {"Value": {"Fn::GetAtt": ["Mine", name]}} for name in ("Pid", "Type")},
    }


def test_custom_resource_is_a_process_that_answers_by_tls(stacks: Stacks) -> None:
    stack = made(stacks, "custom", responder())
    assert (stack["Ids"]["Mine"], stack["Values"]["Type"]) == ("made", "Create")
    assert ".venv-emulator" in Path(f"/proc/{stack['Values']['Pid']}/cmdline").read_text(encoding="utf-8")
    assert stacks.update("custom", responder(New="1"))["Values"]["Type"] == "Update"
    failed = stacks.update("custom", responder(Fail=True))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert any("told to fail" in reason for reason in failed["Reasons"])
    assert stacks.delete("custom")["StackStatus"] == "DELETE_COMPLETE"
