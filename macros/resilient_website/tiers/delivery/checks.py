"""Checks of delivery: settings without effect, features that a Region lacks, and invalid countries."""

from resilient_website.cloudformation.intrinsics import Value, is_literal
from resilient_website.facts import regions
from resilient_website.facts.origin_shield import ORIGIN_SHIELD_REGIONS
from resilient_website.problems import first_repeated
from resilient_website.reading.reader import Reader
from resilient_website.tiers.delivery.spec import DeliverySpec, GeoRestrictionSpec

# The countries of the eight Regions of Route 53's default health checkers. It considers a site healthy while more than
# 18 % of the health checkers do, and each Region has an eighth of them. Source: "HealthCheckConfig" in the Amazon Route
# 53 API reference, Regions; "How Amazon Route 53 determines whether a health check is healthy".
COUNTRIES_OF_CHECKERS = ("US", "US", "US", "IE", "SG", "AU", "JP", "BR")
MIN_REGIONS = 2


def check(
    spec: DeliverySpec,
    path: str,
    reader: Reader,
    *,
    behind_cloudfront: bool,
    has_domain: bool,
    idle_timeout: Value,
    has_distribution: bool,
) -> None:
    """Note invalid settings. With `has_domain` there is a health check; `idle_timeout` is the load balancer's.

    `has_distribution`: the distribution belongs to this stack, not to that of another Region.
    """
    if not behind_cloudfront:
        _check_unused(spec, path, reader)
        return
    _check_countries(spec.geo_restriction, f"{path}.GeoRestriction", reader, health_checked=has_domain)
    if has_distribution:
        _check_region(spec, path, reader)
    _check_key_headers(spec, f"{path}.CacheKeyHeaders", reader)
    if "OriginReadTimeout" in spec.given:
        _check_timeout(spec.origin_read_timeout, idle_timeout, f"{path}.OriginReadTimeout", reader)


def _check_region(spec: DeliverySpec, path: str, reader: Reader) -> None:
    """Note what CloudFront can't do for a site in this Region."""
    if spec.access_logs and reader.region in regions.OPT_IN:
        found = f"found true, but CloudFront can't deliver access logs to buckets in {reader.region}"
        reader.problem(
            f"{path}.AccessLogs", found, "leave it out: the load balancer's access log records every dynamic request"
        )
    if spec.origin_shield and reader.region not in ORIGIN_SHIELD_REGIONS:
        found = f"found true, but the macro knows no Origin Shield Region near {reader.region}"
        reader.problem(f"{path}.OriginShield", found, "leave it out")


def _check_key_headers(spec: DeliverySpec, path: str, reader: Reader) -> None:
    """Note headers without caching, and repeated headers."""
    if spec.caching == "Disabled" and "CacheKeyHeaders" in spec.given:
        reader.problem(path, "found, but with Caching: Disabled there is no cache key", "leave it out")
    repeated = first_repeated([str(header).lower() for header in spec.cache_key_headers])
    if repeated is not None:
        reader.problem(path, f"found {repeated} twice: CloudFront accepts each header once", "leave one of them out")


def _check_timeout(timeout: Value, idle_timeout: Value, path: str, reader: Reader) -> None:
    """Note an explicit timeout that exceeds the load balancer's idle timeout."""
    if isinstance(timeout, int) and isinstance(idle_timeout, int) and timeout > idle_timeout:
        why = f"the load balancer closes the connection after {idle_timeout} seconds (LoadBalancer.IdleTimeout)"
        fix = f"write LoadBalancer: {{IdleTimeout: {timeout}}} or more, or a lower value here"
        reader.problem(path, f"found {timeout}, but {why}", fix)


def _check_unused(spec: DeliverySpec, path: str, reader: Reader) -> None:
    """Note settings without effect, since page requests don't pass through CloudFront."""
    for name, given in (
        ("GeoRestriction", spec.geo_restriction.restriction_type != "none"),
        ("OriginShield", spec.origin_shield),
        ("AccessLogs", spec.access_logs),
    ):
        if given:
            found = "found, but with FrontDoor: LoadBalancer, page requests don't pass through CloudFront"
            reader.problem(f"{path}.{name}", found, "leave it out, or write FrontDoor: CloudFront")


def _check_countries(geo: GeoRestrictionSpec, path: str, reader: Reader, *, health_checked: bool) -> None:
    """Check that a geographic restriction has countries, and lets enough of Route 53's health checkers in."""
    where = f"{path}.Locations"
    rests_on = [f"{path}.RestrictionType"]
    if not is_literal(geo.locations):
        return
    if geo.restriction_type == "none" and geo.locations:
        fix = "write RestrictionType: whitelist or blacklist, or leave it out"
        reader.problem(where, "found countries, but RestrictionType is none", fix, rests_on=rests_on)
    elif geo.restriction_type != "none" and not geo.locations:
        fix = "write the countries, as in [DE, US], or RestrictionType: none"
        found = f"found no country, but RestrictionType is {geo.restriction_type}"
        reader.problem(where, found, fix, rests_on=[where])
    elif health_checked and _checkers_let_in(geo) < MIN_REGIONS:
        found = (
            f"found a {geo.restriction_type} that blocks Route 53's health checkers: they send requests from "
            f"{', '.join(dict.fromkeys(COUNTRIES_OF_CHECKERS))}, and the health check would always fail"
        )
        fix = "allow US, or two of the others"
        reader.problem(where, found, fix)


def _checkers_let_in(geo: GeoRestrictionSpec) -> int:
    """Return how many of the Regions can reach the site; all if a country is known only at deployment."""
    named = [country in geo.locations for country in COUNTRIES_OF_CHECKERS]
    if geo.restriction_type == "none" or not all(isinstance(country, str) for country in geo.locations):
        return len(named)
    return sum(named) if geo.restriction_type == "whitelist" else len(named) - sum(named)
