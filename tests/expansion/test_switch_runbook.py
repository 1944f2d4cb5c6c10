"""The runbook of a switch: valid for Systems Manager, its scripts work on AWS's models, and its role allows them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from resilient_website.tiers.secondary_region.automation import (
    DOCUMENT,
    ROLE,
    SCRIPT_SECONDS,
)
from tests.cli.region_state import ACCOUNT, PRIMARY, SECONDARY, STORE_ARN
from tests.cli.switching import switch
from tests.cli.two_regions import World, in_place
from tests.expansion.runbook_template import CONTEXT, VALUES, template
from tools.repository import ROOT

# Source: "Systems Manager Automation actions reference" (AWS Systems Manager User Guide).
ACTIONS = ("aws:executeScript", "aws:executeAwsApi", "aws:waitForAwsResourceProperty", "aws:sleep", "aws:branch")
# Source: "aws:executeScript", Runtime, in the same reference.
RUNTIMES = ("python3.8", "python3.9", "python3.10", "python3.11")


# The IAM actions of the operations that the scripts call.
PERMISSIONS = {
    "DescribeAutoScalingGroups": "autoscaling:DescribeAutoScalingGroups",
    "DescribeDBInstances": "rds:DescribeDBInstances",
    "DescribeTargetHealth": "elasticloadbalancing:DescribeTargetHealth",
    "PromoteReadReplica": "rds:PromoteReadReplica",
    "PutObject": "s3:PutObject",
    "ResumeProcesses": "autoscaling:ResumeProcesses",
    "UpdateAutoScalingGroup": "autoscaling:UpdateAutoScalingGroup",
}


def content(**options: bool) -> dict[str, Any]:
    document: dict[str, Any] = template(**options)["Resources"][CONTEXT.id(DOCUMENT)]["Properties"]
    assert (document["DocumentType"], document["DocumentFormat"]) == ("Automation", "JSON")
    found: dict[str, Any] = document["Content"]
    return found


def handlers(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """Run the steps as Automation does: each script alone, with its InputPayload."""
    for name, value in {
        "AWS_DEFAULT_REGION": SECONDARY,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("time.sleep", world.sleep)
    monkeypatch.setattr("time.monotonic", lambda: world.now.timestamp())  # noqa: PLW0108  # the time changes
    for step in content()["mainSteps"]:
        scope: dict[str, Any] = {}
        exec(compile(step["inputs"]["Script"], step["name"], "exec"), scope)
        payload = {name: VALUES[name] for name in step["inputs"]["InputPayload"]}
        yield step["name"], lambda scope=scope, payload=payload: scope["handler"](payload, {})


def test_runbook_has_the_schema_of_automation() -> None:
    made = content()
    assert made["schemaVersion"] == "0.3"
    assert made["assumeRole"] == {"Fn::GetAtt": [CONTEXT.id(ROLE), "Arn"]}
    assert made["parameters"]["Confirm"]["allowedValues"]
    assert "default" not in made["parameters"]["Confirm"]
    assert [step["name"] for step in made["mainSteps"]] == ["PromoteDatabase", "StartServers", "TurnDns"]
    for step in made["mainSteps"]:
        assert step["action"] in ACTIONS
        assert step["inputs"]["Runtime"] in RUNTIMES
        assert step["timeoutSeconds"] <= SCRIPT_SECONDS
        assert set(step["inputs"]) == {"Runtime", "Handler", "Script", "InputPayload"}


def test_site_without_a_database_has_nothing_to_promote() -> None:
    assert [step["name"] for step in content(with_database=False)["mainSteps"]] == ["StartServers", "TurnDns"]
    role = json.dumps(template(with_database=False)["Resources"][CONTEXT.id(ROLE)])
    assert "rds:" not in role


def test_runbook_behind_vpc_origins_returns_the_command_that_turns_cloudfront() -> None:
    *_, last = content(with_store=True)["mainSteps"]
    assert last["name"] == "HowToTurn"
    assert last["outputs"] == [{"Name": "Command", "Selector": "$.Payload.Command", "Type": "String"}]
    scope: dict[str, Any] = {}
    exec(compile(last["inputs"]["Script"], last["name"], "exec"), scope)
    words = scope["handler"]({"Store": STORE_ARN, "Key": "active", "Region": SECONDARY}, {})["Command"].split()
    assert words[:3] == ["aws", "cloudfront-keyvaluestore", "put-key"]
    given = dict(zip(words[3::2], words[4::2], strict=False))
    assert (given["--kvs-arn"], given["--key"], given["--value"]) == (STORE_ARN, "active", SECONDARY)
    role = json.dumps(template(with_store=True)["Resources"][CONTEXT.id(ROLE)])
    assert "s3:" not in role


@pytest.mark.parametrize("mode", ["PilotLight", "WarmStandby"])
def test_runbook_switches_by_the_target_region_alone(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(mode)
    world.lose(PRIMARY)
    world.sleep(600)
    with in_place(world):
        for _, run in handlers(world, monkeypatch):
            run()
        world.sleep(120)
    assert {region for region, _ in world.calls} == {SECONDARY}
    assert world.status("https://www.example.com/health") == 200
    promoted = world[SECONDARY].database
    assert promoted
    assert promoted.source is None
    # The command finishes what the runbook began.
    assert [result.state for result in switch(world, SECONDARY)] == ["already done"] * 4 + ["done"]


def test_every_step_can_be_repeated_and_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    with in_place(world):
        for _, run in handlers(world, monkeypatch):
            run()
            before = world.state()
            run()
            assert world.state() == before


def test_step_that_takes_too_long_fails_so_that_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    database = world[SECONDARY].database
    assert database
    database.status = "backing-up"
    with in_place(world):
        _, promote = next(handlers(world, monkeypatch))
        with pytest.raises(TimeoutError, match="the database is backing-up: the step is tried again"):
            promote()
        database.status = "available"
        promote()
    assert database.source is None


def test_role_allows_what_the_scripts_call_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    with in_place(world):
        for _, run in handlers(world, monkeypatch):
            run()
    called = {PERMISSIONS[operation] for _, operation in world.calls}
    properties = template()["Resources"][CONTEXT.id(ROLE)]["Properties"]
    (policy,) = properties["Policies"]
    allowed: set[str] = set()
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        allowed |= {actions} if isinstance(actions, str) else {*actions}
        assert statement["Resource"] != "*" or all("Describe" in action for action in actions)
    assert allowed == called
    (trusted,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "ssm.amazonaws.com"}
    assert set(trusted["Condition"]) == {"StringEquals", "ArnLike"}


def test_scripts_are_small_enough() -> None:
    # Source: "Systems Manager service quotas": 64 KB for the content of a document.
    assert len(json.dumps(content()).encode()) < 8_000
    assert ACCOUNT not in json.dumps(content())
    assert (ROOT / "macros/resilient_website/tiers/secondary_region/runbook_scripts").is_dir()
