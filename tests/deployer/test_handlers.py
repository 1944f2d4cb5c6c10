"""The actions of each type: the schemas have them for all that sites are made of; no correction is idle."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from cli.analysis.updates.resource_schemas import handler_permissions, require
from cli.analysis.updates.stack import Resource, Stack, stack
from cli.deployer_policy.handlers import HANDLERS, actions, listed_actions, matches, rows
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tests.deployer.authorization import is_action
from tests.expansion.expanded import expand
from tests.expansion.random_sites import SITES
from tools.repository import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def resource(kind: str, **properties: Any) -> Resource:
    return Resource("It", kind, properties, {})


def problems(resources: Stack) -> Iterator[str]:
    for name, each in resources.items():
        found = actions(each)
        if found is None or not (found or each.type.startswith("Custom::")):
            yield f"{name} ({each.type}): no handler says anything"
        for action in found or ():
            if not is_action(action):
                yield f"{name} ({each.type}): {action} is no action"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_resource_of_the_examples_has_actions_that_exist(path: Any) -> None:
    template = read_template(path)
    values = parameter_values(template, {})
    expanded = expand_template(template, values, "us-east-1")
    assert not list(problems(stack(expanded, "us-east-1", values)))


@given(SITES)
def test_every_resource_of_any_site_has_actions_that_exist(site: dict[str, Any]) -> None:
    assert not list(problems(stack({"Resources": expand(site)}, "us-east-1", {})))


def test_actions_are_those_of_all_handlers_that_a_stack_uses() -> None:
    kind = "AWS::EC2::Route"
    handlers = handler_permissions(kind)
    assert set(actions(resource(kind)) or ()) == {action for name in HANDLERS for action in handlers[name]}


def test_a_type_without_handlers_is_said_to_be_unknown() -> None:
    assert actions(resource("AWS::DAX::Cluster")) is None
    assert actions(resource("Somebody::Elses::Type")) is None
    assert actions(resource("Custom::Thing")) == frozenset()
    assert actions(resource("AWS::CloudFormation::WaitConditionHandle")) == frozenset()


def test_what_only_some_properties_take_is_granted_with_them_only() -> None:
    kind = "AWS::Lambda::Function"
    inline, packed = resource(kind, Code={"ZipFile": "x"}), resource(kind, Code={"S3Bucket": "b", "S3Key": "k"})
    assert "s3:GetObject" not in (actions(inline) or ())
    assert "s3:GetObject" in (actions(packed) or ())
    # Whatever an intrinsic function gives may have it.
    assert "s3:GetObject" in (actions(resource(kind, Code="⟨?Fn::Transform⟩")) or ())


def test_no_password_of_a_server_and_no_parameter_of_the_account_is_readable_for_a_group_of_servers() -> None:
    found = actions(resource("AWS::AutoScaling::AutoScalingGroup")) or frozenset()
    assert {"autoscaling:CreateAutoScalingGroup", "ec2:RunInstances"} < found
    assert not matches("ec2:GetPasswordData", found)
    assert not matches("ssm:GetParameter", found)


@pytest.mark.parametrize("row", rows("left_out"), ids=lambda row: str(row["actions"][0]))
def test_what_is_left_out_is_in_the_schemas_and_has_a_reason(row: dict[str, Any]) -> None:
    kinds = row.get("types") or [
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::Backup::BackupVault",
        "AWS::CloudFront::Distribution",
        "AWS::Logs::DeliverySource",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::WAFv2::WebACL",
    ]
    listed = {action for kind in kinds for action in listed_actions(kind) or ()}
    for pattern in row["actions"]:
        assert any(matches(action, [pattern]) for action in listed), f"{pattern} is in no handler any more"
    assert len(row["reason"]) > 60


@pytest.mark.parametrize("row", rows("only_with"), ids=lambda row: f"{row['type']}-{row['actions'][0]}")
def test_what_only_some_properties_take_is_in_the_schemas(row: dict[str, Any]) -> None:
    for pattern in row["actions"]:
        assert any(matches(action, [pattern]) for action in listed_actions(row["type"]) or ()), (
            f"{pattern} is in no handler"
        )
    for path in row["properties"]:
        require(row["type"], tuple(path.split(".")))


@pytest.mark.parametrize("row", rows("added"), ids=lambda row: str(row["type"]))
def test_what_is_added_exists_and_is_not_in_the_schema_itself(row: dict[str, Any]) -> None:
    assert all(map(is_action, row["actions"]))
    assert not set(row["actions"]) & (listed_actions(row["type"]) or set())
