"""All properties of the compact resource."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.reading.collection_types import Anything, MapOf
from resilient_website.reading.properties import Need, PropertyGroup, prop, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import Boolean, Choice
from resilient_website.reading.tag_list import TagList
from resilient_website.reading.version_number import VersionNumber
from resilient_website.reading.versions import OLDEST
from resilient_website.tiers.assets import AssetsSpec
from resilient_website.tiers.cache import CacheSpec
from resilient_website.tiers.database import DatabaseSpec
from resilient_website.tiers.delivery.spec import DeliverySpec
from resilient_website.tiers.dns import HealthCheckSpec
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback.spec import FallbackSpec
from resilient_website.tiers.files import FilesSpec
from resilient_website.tiers.firewall import SecuritySpec
from resilient_website.tiers.load_balancer import LoadBalancerSpec
from resilient_website.tiers.monitoring import MonitoringSpec
from resilient_website.tiers.network import NetworkSpec
from resilient_website.tiers.secondary_region.half import Half
from resilient_website.tiers.secondary_region.spec import SecondaryRegionSpec, StaticOrGroup
from resilient_website.tiers.teardown import TeardownSpec
from resilient_website.tiers.web_servers import WebServersSpec, sizes


@frozen
class TierSpecs(PropertyGroup):
    """The properties of the compact resource, except for domain names."""

    version: int = prop(
        "Version",
        VersionNumber(),
        OLDEST,
        known_at_expansion=True,
        reason="the version of the expansion. Later macros expand a site to the same resources until this is "
        "changed; `init` writes the newest version. When absent, the oldest, so that upgrading the macro changes "
        "nothing",
    )
    front_door: str = prop(
        "FrontDoor",
        Choice(("CloudFront", "LoadBalancer")),
        "CloudFront",
        known_at_expansion=True,
        needs=(Need("DomainName", when=("LoadBalancer",)),),
        maps_to="AWS::CloudFront::Distribution",
        reason="close to visitors, shields the origin, and answers in its place when it fails",
    )
    network: NetworkSpec = prop("Network", Group(NetworkSpec), NetworkSpec(), reason="three zones, dual-stack")
    load_balancer: LoadBalancerSpec = prop(
        "LoadBalancer", Group(LoadBalancerSpec), LoadBalancerSpec(), reason="internet-facing, for CloudFront only"
    )
    web_servers: WebServersSpec = prop(
        "WebServers", Group(WebServersSpec), WebServersSpec(), reason="one server per zone, with the sample application"
    )
    database: DatabaseSpec | None = prop(
        "Database",
        OptionalGroup(DatabaseSpec),
        DatabaseSpec(),
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance",
        reason="most dynamic websites need one",
    )
    cache: CacheSpec | None = prop(
        "Cache",
        OptionalGroup(CacheSpec),
        None,
        known_at_expansion=True,
        maps_to="AWS::ElastiCache::ReplicationGroup, AWS::ElastiCache::CacheCluster",
        reason="off: it pays off for large read volumes",
    )
    files: FilesSpec | None = prop(
        "Files",
        OptionalGroup(FilesSpec),
        None,
        known_at_expansion=True,
        maps_to="AWS::EFS::FileSystem, AWS::EFS::MountTarget, AWS::EFS::AccessPoint",
        reason="off: for applications that store uploads in a folder that all servers share, such as WordPress",
    )
    assets: AssetsSpec = prop("Assets", Group(AssetsSpec), AssetsSpec(), reason="costs nothing until it is used")
    delivery: DeliverySpec = prop(
        "Delivery",
        Group(DeliverySpec),
        DeliverySpec(),
        reason="HTTP/3, IPv6, compression; the application decides what is cached",
    )
    security: SecuritySpec = prop(
        "Security", Group(SecuritySpec), SecuritySpec(), reason="the secret header is rotated; a firewall is optional"
    )
    fallback: FallbackSpec = prop("Fallback", Group(FallbackSpec), FallbackSpec(), reason="a page that fits any site")
    secondary: SecondaryRegionSpec | None = prop(
        "Secondary",
        StaticOrGroup(SecondaryRegionSpec),
        None,
        known_at_expansion=True,
        needs=(Need("DomainName"), Need("Secondary.Region")),
        maps_to="Custom::PrimaryHalf",
        reason="Static: the fallback site is the only secondary. A copy in another Region costs a second database and "
        "load balancer (docs/second-region.md)",
    )
    health_check: HealthCheckSpec = prop(
        "HealthCheck", Group(HealthCheckSpec), HealthCheckSpec(), reason="created when there is a domain"
    )
    monitoring: MonitoringSpec = prop(
        "Monitoring", Group(MonitoringSpec), MonitoringSpec(), reason="a site without monitoring is not resilient"
    )
    drills: bool = prop(
        "Drills",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="AWS::FIS::ExperimentTemplate",
        reason="off: failure experiments are for teams that run them; each stops automatically when visitors see "
        "errors",
    )
    teardown: TeardownSpec = prop(
        "Teardown", Group(TeardownSpec), TeardownSpec(), reason="deleting the stack loses no data"
    )
    update_protection: Value = prop(
        "UpdateProtection",
        Boolean(),
        True,
        maps_to="Custom::UpdateProtection.Enabled",
        reason="an update that would replace or delete a data store, or drop a copy in another Region that is in use, "
        "is refused, and rolled back before it changes a store. To allow it, deploy false first, and then the change",
    )
    tags: Sequence[Mapping[str, Any]] = prop(
        "Tags",
        TagList(Anything("a tag, as in {Key: Team, Value: shop}"), 0, 40),
        (),
        known_at_expansion=True,
        examples=([{"Key": "Department", "Value": "Shop"}],),
        maps_to="*.Tags",
        reason="added to every resource that supports tags",
    )
    overrides: Mapping[str, Any] | None = prop(
        "Overrides",
        MapOf(Anything("CloudFormation properties")),
        None,
        known_at_expansion=True,
        examples=({"Vpc": {"EnableDnsHostnames": False}},),
        maps_to="*",
        reason="merged last into the properties of the resources with these names, for settings that have no "
        "property here",
    )


@frozen
class SiteSpec(TierSpecs):
    """A whole site, read and checked."""

    domain: DomainSpec = field(default_factory=DomainSpec)
    # Which half of a site with a copy in another Region this is; None without a copy.
    half: Half | None = None

    @property
    def is_secondary_half(self) -> bool:
        """Whether this is the copy in the secondary Region."""
        return self.half is not None and self.half.is_secondary

    @property
    def rejoins(self) -> bool:
        """Whether this is the primary half, and its database replicates the copy's."""
        return self.half is not None and not self.is_secondary_half and self.half.replicates and bool(self.database)

    @property
    def awaits_copy(self) -> bool:
        """Whether this is the primary half, and the copy is the active one."""
        return self.copied_to is not None and self.half is not None and not self.half.is_active

    @property
    def copy_answers(self) -> bool:
        """Whether this is the primary half, and the copy is the active one, to which visitors can be led."""
        return self.awaits_copy and (self.selects_origin or not self.behind_vpc_origins)

    @property
    def behind_vpc_origins(self) -> bool:
        """Whether both halves have internal load balancers, which DNS can't lead CloudFront to."""
        return self.half is not None and self.load_balancer.internal

    @property
    def selects_origin(self) -> bool:
        """Whether CloudFront has the VPC origins of both halves, and selects that of the active one."""
        return self.behind_vpc_origins and self.half is not None and self.half.spec.vpc_origin

    @property
    def copied_to(self) -> str | None:
        """The Region of the copy, in the primary half; None in the copy, and without one."""
        return None if self.half is None or self.half.is_secondary else self.half.spec.region

    @property
    def standby_servers(self) -> int:
        """The least number of servers of a half that is not the active one; 0 for the active one, or without a copy."""
        return 0 if self.half is None or self.half.is_active else sizes(self.web_servers, self.network.zone_count)[0]

    @property
    def replicates_backups(self) -> bool:
        """Whether RDS replicates the backups of the database in this half to the other Region."""
        return self.half is not None and self.half.replicates_backups and self.database is not None

    @property
    def behind_cloudfront(self) -> bool:
        """Whether CloudFront is the front door."""
        return self.front_door == "CloudFront"

    @property
    def needs_logs(self) -> bool:
        """Whether anything writes to the logs' bucket."""
        return self.network.has_flow_logs or self.load_balancer.access_logs or self.delivery.access_logs

    @property
    def secondary_api_region(self) -> str | None:
        """The Region of the standby API, if it differs from the site's."""
        return self.fallback.region if self.behind_cloudfront else None

    @property
    def health_check_path(self) -> str:
        """The health check path of the load balancer."""
        return self.web_servers.health_check_path


ALL_PROPERTIES = (*properties(DomainSpec), *properties(TierSpecs))
