"""The load balancer has IPv6 addresses if its subnets have them, unless it is internal."""

from typing import Any

import pytest

from tests.expansion.expanded import expand, of_type


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Network": {"Ipv6": True}}, "dualstack"),
        ({"Network": {"Ipv6": False}}, "ipv4"),
        ({"Network": {"Ipv6": True, "WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}, "ipv4"),
    ],
)
def test_load_balancer_has_ipv6_with_its_subnets(properties: dict[str, Any], expected: str) -> None:
    balancers = of_type(expand(properties), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert [balancer.get("IpAddressType") for _, balancer in balancers] == [expected]
