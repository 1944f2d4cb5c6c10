"""What delivery can't be: countries that CloudFront refuses, or that keep the site's own health check out."""

from resilient_website.intrinsics import is_literal
from resilient_website.reader import Reader
from resilient_website.tiers.delivery.spec import DeliverySpec, GeoRestrictionSpec

# The countries of the eight Regions that Route 53 asks from by default. It takes a site for healthy while more than
# 18 % of its checkers do, and one Region has an eighth of them. Source: "HealthCheckConfig" in the Amazon Route 53 API
# reference, Regions; "How Amazon Route 53 determines whether a health check is healthy".
COUNTRIES_OF_CHECKERS = ("US", "US", "US", "IE", "SG", "AU", "JP", "BR")
LEAST_REGIONS = 2


def check(spec: DeliverySpec, path: str, reader: Reader, *, health_checked: bool) -> None:
    """Note restrictions that can't be; `health_checked` is whether Route 53 asks the site through CloudFront."""
    where = f"{path}.GeoRestriction.Locations"
    geo = spec.geo_restriction
    rests_on = [f"{path}.GeoRestriction.RestrictionType"]
    if not is_literal(geo.locations):
        return
    if geo.restriction_type == "none" and geo.locations:
        fix = "write RestrictionType: whitelist or blacklist, or leave it out"
        reader.problem(where, "found countries, but RestrictionType is none", fix, rests_on=rests_on)
    elif geo.restriction_type != "none" and not geo.locations:
        fix = "write the countries, as in [DE, US], or RestrictionType: none"
        reader.problem(where, f"found no country, but RestrictionType is {geo.restriction_type}", fix)
    elif health_checked and _checkers_let_in(geo) < LEAST_REGIONS:
        found = (
            f"found a {geo.restriction_type} that keeps Route 53's health checkers out: they ask from "
            f"{', '.join(dict.fromkeys(COUNTRIES_OF_CHECKERS))}, and would take the site for a failed one for ever"
        )
        fix = "let US in, or two of the others"
        reader.problem(where, found, fix)


def _checkers_let_in(geo: GeoRestrictionSpec) -> int:
    """Return how many of the Regions can reach the site; all where a country is known at deployment only."""
    named = [country in geo.locations for country in COUNTRIES_OF_CHECKERS]
    if geo.restriction_type == "none" or not all(isinstance(country, str) for country in geo.locations):
        return len(named)
    return sum(named) if geo.restriction_type == "whitelist" else len(named) - sum(named)
