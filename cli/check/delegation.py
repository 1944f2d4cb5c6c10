"""Route 53: resolvers query the hosted zone for the site's names, and it can be changed while us-east-1 is down."""

from collections.abc import Iterator
from typing import Any

from cli.analysis.availability.references import referenced_ids
from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check.names import NO_ZONE, name_paths, records_at, within, zone_id
from cli.check.site import Site

ZONE = "AWS::Route53::HostedZone"
# States in which accelerated recovery is enabled or being enabled. Source: HostedZoneFeatures in the Amazon Route 53
# API Reference.
RECOVERED = ("ENABLED", "ENABLING", "ENABLING_HOSTED_ZONE_LOCKED")


def delegated_away(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a name that the zone delegates to other name servers: its records in this zone are never looked up.

    The certificate would never be issued either, since its validation record is not found. Source: "Routing
    traffic for subdomains" in the Amazon Route 53 guide; RFC 1034, section 4.2.1.
    """
    paths = name_paths(site)
    if not paths or made_here(site) is not None:
        return
    answer = aws.find("route53", "get_hosted_zone", missing=NO_ZONE, Id=zone_id(site))
    zone = str(answer["HostedZone"]["Name"]).rstrip(".") if answer else ""
    for name, path in paths.items():
        for above in _between(name, zone):
            if any(record["Type"] == "NS" for record in records_at(site, aws, above)):
                found = (
                    f"the hosted zone of {zone} delegates {above} to other name servers (an NS record): records of "
                    f"{name} in it are never looked up, and no certificate is issued"
                )
                yield error(path, found, f"write the HostedZoneId of the zone of {above}")
                break


def _between(name: str, zone: str) -> Iterator[str]:
    """Yield a name and its parent domains below the zone's own."""
    while zone and within(name, zone) and name != zone:
        yield name
        name = name.partition(".")[2]


def zone_of_the_template(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a zone that the same template creates: it is not queried until the domain is delegated to it.

    Source: "Making Amazon Route 53 the DNS service for a domain"; "DNS validation" in the ACM guide.
    """
    made = made_here(site)
    if made is not None and name_paths(site) and made not in site.stack.resources(aws):
        found = (
            f"the template creates the hosted zone {made} itself: certificates wait until its domain is delegated to it"
        )
        advice = f"first deploy {made} alone, and set its name servers at the domain's registrar; then add the site"
        yield warning(site.at("HostedZoneId"), found, advice)


def made_here(site: Site) -> str | None:
    """Return the logical id of the hosted zone, if the site's own template creates it."""
    value = site.intrinsics.value(site.plain(site.spec.domain.hosted_zone_id))
    return next((each for each in sorted(referenced_ids(value)) if site.type_of(each) == ZONE), None)


def accelerated_recovery(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a public zone without accelerated recovery: its records can't be changed while us-east-1 is down.

    Accelerated recovery is free. Source: "Accelerated recovery for managing public DNS records" in the Amazon Route
    53 guide; GetHostedZone, Features.
    """
    if not name_paths(site) or made_here(site) is not None:
        return
    answer = aws.find("route53", "get_hosted_zone", missing=NO_ZONE, Id=zone_id(site))
    zone: dict[str, Any] = answer["HostedZone"] if answer else {}
    if not zone or zone.get("Config", {}).get("PrivateZone"):
        return
    if zone.get("Features", {}).get("AcceleratedRecoveryStatus") not in RECOVERED:
        found = (
            f"the hosted zone of {zone['Name']} has no accelerated recovery: its records can't be changed while "
            "us-east-1 is impaired"
        )
        advice = "aws route53 update-hosted-zone-features --enable-accelerated-recovery --hosted-zone-id "
        yield warning(site.at("HostedZoneId"), found, advice + zone_id(site))
