"""The properties of delivery through CloudFront, and their defaults."""

from dataclasses import dataclass
from typing import Any

from resilient_website.reading.countries import Country
from resilient_website.reading.properties import Group, PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Choice, Integer, ListOf, Text

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

# A cache policy takes ten headers, six of which every site has. Source: "Quotas" in the Amazon CloudFront guide.
MAX_KEY_HEADERS = 4

# Headers that no cache key can have, or that every one has; `*` is letters. Accept-Encoding has settings of its own.
# Source: "HTTP request headers and CloudFront behavior (custom and Amazon S3 origins)" in the Amazon CloudFront guide.
NO_KEY_HEADERS = (
    *("Accept-Encoding", "Authorization", "Connection", "Content-Length", "Cookie", "Expect", "Host", "If-*"),
    *("Keep-Alive", "Max-Forwards", "Origin", "Proxy-*", "Range", "TE", "Trailer", "Transfer-Encoding", "Upgrade"),
    *("Via", "X-Amz-*", "X-Edge-*", "X-Forwarded-Proto", "X-HTTP-Method", "X-HTTP-Method-Override"),
    *("X-Method-Override", "X-Real-IP"),
)


def _in_any_case(name: str) -> str:
    """Return a pattern of a header's name in which each letter is either upper or lower case."""
    either = [f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in name]
    return "".join(either).replace("*", "[A-Za-z-]+")


KEY_HEADER = Text(
    "a request header's name, as in Accept-Language; not one that is in the key anyway (Authorization, Cookie, Host, "
    "Origin), nor one of the connection (Accept-Encoding, Range, X-Forwarded-Proto)",
    rf"(?!({'|'.join(map(_in_any_case, NO_KEY_HEADERS))})$)[A-Za-z][A-Za-z0-9-]{{0,63}}",
)


@dataclass(frozen=True)
class GeoRestrictionSpec(PropertyGroup):
    """Who may see the site, by country."""

    restriction_type: str = prop(
        "RestrictionType",
        Choice(("none", "whitelist", "blacklist")),
        "none",
        known_at_expansion=True,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Restrictions.GeoRestriction.RestrictionType",
        reason="everybody",
    )
    locations: tuple[str, ...] = prop(
        "Locations",
        ListOf(Country(), 0, 250),
        (),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Restrictions.GeoRestriction.Locations",
        reason="the countries that are let in (whitelist) or kept out (blacklist)",
    )


@dataclass(frozen=True)
class DeliverySpec(PropertyGroup):
    """The properties and defaults of delivery."""

    caching: str = prop(
        "Caching",
        Choice(("OriginCacheControl", "Disabled")),
        "OriginCacheControl",
        known_at_expansion=True,
        maps_to="AWS::CloudFront::CachePolicy, "
        "AWS::CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.CachePolicyId",
        reason="dynamic pages are kept for as long as the application's own Cache-Control says, and not at all without "
        "one. Each host, query string, set of cookies, Authorization header and CacheKeyHeaders has its own copy; "
        "pages that depend on anything else (the visitor's address, say) need Cache-Control: private. An account has "
        "20 cache policies at first, one a site; Disabled needs none",
    )
    cache_key_headers: tuple[str, ...] = prop(
        "CacheKeyHeaders",
        ListOf(KEY_HEADER, 1, MAX_KEY_HEADERS),
        ("Accept", "Accept-Language"),
        known_at_expansion=True,
        maps_to="AWS::CloudFront::CachePolicy.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin."
        "HeadersConfig.Headers",
        reason="the headers that pages which are cached depend on: what the application names in Vary, as CloudFront "
        "ignores Vary. [Accept], if no page depends on the language: then more of them come from the cache",
    )
    security_headers: bool = prop(
        "SecurityHeaders",
        Boolean(),
        True,
        known_at_expansion=True,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId",
        reason="HSTS, nosniff, frame options and referrer policy, where the application does not set its own",
    )
    minimum_protocol_version: Any = prop(
        "MinimumProtocolVersion",
        Choice(("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")),
        "TLSv1.2_2021",
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.ViewerCertificate.MinimumProtocolVersion",
        reason="what every browser of the last ten years speaks; CloudFront's own name takes no other than its own",
    )
    price_class: Any = prop(
        "PriceClass",
        Choice(("PriceClass_100", "PriceClass_200", "PriceClass_All")),
        "PriceClass_All",
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.PriceClass",
        reason="nearest to every visitor; 100 serves all from North America and Europe, a little cheaper",
    )
    geo_restriction: GeoRestrictionSpec = prop(
        "GeoRestriction",
        Group(GeoRestrictionSpec),
        GeoRestrictionSpec(),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Restrictions",
        reason="everybody may see the site",
    )
    origin_read_timeout: Any = prop(
        "OriginReadTimeout",
        Integer(1, 120),
        30,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Origins.CustomOriginConfig.OriginReadTimeout, "
        "AWS::CloudFront::Distribution.DistributionConfig.Origins.VpcOriginConfig.OriginReadTimeout",
        reason="seconds that CloudFront waits for a page to begin, in each of its ConnectionAttempts: a page that is "
        "read (GET, HEAD) and takes longer runs twice, and the friendly page comes after twice the time. What is "
        "written (POST and others) is tried once. CloudFront's default",
    )
    connection_attempts: Any = prop(
        "ConnectionAttempts",
        Integer(1, 3),
        2,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Origins.ConnectionAttempts",
        reason="one more after an address of the load balancer that does not answer within 5 seconds; CloudFront "
        "repeats reads that outlast OriginReadTimeout, too. 1: an overloaded application gets no request twice, but "
        "one lost connection is enough for the friendly page",
    )
    origin_shield: bool = prop(
        "OriginShield",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Origins.OriginShield.Enabled",
        reason="one more cache in front of the load balancer, paid by the request: for pages that are cached and read "
        "all over the world",
    )
    access_logs: bool = prop(
        "AccessLogs",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="AWS::Logs::Delivery",
        reason="off: the load balancer's log has every dynamic request already, and addresses are personal data",
    )
