"""An existing VPC: its subnets are used unchanged."""

from resilient_website.tiers.network.result import Network
from resilient_website.tiers.network.spec import NetworkSpec


def build(spec: NetworkSpec) -> Network:
    """Return the network with the given ids. Their routes and zones are managed elsewhere."""
    public = spec.public_subnet_ids
    database = spec.database_subnet_ids or spec.cache_subnet_ids
    return Network(
        resources=(),
        vpc_id=spec.vpc_id,
        zone_count=spec.zone_count,
        zones=(),
        dual_stack=spec.dual_stack,
        public_subnets=public,
        web_subnets=spec.web_subnet_ids or public,
        database_subnets=database,
        cache_subnets=spec.cache_subnet_ids or database,
        file_subnets=spec.web_subnet_ids or public,
        internet_ready=(),
        asks_for_addresses=not spec.web_subnet_ids,
        web_ready=(),
    )
