"""Macros on the emulator: what their function is sent, and how success and failure show."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulated_function import create_function
from tests.emulated_stacks import made
from tools.emulator.endpoint import Emulator
from tools.emulator.stacks import Stacks

ACCOUNT = "200000000001"

# One function for every case: the template's metadata says what it does.
MACRO = """
import boto3, json

def handler(event, context):
    fragment = event["fragment"]
    wish = (fragment.pop("Metadata", None) or {}).get("Wish", "echo")
    answer = {"requestId": event["requestId"], "status": "success", "fragment": fragment}
    if wish == "fail":
        return {"requestId": event["requestId"], "status": "failure", "errorMessage": "Resources.A: no good"}
    if wish == "fail silently":
        return {"requestId": event["requestId"], "status": "failure"}
    if wish == "raise":
        raise RuntimeError("a bug")
    if wish == "other id":
        return {**answer, "requestId": "other"}
    if wish == "text":
        return {**answer, "fragment": "text"}
    if wish == "no dictionary":
        return "words"
    if wish == "ask AWS":
        found = boto3.client("sts").get_caller_identity()
        fragment["Outputs"] = {"Account": {"Value": found["Account"]}}
    if wish == "too long":
        fragment["Resources"]["Long"] = {"Type": "AWS::SSM::Parameter", "Properties": {"Value": "x" * 1_000_001}}
    if wish == "too many":
        handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
        fragment["Resources"] = {f"R{number}": handle for number in range(501)}
    if wish == "bad type":
        fragment["Resources"]["Bad"] = {"Type": "AWS::No::Such"}
    if wish == "echo":
        event.pop("requestId")
        fragment["Resources"]["Made"] = {
            "Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": json.dumps(event)}
        }
        fragment["Outputs"] = {"Event": {"Value": {"Fn::GetAtt": ["Made", "Value"]}}}
    return answer
