"""How the time of an expansion grows with the number of sites in a template, as numbers and as a chart."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tools.bench.timing import best_of_processor

# A small site, so that many fit into the 500 resources that CloudFormation takes.
SMALL = {
    "Version": 1,
    "Database": False,
    "Network": {
        "VpcId": "vpc-0123456789abcdef0",
        "PublicSubnetIds": ["subnet-0123456789abcdea1", "subnet-0123456789abcdea2"],
    },
    "Monitoring": {"Dashboard": False},
    "Security": {"OriginSecretRotationDays": 0},
    "UpdateProtection": False,
}


@dataclass(frozen=True)
class Point:
    """The resources of a template; processor time of its expansion, and of a JSON round trip of it, in ms."""

    sites: int
    resources: int
    expansion: float
    json: float


def points(runs: int) -> list[Point]:
    """Return a point for 1, 2, 4, 8, ... sites, and for the most that CloudFormation takes."""
    most = next(number for number in count(1) if _resources(number + 1) is None)
    powers = [2**power for power in range(most.bit_length())]
    return [_point(sites, runs) for sites in sorted({*powers, most})]


def _point(sites: int, runs: int) -> Point:
    template = of_sites(sites)
    expansion = expand_template(template, {}, "us-east-1")
    text = json.dumps(expansion)
    times = best_of_processor(
        {
            "expansion": lambda: expand_template(template, {}, "us-east-1"),
            "json": lambda: json.dumps(json.loads(text)),
        },
        runs,
    )
    return Point(sites, len(expansion["Resources"]), times["expansion"], times["json"])


def _resources(sites: int) -> int | None:
    """Return how many resources `sites` sites have; None if CloudFormation allows fewer."""
    try:
        return len(expand_template(of_sites(sites), {}, "us-east-1")["Resources"])
    except InvalidTemplateError:
        return None


def of_sites(sites: int) -> dict[str, Any]:
    """Return a template with this number of small sites."""
    return {
        "Resources": {f"Site{number}": {"Type": "ResilientWebsite", "Properties": SMALL} for number in range(sites)}
    }
