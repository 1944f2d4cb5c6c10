"""Reports show no value of a parameter with NoEcho; only conditions look at one."""

from typing import Any

import pytest

from cli.analysis.availability.intrinsics import Intrinsics

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Secret": {"Type": "String", "NoEcho": True}},
    "Conditions": {"Given": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Secret"}, ""]}]}},
}


@pytest.mark.parametrize(
    "value",
    [{"Ref": "Secret"}, {"Fn::Sub": "a ${Secret}"}, {"Fn::Split": [",", {"Ref": "Secret"}]}, [{"Ref": "Secret"}]],
    ids=str,
)
def test_value_is_not_shown(value: Any) -> None:
    shown = str(Intrinsics(TEMPLATE, "us-east-1", {"Secret": "hunter2qx"}).value(value))
    assert "hunter2qx" not in shown
    assert "parameter Secret" in shown


@pytest.mark.parametrize(("given", "exists"), [("hunter2qx", True), ("", False)])
def test_condition_is_judged_by_it(given: str, exists: bool) -> None:
    assert Intrinsics(TEMPLATE, "us-east-1", {"Secret": given}).exists({"Condition": "Given"}) is exists