"""

TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


def installer(name: str = "Echo") -> dict[str, Any]:
    return {
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": MACRO},
                },
            },
            "Macro": {
                "Type": "AWS::CloudFormation::Macro",
                "Properties": {"Name": name, "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]}},
            },
        }
    }


def user(wish: str = "echo", transform: Any = "Echo", **sections: Any) -> dict[str, Any]:
    handle = {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
    return {"Transform": transform, "Metadata": {"Wish": wish}, "Resources": handle, **sections}


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Stacks:
    account = Stacks(emulator, ACCOUNT)
    assert account.create("installer", installer())["StackStatus"] == "CREATE_COMPLETE"
    return account


def test_event_is_that_of_aws(stacks: Stacks) -> None:
    ssm = stacks.session.client("ssm")
    ssm.put_parameter(Name="/looked/up", Value="found", Type="String")
    parameters = {
        "Text": {"Type": "String", "Default": "a"},
        "Given": {"Type": "Number"},
        "List": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>", "Default": "subnet-1"},
        "LookedUp": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/looked/up"},
    }
    stack = made(stacks, "event", user(Parameters=parameters), parameters={"Given": "7"})
    event = json.loads(stack["Values"]["Event"])
    assert event.pop("fragment") == {
        "Parameters": parameters,
        "Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
    }
    assert event == {
        "accountId": ACCOUNT,
        "region": "us-east-1",
        "transformId": f"{ACCOUNT}::Echo",
        "params": {},
        "templateParameterValues": {
            "Text": "a",
            "Given": "7",
            "List": ["a", "b"],
            "Subnets": ["subnet-1"],
            "LookedUp": "found",
        },
    }


def test_map_form_gives_params(stacks: Stacks) -> None:
    transform = [{"Name": "Echo", "Parameters": {"Level": 3}}]
    event = json.loads(stacks.create("params", user(transform=transform))["Values"]["Event"])
    assert event["params"] == {"Level": 3}
    assert "Transform" not in event["fragment"]


def test_macros_come_in_listed_order_with_aws_transforms(stacks: Stacks) -> None:
    sections: dict[str, Any] = {
        "Resources": {"Fn::ForEach::Each": ["X", ["A", "B"], {"H${X}": {"Type": "AWS::SNS::Topic"}}]}
    }
    before = stacks.create("before", user(transform=["Echo", "AWS::LanguageExtensions"], **sections))
    assert "Fn::ForEach::Each" in json.loads(before["Values"]["Event"])["fragment"]["Resources"]
    assert set(before["Ids"]) == {"HA", "HB", "Made"}
    after = stacks.create("after", user(transform=["AWS::LanguageExtensions", "Echo"], **sections))
    assert set(json.loads(after["Values"]["Event"])["fragment"]["Resources"]) == {"HA", "HB"}


def test_language_extensions_refuse_a_policy_that_they_do_not_know(stacks: Stacks) -> None:
    newer = {"Newer": {"Type": "AWS::SNS::Topic", "DeletionPolicy": "RetainExceptOnCreate"}}
    stack = stacks.create("newer", user(transform=["Echo", "AWS::LanguageExtensions"], Resources=newer))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Unrecognized DeletionPolicy RetainExceptOnCreate for resource Newer" in stack["StackStatusReason"]
    assert stacks.create("without", user(Resources=newer))["StackStatus"] == "CREATE_COMPLETE"


def test_function_of_a_macro_may_call_aws(stacks: Stacks) -> None:
    assert stacks.create("asks", user("ask AWS"))["Values"] == {"Account": ACCOUNT}


def test_both_stages_of_the_template(stacks: Stacks) -> None:
    stacks.create("stages", user("nothing"))
    get = stacks.cloudformation.get_template
    original = get(StackName="stages", TemplateStage="Original")["TemplateBody"]
    processed = get(StackName="stages", TemplateStage="Processed")["TemplateBody"]
    assert original["Transform"] == "Echo"
    assert processed == {"Resources": user()["Resources"]}


FAILURES = {
    "fail": f"Transform {ACCOUNT}::Echo failed with: Resources.A: no good. Rollback requested by user.",
    "fail silently": f"Transform {ACCOUNT}::Echo failed without an error message. Rollback requested by user.",
    "raise": f"Received malformed response from transform {ACCOUNT}::Echo",
    "other id": f"Received malformed response from transform {ACCOUNT}::Echo",
    "no dictionary": f"Received malformed response from transform {ACCOUNT}::Echo",
    "text": "Template format error: unsupported structure.",
    "too long": "Transformation data limit exceeded",
    "too many": "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
    "bad type": "Template format error: Unrecognized resource types: [AWS::No::Such]",
}


@pytest.mark.parametrize("wish", FAILURES)
def test_failed_change_set_says_why(stacks: Stacks, wish: str) -> None:
    name = "changes-" + wish.replace(" ", "-")
    change_set = stacks.change_set(name, user(wish))
    assert (change_set["Status"], change_set["StatusReason"]) == ("FAILED", FAILURES[wish])
    assert change_set["ExecutionStatus"] == "UNAVAILABLE"
    assert change_set["Changes"] == []
    stack = stacks.wait(name)
    assert (stack["StackStatus"], stack["Ids"]) == ("REVIEW_IN_PROGRESS", {})
    assert stacks.delete(name)["StackStatus"] == "DELETE_COMPLETE"


@pytest.mark.parametrize("wish", FAILURES)
def test_failed_stack_says_why_and_has_nothing(stacks: Stacks, wish: str) -> None:
    stack = stacks.create("stack-" + wish.replace(" ", "-"), user(wish))
    assert (stack["StackStatus"], stack["Ids"]) == ("ROLLBACK_COMPLETE", {})
    assert stack["StackStatusReason"] == FAILURES[wish]
    assert FAILURES[wish] in stack["Reasons"]


def test_failed_update_leaves_the_stack_as_it_was(stacks: Stacks) -> None:
    before = stacks.create("updated", user())
    change_set = stacks.change_set("updated", user("fail"), "UPDATE")
    assert (change_set["Status"], change_set["StatusReason"]) == ("FAILED", FAILURES["fail"])
    after = stacks.update("updated", user("fail"))
    assert (after["StackStatus"], after["StackStatusReason"]) == ("UPDATE_ROLLBACK_COMPLETE", FAILURES["fail"])
    assert (after["Ids"], after["Values"]) == (before["Ids"], before["Values"])
    assert stacks.update("updated", user("nothing"))["StackStatus"] == "UPDATE_COMPLETE"


def test_rollback_of_an_update_takes_the_processed_template(stacks: Stacks) -> None:
    before = stacks.create("back", user())
    failing = {"Bad": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": "none", "Name": "a"}}}
    outputs = {"Value": {"Fn::GetAtt": ["Handle", "NoSuch"]}}
    template = user("nothing", Resources={**user()["Resources"], **failing}, Outputs={"No": outputs})
    after = stacks.update("back", template)
    assert after["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert (after["Ids"], after["Values"]) == (before["Ids"], before["Values"])


def test_unknown_macro(stacks: Stacks) -> None:
    change_set = stacks.change_set("unknown", user(transform="Nobody"))
    assert change_set["StatusReason"] == f"No transform named {ACCOUNT}::Nobody found."


def test_missing_parameter_is_refused_at_once(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="Parameter 'P' has no Default and was not provided"):
        stacks.change_set("missing", user(Parameters={"P": {"Type": "String"}}))


def test_direct_create_needs_the_capability(stacks: Stacks) -> None:
    with pytest.raises(ClientError, match="CAPABILITY_AUTO_EXPAND") as caught:
        stacks.create("unable", user(), Capabilities=["CAPABILITY_IAM"])
    assert caught.value.response["Error"]["Code"] == "InsufficientCapabilitiesException"


@pytest.mark.usefixtures("stacks")
def test_macros_belong_to_an_account_and_region(emulator: Emulator) -> None:
    for account, region in (("200000000002", "us-east-1"), (ACCOUNT, "eu-west-1")):
        change_set = Stacks(emulator, account, region).change_set("elsewhere", user())
        assert change_set["StatusReason"] == f"No transform named {account}::Echo found."


def test_macro_is_replaced_updated_and_deleted(emulator: Emulator) -> None:
    account = Stacks(emulator, "200000000003")
    account.create("installer", installer("First"))
    assert account.create("taken", installer("First"))["StackStatus"] == "ROLLBACK_COMPLETE"
    renamed = account.update("installer", installer("Second"))
    assert renamed["Ids"]["Macro"] == "Second"
    assert account.change_set("a", user(transform="First"))["Status"] == "FAILED"
    assert account.change_set("b", user(transform="Second"))["Status"] == "CREATE_COMPLETE"
    account.delete("installer")
    assert account.change_set("c", user(transform="Second"))["Status"] == "FAILED"


def test_function_of_a_package_sees_only_its_package(emulator: Emulator) -> None:
    code = """
def handler(event, context):
    try:
        import resilient_website
    except ImportError:
        return "own modules only"
    return "the repository's modules"
"""
    lambda_client = emulator.client("lambda", ACCOUNT)
    create_function(lambda_client, "alone", code)
    answer = lambda_client.invoke(FunctionName="alone")["Payload"].read()
    assert json.loads(answer) == "own modules only"
