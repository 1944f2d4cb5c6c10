"""Which half of a site a stack has, and what that changes in the site's properties.

The same template is deployed in both Regions. Each half is a site whose properties differ: sizes, addresses, and what
only one of the two can have.
"""

from dataclasses import replace

from resilient_website.frozen import frozen
from resilient_website.tiers.network import NetworkSpec
from resilient_website.tiers.secondary_region.addresses import block_beside
from resilient_website.tiers.secondary_region.spec import BACKUPS, WARM_STANDBY, SecondaryRegionSpec
from resilient_website.tiers.web_servers import WebServersSpec, sizes


@frozen
class Half:
    """The half of a site in one Region: which one, and whether it is the active one."""

    spec: SecondaryRegionSpec
    is_secondary: bool
    is_active: bool

    @property
    def replicates(self) -> bool:
        """Whether this half's database is a replica of the active one."""
        return not self.is_active and (self.is_secondary or self.spec.replica)

    @property
    def replicates_backups(self) -> bool:
        """Whether RDS replicates the backups of this half's database to the other Region: a replica has none to."""
        return self.spec.mode == BACKUPS and not self.is_secondary and not self.replicates

    @property
    def is_restored(self) -> bool:
        """Whether this half's database is restored from replicated backups."""
        return self.spec.mode == BACKUPS and self.is_secondary

    @property
    def full(self) -> bool:
        """Whether this half has what a pilot light lacks: a cache, and the database's own standby."""
        return self.is_active or self.spec.mode == WARM_STANDBY

    def network(self, spec: NetworkSpec) -> NetworkSpec:
        """Return the half's network: the copy's own VPC has other addresses."""
        if not self.is_secondary or not spec.is_own:
            return spec
        return replace(spec, cidr_block=self.spec.cidr_block or block_beside(spec.cidr_block))

    def web_servers(self, spec: WebServersSpec, zone_count: int, *, with_database: bool) -> WebServersSpec:
        """Return the half's servers: a standby has few or none, and no schedule, but can grow to the full size.

        It has none beside a database that is not a replica: visitors must not write to one that is out of date.
        """
        least, most = sizes(spec, zone_count)
        spec = replace(spec, active_size=spec.desired_capacity or least)
        if self.is_active:
            return spec
        if self.spec.mode == WARM_STANDBY and (self.replicates or not with_database):
            few = min(zone_count, least) if self.spec.min_size is None else self.spec.min_size
            return replace(spec, min_size=few, max_size=most, desired_capacity=None, scheduled_actions=())
        # Without servers, the size must be set: a smaller minimum alone stops none.
        return replace(spec, min_size=0, max_size=most, desired_capacity=0, scheduled_actions=())


def half_in(spec: SecondaryRegionSpec | None, region: str) -> Half | None:
    """Return the half of a site in a Region; None for a site without a copy."""
    if spec is None:
        return None
    is_secondary = region == spec.region
    active = spec.active_region
    return Half(spec, is_secondary, active == spec.region if is_secondary else active != spec.region)
