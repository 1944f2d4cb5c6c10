"""The properties of delivery through CloudFront, and their defaults."""

from dataclasses import dataclass
from typing import Any

from resilient_website.countries import Country
from resilient_website.kinds import Boolean, Choice, Integer, ListOf
from resilient_website.properties import Group, prop

# Where CloudFront has a regional edge cache near each Region. Source: "Use Amazon CloudFront Origin Shield", the table
# of Regions to choose.
ORIGIN_SHIELD_REGIONS = {
    "af-south-1": "eu-west-1",
    "ap-east-1": "ap-southeast-1",
    "ap-northeast-1": "ap-northeast-1",
    "ap-northeast-2": "ap-northeast-2",
    "ap-northeast-3": "ap-northeast-1",
    "ap-south-1": "ap-south-1",
    "ap-southeast-1": "ap-southeast-1",
    "ap-southeast-2": "ap-southeast-2",
    "ca-central-1": "us-east-1",
    "eu-central-1": "eu-central-1",
    "eu-north-1": "eu-west-2",
    "eu-south-1": "eu-central-1",
    "eu-west-1": "eu-west-1",
    "eu-west-2": "eu-west-2",
    "eu-west-3": "eu-west-2",
    "me-south-1": "ap-south-1",
    "sa-east-1": "sa-east-1",
    "us-east-1": "us-east-1",
    "us-east-2": "us-east-2",
    "us-west-1": "us-west-2",
    "us-west-2": "us-west-2",
}


@dataclass(frozen=True)
class GeoRestrictionSpec:
    """Who may see the site, by country."""

    restriction_type: str = prop(
        "RestrictionType",
        Choice(("none", "whitelist", "blacklist")),
        "none",
        structural=True,
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.Restrictions.GeoRestriction.RestrictionType",
        reason="everybody",
    )
    locations: tuple[str, ...] = prop(
        "Locations",
        ListOf(Country(), 0, 250),
        (),
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.Restrictions.GeoRestriction.Locations",
        reason="the countries that are let in (whitelist) or kept out (blacklist)",
    )


@dataclass(frozen=True)
class DeliverySpec:
    """The properties and defaults of delivery."""

    caching: str = prop(
        "Caching",
        Choice(("OriginCacheControl", "Disabled")),
        "OriginCacheControl",
        structural=True,
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.CachePolicyId",
        reason="dynamic pages are kept for as long as the application's own Cache-Control says, and not at all without "
        "one; host, cookies and query string are part of the key, so that nobody sees somebody else's page",
    )
    security_headers: bool = prop(
        "SecurityHeaders",
        Boolean(),
        True,
        structural=True,
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId",
        reason="HSTS, nosniff, frame options and referrer policy, where the application does not set its own",
    )
    minimum_protocol_version: Any = prop(
        "MinimumProtocolVersion",
        Choice(("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")),
        "TLSv1.2_2021",
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.ViewerCertificate.MinimumProtocolVersion",
        reason="what every browser of the last ten years speaks; CloudFront's own name takes no other than its own",
    )
    price_class: Any = prop(
        "PriceClass",
        Choice(("PriceClass_100", "PriceClass_200", "PriceClass_All")),
        "PriceClass_All",
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.PriceClass",
        reason="nearest to every visitor; 100 serves all from North America and Europe, a little cheaper",
    )
    geo_restriction: GeoRestrictionSpec = prop(
        "GeoRestriction",
        Group(GeoRestrictionSpec),
        GeoRestrictionSpec(),
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.Restrictions",
        reason="everybody may see the site",
    )
    origin_read_timeout: Any = prop(
        "OriginReadTimeout",
        Integer(1, 120),
        30,
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.Origins.CustomOriginConfig.OriginReadTimeout, "
        "AWS::CloudFront::Distribution.DistributionConfig.Origins.VpcOriginConfig.OriginReadTimeout",
        reason="seconds that a page may take before the visitor gets the friendly page; CloudFront's default",
    )
    origin_shield: bool = prop(
        "OriginShield",
        Boolean(),
        False,
        structural=True,
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.Origins.OriginShield.Enabled",
        reason="one more cache in front of the load balancer, paid by the request: for pages that are cached and read "
        "all over the world",
    )
    access_logs: bool = prop(
        "AccessLogs",
        Boolean(),
        False,
        structural=True,
        lands_on="AWS::Logs::Delivery",
        reason="off: the load balancer's log has every dynamic request already, and addresses are personal data",
    )
