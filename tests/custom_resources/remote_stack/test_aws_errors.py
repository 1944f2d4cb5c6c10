"""The function of Custom::RemoteStack as a real process, whose AWS refuses what it asks: always an answer."""

import pytest

from tests.custom_resources.remote_stack.requests import created, old, properties
from tests.custom_resources.remote_stack.resource import THERE, Resource


@pytest.mark.parametrize("code", ["Throttling", "InternalFailure", "ServiceUnavailable"])
def test_trouble_that_goes_away(resource: Resource, code: str) -> None:
    status = ["CreateStack", "DescribeStacks", "UpdateStack", "DeleteStack", "ListStackResources"]
    for operation in status:
        # Once more than botocore asks by itself.
        resource.aws.errors[operation] = [code] * (4 if operation == "CreateStack" else 1)
    stack_id = created(resource)
    resource.succeeds("Update", properties("two"), **old(stack_id))
    resource.succeeds("Delete", properties("two"), **old(stack_id))
    assert not any(resource.aws.errors[operation] for operation in status)
    assert resource.stacks() == {}


def test_right_that_is_not_in_force_yet(resource: Resource) -> None:
    resource.aws.errors["CreateStack"] = ["AccessDenied"] * 2
    created(resource)
    assert not resource.aws.errors["CreateStack"]


@pytest.mark.parametrize("operation", ["DescribeStacks", "CreateStack"])
def test_denied(resource: Resource, operation: str) -> None:
    resource.aws.errors[operation] = ["AccessDenied"] * 100
    answer = resource.fails("Create", properties(), lasts=26)
    resource.aws.errors[operation] = []
    assert answer["Reason"] == f"{THERE}: {operation}: AccessDenied: scripted by the test"
    assert resource.stacks() == {}
    resource.succeeds("Delete", properties(), PhysicalResourceId=answer["PhysicalResourceId"])


def test_region_that_is_not_enabled(resource: Resource) -> None:
    resource.aws.errors["DescribeStacks"] = ["InvalidClientTokenId"]
    answer = resource.fails("Create", properties(region="eu-south-1"))
    assert answer["Reason"] == (
        "eu-south-1: InvalidClientTokenId: enable this Region in the account, or use another Region"
    )


def test_throttled_for_ever(resource: Resource) -> None:
    resource.aws.errors["DescribeStacks"] = ["Throttling"] * 1000
    lasts = 26
    answer = resource.fails("Create", properties(), lasts=lasts)
    assert "DescribeStacks: Throttling" in answer["Reason"]
    assert resource.function.seconds < lasts
