"""The same updates as change sets on the emulator: each replacement that they tell, diff tells too."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.diff.neighbours import PAIRS
from tests.diff.stacks import changes, site
from tests.emulator.endpoint import Emulator
from tests.emulator.stacks import Stacks
from updates.effects import Effect
from updates.resource_schemas import conditions

Json = dict[str, Any]

ACCOUNT = "100000000042"
SAYS = {"True": Effect.REPLACED, "Conditional": Effect.MAY_BE_REPLACED}

# What the emulator calls conditional though AWS does not replace, and why diff knows better.
KNOWN = {
    ("AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate"): "only under AutoScalingReplacingUpdate",
    ("AWS::AutoScaling::AutoScalingGroup", "VPCZoneIdentifier"): "only under AutoScalingReplacingUpdate",
}


@pytest.fixture(scope="module")
def stacks(emulator: Emulator) -> Iterator[Stacks]:
    """An account in which what sites import from the installer is exported: the change sets are never executed."""
    yield Stacks(emulator, ACCOUNT)


def without_imports(template: Json) -> Json:
    """Return the template with the installer's exports written out, so that it needs no installation."""

    def written(node: Any) -> Any:
        if isinstance(node, dict):
            if set(node) == {"Fn::ImportValue"}:
                return f"arn:aws:iam::{ACCOUNT}:role/{node['Fn::ImportValue']}"
            return {key: written(value) for key, value in node.items()}
        return [written(item) for item in node] if isinstance(node, list) else node

    found: Json = written(template)
    return found


def deployable(template: Json) -> Json:
    """Return the template without its custom resources and what refers to them: they are changed in place only."""
    bodies = template["Resources"]
    names = {name for name, body in bodies.items() if body["Type"].startswith("Custom::")}
    while True:
        text = {name: json.dumps(body) for name, body in bodies.items() if name not in names}
        more = {name for name, body in text.items() if any(f'"{gone}"' in body for gone in names)}
        if not more:
            return {**template, "Resources": {name: bodies[name] for name in text}}
        names |= more


def in_the_account(properties: Json) -> Json:
    return deployable(without_imports(site(properties)))


@pytest.mark.parametrize("name", PAIRS)
def test_change_set_tells_no_replacement_that_diff_misses(stacks: Stacks, name: str) -> None:
    old, new = (in_the_account(properties) for properties in PAIRS[name])
    told = changes(old, new)
    stack = "n" + "".join(filter(str.isalnum, name))
    try:
        made = stacks.create(stack, old)
        assert made["StackStatus"] == "CREATE_COMPLETE", made
        change_set = stacks.change_set(stack, new, "UPDATE")
        assert change_set["Status"] == "CREATE_COMPLETE", change_set.get("StatusReason")
        entries = [entry["ResourceChange"] for entry in change_set["Changes"]]
    finally:
        stacks.delete(stack)
    actions = {entry["LogicalResourceId"]: entry["Action"] for entry in entries}
    for action, effect in (("Add", Effect.ADDED), ("Remove", Effect.DELETED)):
        assert {each for each in actions if actions[each] == action} == {
            each for each, change in told.items() if change.effect is effect
        }
    missed = {
        entry["LogicalResourceId"]: sorted(_causes(entry))
        for entry in entries
        if entry["Action"] == "Modify" and _causes(entry) and _said(told, entry) < SAYS[entry["Replacement"]]
    }
    assert missed == {}


def _said(told: Json, entry: Json) -> Effect:
    change = told.get(entry["LogicalResourceId"])
    return change.effect if change else Effect.CHANGED


def _causes(entry: Json) -> set[str]:
    """Return the properties for which the emulator says that the resource is or may be replaced, but for known gaps.

    It counts each attribute of a resource that changes in place as one that may change; identifiers and addresses do
    not. And it takes the schemas' conditional properties at their word, where AWS publishes that they never replace.
    """
    if entry["Replacement"] not in SAYS:
        return set()
    never = conditions(entry["ResourceType"]).get("never", ())
    return {
        detail["Target"]["Name"]
        for detail in entry["Details"]
        if detail["Target"].get("RequiresRecreation", "Never") != "Never"
        and not (detail.get("ChangeSource") == "ResourceAttribute" and detail["Evaluation"] == "Dynamic")
        and (entry["ResourceType"], detail["Target"]["Name"]) not in KNOWN
        and detail["Target"]["Name"] not in never
    }
