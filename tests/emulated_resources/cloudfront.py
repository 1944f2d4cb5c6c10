"""CloudFront: VPC origins."""

from typing import Any

from tests.emulated_resources.case import Case, Client, ref
from tests.emulated_resources.surroundings import BALANCER


def vpc_origin(client: Client, origin_id: str) -> Any:
    found = client("cloudfront").list_vpc_origins()["VpcOriginList"].get("Items", [])
    return [entry for entry in found if entry["Id"] == origin_id]


CASES = [
    Case(
        "AWS::CloudFront::VpcOrigin",
        {
            "VpcOriginEndpointConfig": {
                "Arn": ref("Balancer"),
                "Name": "origin",
                "HTTPPort": "80",
                "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
            }
        },
        vpc_origin,
        {"VpcOriginEndpointConfig": {"Arn": ref("Balancer"), "Name": "other", "OriginProtocolPolicy": "http-only"}},
        around=BALANCER,
        attributes=("Id", "Arn", "Status"),
    ),
]
