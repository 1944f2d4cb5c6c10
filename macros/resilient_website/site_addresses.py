"""Checks that the subnets of a site's own VPC have room for its servers and its cache."""

from resilient_website.reading.reader import Reader
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import web_servers
from resilient_website.tiers.network import addresses


def check(site: SiteSpec, path: str, reader: Reader) -> None:
    """Note more servers or cache nodes than the site's own subnets have addresses."""
    if not site.network.is_own:
        return
    rests_on = [f"{path}.Network.CidrBlock", f"{path}.Network.AvailabilityZones"]
    most = web_servers.sizes(site.web_servers, site.network.zone_count)[1]
    room = addresses.for_servers(site.network, internal=site.load_balancer.internal)
    if most > room:
        name = "MinSize" if site.web_servers.max_size is None else "MaxSize"
        found = f"found up to {most} servers, but the web servers' subnets have addresses for {room}"
        fix = f"write a MaxSize of at most {room}, or a larger Network.CidrBlock"
        reader.problem(f"{path}.WebServers.{name}", found, fix, rests_on=rests_on)
    nodes = 0 if site.cache is None else site.cache.node_count
    room = addresses.for_cache(site.network)
    if nodes > room:
        found = f"found {nodes} nodes, but the cache's subnets have addresses for {room}"
        fix = "write fewer nodes, or a larger Network.CidrBlock"
        reader.problem(f"{path}.Cache.NumNodeGroups", found, fix, rests_on=rests_on)
