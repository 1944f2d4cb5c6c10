"""The plan of the subnets: pure arithmetic, stable whatever is added later."""

import ipaddress
from dataclasses import dataclass

# The VPC is cut into 16 equal blocks: four tiers of at most four zones. A zone's blocks never depend on how many zones
# there are, so that adding one moves nothing (a subnet whose CIDR changes is replaced, and its database with it).
MAX_ZONES = 4
TIERS = ("Public", "Web", "Database", "Cache")


@dataclass(frozen=True)
class Subnet:
    """A subnet to be: its tier, its zone's index from 0, its IPv4 block, and the index of its IPv6 block."""

    tier: str
    zone: int
    cidr_block: str
    index: int

    @property
    def suffix(self) -> str:
        """The last part of its logical id, as in `PublicSubnet1`."""
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
