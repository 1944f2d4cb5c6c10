"""What a site expands to, and what the laws of the architecture look up in it."""

import json
from collections.abc import Iterator
from typing import Any

from resilient_website.expand import expand_template
from tests.expansion.random_sites import in_template

Resources = dict[str, dict[str, Any]]


def expand(properties: dict[str, Any], region: str = "us-east-1") -> Resources:
    resources: Resources = expand_template(in_template(properties), {}, region)["Resources"]
    return resources


def of_type(resources: Resources, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, body in resources.items():
        if body["Type"] == kind:
            yield name, body["Properties"]


def everywhere(resources: Resources) -> Iterator[Resources]:
    """Yield the site's resources, and those of its stacks in other Regions."""
    yield resources
    for _, stack in of_type(resources, "Custom::RemoteStack"):
        yield json.loads(stack["TemplateBody"])["Resources"]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def group_id(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "GroupId"]}


def zones(properties: dict[str, Any]) -> int:
    network = properties.get("Network", {})
    count: int = len(network["PublicSubnetIds"]) if "VpcId" in network else network.get("AvailabilityZones", 3)
    return count


def own_vpc(properties: dict[str, Any]) -> bool:
    return "VpcId" not in properties.get("Network", {})
