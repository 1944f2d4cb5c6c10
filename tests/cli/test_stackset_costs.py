"""What `stackset` says about the cost: of a first roll-out, of a change, and nothing where nothing changes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cli.analysis.costs.change import USUAL_TRAFFIC
from cli.analysis.costs.estimate import estimate
from cli.analysis.costs.price_list import price_list
from cli.stackset.costs import cost_text
from cli.stackset.roll_out import Checked
from cli.stackset.state import StackSetState
from tests.cli.requests import ACCOUNTS, REGIONS, request

STACKS = len(ACCOUNTS) * len(REGIONS)
SIZE = {"Size": {"Type": "Number", "Default": 1}}


def template(size: Any) -> dict[str, Any]:
    properties = {"DBInstanceClass": "db.t4g.small", "AllocatedStorage": "20", "MultiAZ": True}
    group = {"MinSize": size, "MaxSize": size, "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Launch"}}}
    launch = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"InstanceType": "t4g.small"}}}
    return {
        "Parameters": SIZE,
        "Resources": {
            "Database": {"Type": "AWS::RDS::DBInstance", "Properties": properties},
            "Group": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": group},
            "Launch": launch,
        },
    }


def dollars(size: int) -> float:
    return estimate(template(size), "us-east-1", {}, price_list(), USUAL_TRAFFIC).total.expected


def text(new: dict[str, Any], old: dict[str, Any] | None, **values: str) -> str | None:
    definition = {"TemplateBody": json.dumps(old), "Parameters": []}
    found = StackSetState(definition, ()) if old is not None else None
    return cost_text(Checked(replace(request(), template=new, parameters=values), ACCOUNTS, found))


def test_first_roll_out_costs_every_stack() -> None:
    found = text(template(2), None)
    assert found is not None
    assert f"0.00 before, {dollars(2):,.2f} after" in found
    assert f"{dollars(2) * STACKS:+,.2f} for {STACKS} in the targets" in found


@pytest.mark.parametrize(("before", "after"), [(2, 3), (3, 2)])
def test_change_costs_the_difference(before: int, after: int) -> None:
    found = text(template(after), template(before))
    assert found is not None
    assert f"{dollars(after) - dollars(before):+,.2f} US dollars a month" in found


def test_no_sum_is_shown_if_a_price_is_missing() -> None:
    old, new = template(2), template(2)
    new["Resources"]["Database"]["Properties"]["DBInstanceClass"] = "db.r8g.48xlarge"
    found = text(new, old)
    assert found is not None
    assert found.startswith("Cost of each stack: no price is known for database db.r8g.48xlarge with a standby. ")
    assert "in the targets" not in found


def test_parameter_counts() -> None:
    sized = template({"Ref": "Size"})
    found = text(sized, sized, Size="4")
    assert found is not None
    assert f"{dollars(4) - dollars(1):+,.2f} US dollars a month" in found


def test_nothing_is_said_where_nothing_changes() -> None:
    assert text(template(2), template(2)) is None
