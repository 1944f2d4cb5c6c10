"""Addresses of the site's own subnets: how many servers or cache nodes they have room for.

An Auto Scaling group or a cache that needs more can't be created, or stops growing.
"""

import ipaddress

from resilient_website.tiers.network.plan import plan_subnets
from resilient_website.tiers.network.spec import NetworkSpec

# Source: "Subnet sizing for IPv4" in the Amazon VPC User Guide: the first four addresses and the last one.
RESERVED = 5
# Source: "Subnets for your load balancer" in the guide of Application Load Balancers.
FOR_LOAD_BALANCER = 8


def for_servers(network: NetworkSpec, *, internal: bool) -> int:
    """Return the maximum number of servers, which Auto Scaling distributes evenly over the zones.

    Their subnets also hold one address of each interface endpoint, and the load balancer, if it is `internal` or if the
    servers are in the public subnets.
    """
    shared = FOR_LOAD_BALANCER if internal or network.web_subnets == "Public" else 0
    tier = "Public" if network.web_subnets == "Public" else "Web"
    return _in_all_zones(network, tier, shared + len(network.services))


def for_cache(network: NetworkSpec) -> int:
    """Return the maximum number of cache nodes, which ElastiCache distributes evenly over the zones."""
    return _in_all_zones(network, "Cache", 0)


def _in_all_zones(network: NetworkSpec, tier: str, used: int) -> int:
    (subnet, *_) = plan_subnets(network.cidr_block, network.zone_count, (tier,))
    free = ipaddress.IPv4Network(subnet.cidr_block).num_addresses - RESERVED - used
    return max(0, free) * network.zone_count
