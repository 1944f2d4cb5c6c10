"""Checks that the subnets of a site's own VPC have room for its servers and its cache."""

from dataclasses import replace

from resilient_website.reading.reader import Reader
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import web_servers
from resilient_website.tiers.network import NetworkSpec, addresses


def check(site: SiteSpec, path: str, reader: Reader) -> None:
    """Note more servers or cache nodes than the site's own subnets have addresses, in either Region of a copy."""
    if not site.network.is_own:
        return
    _check_network(site, site.network, "Network.CidrBlock", path, reader)
    if site.secondary is not None and site.secondary.cidr_block is not None:
        copied = replace(site.network, cidr_block=site.secondary.cidr_block)
        _check_network(site, copied, "Secondary.CidrBlock", path, reader)


def _check_network(site: SiteSpec, network: NetworkSpec, block: str, path: str, reader: Reader) -> None:
    """Check one VPC; `block` is the property that gives its size."""
    rests_on = [f"{path}.{block}", f"{path}.Network.AvailabilityZones"]
    most = web_servers.sizes(site.web_servers, network.zone_count)[1]
    room = addresses.for_servers(network, internal=site.load_balancer.internal)
    if most > room:
        name = "MinSize" if site.web_servers.max_size is None else "MaxSize"
        found = f"found up to {most} servers, but the web servers' subnets have addresses for {room}"
        fewer = f"a MaxSize of at most {room}" if room > network.zone_count else "fewer Network.EndpointServices"
        fix = f"write {fewer}, or a larger {block}"
        reader.problem(f"{path}.WebServers.{name}", found, fix, rests_on=rests_on)
    nodes = 0 if site.cache is None else site.cache.node_count
    room = addresses.for_cache(network)
    if nodes > room:
        found = f"found {nodes} nodes, but the cache's subnets have addresses for {room}"
        fix = f"write fewer nodes, or a larger {block}"
        reader.problem(f"{path}.Cache.NumNodeGroups", found, fix, rests_on=rests_on)
