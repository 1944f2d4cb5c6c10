"""The compact resource's properties, all of them, and the combinations that can't work."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from resilient_website import domain, teardown
from resilient_website.domain import DomainSpec
from resilient_website.intrinsics import Value
from resilient_website.kinds import Anything, Boolean, Choice, ListOf, MapOf, Reader
from resilient_website.problems import known_names
from resilient_website.properties import EMPTY, Group, Switch, prop, properties, read_group, resolve
from resilient_website.teardown import TeardownSpec
from resilient_website.tiers import cache, database, fallback, firewall, load_balancer, monitoring, network, web_servers
from resilient_website.tiers.assets import AssetsSpec
from resilient_website.tiers.cache import CacheSpec
from resilient_website.tiers.database import DatabaseSpec
from resilient_website.tiers.delivery.spec import DeliverySpec
from resilient_website.tiers.dns import HealthCheckSpec
from resilient_website.tiers.fallback import FallbackSpec
from resilient_website.tiers.firewall import SecuritySpec
from resilient_website.tiers.load_balancer import LoadBalancerSpec
from resilient_website.tiers.monitoring import MonitoringSpec
from resilient_website.tiers.network import NetworkSpec
from resilient_website.tiers.web_servers import WebServersSpec
from resilient_website.version_number import VersionNumber
from resilient_website.versions import OLDEST


@dataclass(frozen=True)
class TierSpecs:
    """The properties of the compact resource, but for those of its names."""

    version: int = prop(
        "Version",
        VersionNumber(),
        OLDEST,
        structural=True,
        reason="of the expansion. A site expands to the same resources under every later macro until this is changed; "
        "`init` writes the newest. Without it the oldest, so that an upgrade of the macro changes nothing",
    )
    front_door: str = prop(
        "FrontDoor",
        Choice(("CloudFront", "LoadBalancer")),
        "CloudFront",
        structural=True,
        lands_on="AWS::CloudFront::Distribution",
        reason="nearest to visitors, shields the origin, and answers for it when it fails",
    )
    network: NetworkSpec = prop("Network", Group(NetworkSpec), NetworkSpec(), reason="three zones, dual stack")
    load_balancer: LoadBalancerSpec = prop(
        "LoadBalancer", Group(LoadBalancerSpec), LoadBalancerSpec(), reason="internet-facing, for CloudFront only"
    )
    web_servers: WebServersSpec = prop(
        "WebServers", Group(WebServersSpec), WebServersSpec(), reason="one server a zone, the sample application"
    )
    database: DatabaseSpec | None = prop(
        "Database",
        Switch(DatabaseSpec),
        DatabaseSpec(),
        structural=True,
        lands_on="AWS::RDS::DBInstance",
        reason="most dynamic websites have one",
    )
    cache: CacheSpec | None = prop(
        "Cache",
        Switch(CacheSpec),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::ReplicationGroup, AWS::ElastiCache::CacheCluster",
        reason="off: it pays from large read volumes on",
    )
    assets: AssetsSpec = prop("Assets", Group(AssetsSpec), AssetsSpec(), reason="costs nothing until it is used")
    delivery: DeliverySpec = prop(
        "Delivery",
        Group(DeliverySpec),
        DeliverySpec(),
        reason="HTTP/3, IPv6, compression; what is cached is the app's say",
    )
    security: SecuritySpec = prop(
        "Security", Group(SecuritySpec), SecuritySpec(), reason="the secret header is rotated; a firewall is a choice"
    )
    fallback: FallbackSpec = prop("Fallback", Group(FallbackSpec), FallbackSpec(), reason="a page that fits any site")
    health_check: HealthCheckSpec = prop(
        "HealthCheck", Group(HealthCheckSpec), HealthCheckSpec(), reason="made when there is a domain"
    )
    monitoring: MonitoringSpec = prop(
        "Monitoring", Group(MonitoringSpec), MonitoringSpec(), reason="a site that nobody watches is not resilient"
    )
    drills: bool = prop(
        "Drills",
        Boolean(),
        False,
        structural=True,
        lands_on="AWS::FIS::ExperimentTemplate",
        reason="off: experiments that break things on purpose are for teams that run them; each ends by itself when "
        "visitors see errors",
    )
    teardown: TeardownSpec = prop(
        "Teardown", Group(TeardownSpec), TeardownSpec(), reason="nothing is lost with a stack that somebody deletes"
    )
    update_protection: Value = prop(
        "UpdateProtection",
        Boolean(),
        True,
        lands_on="Custom::UpdateProtection.Enabled",
        reason="an update that would replace or delete a store is refused, and rolled back before it touches one. When "
        "it is meant: false in one update, and the change in the next",
    )
    tags: Sequence[Mapping[str, Any]] = prop(
        "Tags",
        ListOf(Anything("{Key, Value}"), 0, 40),
        (),
        structural=True,
        lands_on="*.Tags",
        reason="put on every resource that can carry tags",
    )
    overrides: Mapping[str, Any] | None = prop(
        "Overrides",
        MapOf(Anything("properties of CloudFormation")),
        None,
        lands_on="*",
        reason="merged last into the properties of the resources that their names name, for what has no property here",
    )


@dataclass(frozen=True)
class SiteSpec(TierSpecs):
    """A whole site, read and checked."""

    domain: DomainSpec = field(default_factory=DomainSpec)

    @property
    def behind_cloudfront(self) -> bool:
        """Whether CloudFront is the front door."""
        return self.front_door == "CloudFront"

    @property
    def needs_logs(self) -> bool:
        """Whether something writes into the logs' bucket."""
        return self.network.has_flow_logs or self.load_balancer.access_logs or self.delivery.access_logs

    @property
    def secondary_api_region(self) -> str | None:
        """The Region of the API that stands by, if it is another than the site's."""
        return self.fallback.region if self.behind_cloudfront else None

    @property
    def health_check_path(self) -> str:
        """The path that the load balancer asks."""
        return self.web_servers.health_check_path


