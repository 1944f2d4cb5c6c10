"""The properties of delivery through CloudFront, and their defaults."""

from typing import Any

from resilient_website.frozen import frozen
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.countries import Country
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_groups import Group
from resilient_website.reading.property_types import Boolean, Choice, Integer, Text

# A cache policy can have ten headers, six of which every site uses. Source: "Quotas" in the Amazon CloudFront guide.
MAX_KEY_HEADERS = 4

# Headers that a cache key can't contain, or always contains; `*` matches letters. Accept-Encoding has its own
# settings. Source: "HTTP request headers and CloudFront behavior (custom and Amazon S3 origins)" in the Amazon
# CloudFront guide.
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
    "the name of a request header, as in Accept-Language; not one that is always in the cache key (Authorization, "
    "Cookie, Host, Origin), nor one that describes the connection (Accept-Encoding, Range, X-Forwarded-Proto)",
    rf"(?!({'|'.join(map(_in_any_case, NO_KEY_HEADERS))})$)[A-Za-z][A-Za-z0-9-]{{0,63}}",
)


@frozen
class GeoRestrictionSpec(PropertyGroup):
    """Access to the site by country."""

    restriction_type: str = prop(
        "RestrictionType",
        Choice(("none", "whitelist", "blacklist")),
        "none",
        known_at_expansion=True,
        needs=(Need("Delivery.GeoRestriction.Locations", when=("whitelist", "blacklist")),),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Restrictions.GeoRestriction.RestrictionType",
        reason="visitors of all countries",
    )
    locations: tuple[str, ...] = prop(
        "Locations",
        ListOf(Country(), 0, 250),
        (),
        examples=(["DE"], ["DE", "US"]),
        needs=(Need("Delivery.GeoRestriction.RestrictionType", values=("whitelist", "blacklist")),),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Restrictions.GeoRestriction.Locations",
        reason="the countries that are allowed (whitelist) or blocked (blacklist)",
    )


@frozen
class DeliverySpec(PropertyGroup):
    """The properties and defaults of delivery."""

    caching: str = prop(
        "Caching",
        Choice(("OriginCacheControl", "Disabled")),
        "OriginCacheControl",
        known_at_expansion=True,
        maps_to="AWS::CloudFront::CachePolicy, "
        "AWS::CloudFront::Distribution.DistributionConfig.DefaultCacheBehavior.CachePolicyId",
        reason="dynamic pages are cached for as long as the application's Cache-Control allows, and not at all "
        "without one. Each combination of host, query string, cookies, Authorization header and CacheKeyHeaders has "
        "its own copy; pages that depend on anything else (such as the visitor's address) need Cache-Control: "
        "private. Each site needs one cache policy, and an account's default quota is 20; Disabled needs none",
    )
    cache_key_headers: tuple[str, ...] = prop(
        "CacheKeyHeaders",
        ListOf(KEY_HEADER, 1, MAX_KEY_HEADERS),
        ("Accept", "Accept-Language"),
        known_at_expansion=True,
        examples=(["Accept-Language"], ["CloudFront-Viewer-Country"]),
        maps_to="AWS::CloudFront::CachePolicy.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin."
        "HeadersConfig.Headers",
        reason="the headers that cached pages depend on: those that the application lists in Vary, since CloudFront "
        "ignores Vary. If no page depends on the language, write [Accept] for a higher cache hit ratio",
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
        needs=(Need("DomainName"),),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.ViewerCertificate.MinimumProtocolVersion",
        reason="supported by every browser of the last ten years; without a domain name, CloudFront's default "
        "policy applies",
    )
    price_class: Any = prop(
        "PriceClass",
        Choice(("PriceClass_100", "PriceClass_200", "PriceClass_All")),
        "PriceClass_All",
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.PriceClass",
        reason="closest to every visitor; 100 serves all visitors from North America and Europe and costs slightly "
        "less",
    )
    geo_restriction: GeoRestrictionSpec = prop(
        "GeoRestriction",
        Group(GeoRestrictionSpec),
        GeoRestrictionSpec(),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Restrictions",
        reason="visitors of all countries have access",
    )
    origin_read_timeout: Any = prop(
        "OriginReadTimeout",
        Integer(1, 120, unit="seconds"),
        30,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Origins.CustomOriginConfig.OriginReadTimeout, "
        "AWS::CloudFront::Distribution.DistributionConfig.Origins.VpcOriginConfig.OriginReadTimeout",
        reason="seconds that CloudFront waits for a response, in each of its ConnectionAttempts: a read (GET, HEAD) "
        "that takes longer runs twice, and the friendly page is shown after twice this time. Writes (POST and "
        "others) are tried once. CloudFront's default",
    )
    connection_attempts: Any = prop(
        "ConnectionAttempts",
        Integer(1, 3),
        2,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Origins.ConnectionAttempts",
        reason="a second attempt if an address of the load balancer does not answer within 5 seconds; CloudFront "
        "also repeats reads that exceed OriginReadTimeout. With 1, an overloaded application never gets a request "
        "twice, but a single lost connection leads to the friendly page",
    )
    origin_shield: bool = prop(
        "OriginShield",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.Origins.OriginShield.Enabled",
        reason="an additional cache in front of the load balancer, charged per request: for cacheable pages with "
        "visitors worldwide",
    )
    access_logs: bool = prop(
        "AccessLogs",
        Boolean(),
        False,
        known_at_expansion=True,
        maps_to="AWS::Logs::Delivery",
        reason="off: the load balancer's access log already records every dynamic request, and addresses are "
        "personal data",
    )
