"""The resources of stacks in other Regions are read with the values that other stacks give them."""

import json
from typing import Any

from cli.analysis.availability import resources

REGIONS = ("eu-west-1", "eu-west-2", "eu-west-3")


def stack(region: str, name: str, parameter: object) -> dict[str, Any]:
    """Return a stack in another Region whose output is a text of its own and its parameter's value."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": f"{name} after ${{Before}}"}}}
    output = {"Value": {"Fn::Sub": f"{name} after ${{Before}}"}}
    body = {"Resources": {f"Topic{name}": topic}, "Outputs": {"Text": output}}
    given = {"Region": region, "TemplateBody": json.dumps(body), "Parameters": {"Before": parameter}}
    return {"Type": "Custom::RemoteStack", "Properties": given}


def test_value_goes_through_a_chain_of_stacks() -> None:
    """The stacks are in the order in which none can be resolved before those that follow it."""
    template = {
        "Resources": {
            "Own": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::GetAtt": ["C", "Text"]}}},
            "C": stack(REGIONS[2], "third", {"Fn::GetAtt": ["B", "Text"]}),
            "B": stack(REGIONS[1], "second", {"Fn::GetAtt": ["A", "Text"]}),
            "A": stack(REGIONS[0], "first", "nothing"),
        }
    }
    made = resources.read(template, "us-east-1", {})
    shown = {name: each.properties.text("DisplayName") for name, each in made.held.items()}
    assert shown == {
        "Own": "third after second after first after nothing",
        "Topicthird": "third after second after first after nothing",
        "Topicsecond": "second after first after nothing",
        "Topicfirst": "first after nothing",
    }
    assert made.other_regions == dict(zip(("Topicthird", "Topicsecond", "Topicfirst"), reversed(REGIONS), strict=True))