ALL_PROPERTIES = (*properties(DomainSpec), *properties(TierSpecs))


def read(value: object, path: str, reader: Reader) -> SiteSpec:
    """Return the site that the compact resource's properties describe; every problem goes to `reader`."""
    if not isinstance(value, Mapping):
        reader.problem(path, "found no map", "write a map of properties, or leave Properties out")
        return SiteSpec()
    value = {name: item for name, item in value.items() if name != "ServiceToken"}
    known = {row.name for row in ALL_PROPERTIES}
    for name in value:
        if name not in known:
            reader.problem(f"{path}.{name}", "unknown property", known_names(str(name), known))
    reader = replace(reader, version=_version(value, path, reader))
    of_domain = {row.name for row in properties(DomainSpec)}
    names = read_group(DomainSpec, {k: v for k, v in value.items() if k in of_domain}, path, reader)
    tiers = read_group(TierSpecs, {k: v for k, v in value.items() if k in known - of_domain}, path, reader)
    site = SiteSpec(domain=names, **{f.name: getattr(tiers, f.name) for f in fields(TierSpecs)})
    check(site, path, reader)
    return site


def _version(value: Mapping[str, Any], path: str, reader: Reader) -> int:
    """Return the version of the expansion that a site names, ahead of all that it decides."""
    given = resolve(value["Version"], f"{path}.Version", reader) if "Version" in value else MISSING
    if given is MISSING or given in EMPTY:
        return OLDEST
    return VersionNumber().read(given, f"{path}.Version", reader) or OLDEST


def check(site: SiteSpec, path: str, reader: Reader) -> None:
    """Note every combination of properties that can't work."""
    domain.check(site.domain, path, reader)
    needs_private = site.database is not None or site.cache is not None
    network.check(site.network, f"{path}.Network", reader, needs_private_subnets=needs_private)
    load_balancer.check(
        site.load_balancer,
        f"{path}.LoadBalancer",
        reader,
        behind_cloudfront=site.behind_cloudfront,
        has_domain=site.domain.domain_name is not None,
        private_subnets=site.network.web_subnets == "Private" or bool(site.network.web_subnet_ids),
    )
    web_servers.check(site.web_servers, site.network.zone_count, f"{path}.WebServers", reader)
    if site.database:
        database.check(site.database, f"{path}.Database", reader)
    if site.cache:
        cache.check(site.cache, f"{path}.Cache", reader)
        teardown.check(site.teardown, f"{path}.Teardown", reader, snapshots=not site.cache.is_memcached)
    fallback.check(
        site.fallback,
        f"{path}.Fallback",
        reader,
        domain_name=site.domain.domain_name,
        behind_cloudfront=site.behind_cloudfront,
    )
    firewall.check(site.security, f"{path}.Security", reader, behind_cloudfront=site.behind_cloudfront)
    monitoring.check(site.monitoring, f"{path}.Monitoring", reader)
    if not site.behind_cloudfront and not site.domain.domain_name:
        reader.problem(
            f"{path}.FrontDoor",
            "found LoadBalancer without DomainName: a load balancer has no certificate for its own name",
            "write DomainName and HostedZoneId, or FrontDoor: CloudFront",
        )
    if site.drills and not site.network.is_own:
        reader.problem(
            f"{path}.Drills",
            "found with a VPC of yours, whose subnets' zones are not known here",
            "leave it out, and write the experiments for your own zones",
        )
    for index, tag in enumerate(site.tags):
        _check_tag(tag, f"{path}.Tags[{index}]", reader)


def _check_tag(tag: Mapping[str, Value], path: str, reader: Reader) -> None:
    if not isinstance(tag, Mapping) or set(tag) != {"Key", "Value"} or not isinstance(tag["Key"], str):
        reader.problem(path, f"found {tag!r}", "write {Key: a string, Value: a string}")
