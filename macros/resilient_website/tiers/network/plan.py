"""The subnet plan: pure arithmetic, stable when zones or tiers are added."""

import ipaddress

from resilient_website.frozen import frozen

# The VPC is divided into 16 equal blocks: four tiers with at most four zones. A zone's blocks don't depend on the
# number of zones, so that adding one changes no other (a subnet whose CIDR changes is replaced, with its database).
MAX_ZONES = 4
TIERS = ("Public", "Web", "Database", "Cache")


@frozen
class Subnet:
    """A planned subnet: its tier, its zone's index from 0, its IPv4 block, and the index of its IPv6 block."""

    tier: str
    zone: int
    cidr_block: str
    index: int

    @property
    def suffix(self) -> str:
        """The suffix of its logical id, as in `PublicSubnet1`."""
        return f"{self.tier}Subnet{self.zone + 1}"


def plan_subnets(cidr_block: str, zone_count: int, tiers: tuple[str, ...]) -> tuple[Subnet, ...]:
    """Return the subnets of some tiers in every zone, as sixteenths of the VPC.

    The block of a tier and zone is the same whatever `zone_count` and `tiers` are.
    """
    blocks = tuple(ipaddress.IPv4Network(cidr_block).subnets(prefixlen_diff=4))
    return tuple(
        Subnet(tier, zone, str(blocks[MAX_ZONES * row + zone]), MAX_ZONES * row + zone)
        for row, tier in enumerate(TIERS)
        if tier in tiers
        for zone in range(zone_count)
    )
