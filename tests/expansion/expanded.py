"""What a site expands to, and what the laws of the architecture look up in it."""

import json
import marshal
import zlib
from collections.abc import Iterator
from typing import Any

from resilient_website.expand import expand_template
from tests.expansion.random_sites import in_template
from tests.kept import kept
from tests.kept_by_run import kept_by_run

Resources = dict[str, dict[str, Any]]


def expand(properties: dict[str, Any], region: str = "us-east-1") -> Resources:
    """Return the resources that a site with these properties expands to: new ones each time."""
    resources: Resources = expanded_template(properties, region)["Resources"]
    return resources


def expanded_template(properties: dict[str, Any], region: str = "us-east-1") -> dict[str, Any]:
    """Return the template that a site with these properties expands to: a new one each time."""
    template: dict[str, Any] = marshal.loads(zlib.decompress(_expanded(properties, region)))
    return template


@kept(4096)
def _expanded(properties: dict[str, Any], region: str) -> bytes:
    """Return an expansion, compressed. Kept: the laws share their sites, in all workers of a run."""

    def compressed() -> bytes:
        template = expand_template(in_template(properties), {}, region)
        # Written and read faster than JSON. Of version 2, in which no part is the same object as another one.
        return zlib.compress(marshal.dumps(template, 2), level=1)

    return kept_by_run(json.dumps(["expansion", properties, region]), compressed)


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
