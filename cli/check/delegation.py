"""Route 53: the hosted zone is asked by resolvers for the site's names, and stays in our hands when us-east-1 fails."""

from collections.abc import Iterator
from typing import Any

from cli.analysis.availability.references import referenced_ids
from cli.check.aws import Aws
from cli.check.findings import CheckResult, error, warning
from cli.check.names import NO_ZONE, name_paths, records_at, within, zone_id
from cli.check.site import Site

ZONE = "AWS::Route53::HostedZone"
# States in which accelerated recovery is there, or about to be. Source: HostedZoneFeatures in the Amazon Route 53 API
# Reference.
RECOVERED = ("ENABLED", "ENABLING", "ENABLING_HOSTED_ZONE_LOCKED")


def delegated_away(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Tell of a name that the zone itself hands over to other name servers: nobody would see records of it here.

    The certificate would never be issued, since its record is not seen either. Source: "Routing traffic for subdomains"
    in the Amazon Route 53 guide; RFC 1034, section 4.2.1.
    """
    paths = name_paths(site)
    if not paths or made_here(site) is not None:
        return
    told = aws.find("route53", "get_hosted_zone", missing=NO_ZONE, Id=zone_id(site))
    zone = str(told["HostedZone"]["Name"]).rstrip(".") if told else ""
    for name, path in paths.items():
        for above in _between(name, zone):
            if any(record["Type"] == "NS" for record in records_at(site, aws, above)):
                found = f"the hosted zone of {zone} hands {above} over to other name servers (an NS record), so nobody "
                found += f"sees records of {name} in it, and no certificate is issued"
                yield error(path, found, f"write the HostedZoneId of the zone of {above}")
                break


def _between(name: str, zone: str) -> Iterator[str]:
    """Yield a name and the domains above it, as far as they are below the zone's own."""
    while zone and within(name, zone) and name != zone:
        yield name
        name = name.partition(".")[2]


def zone_of_the_template(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a zone that the same template makes: nobody asks it before somebody delegates the domain to it.

    Source: "Making Amazon Route 53 the DNS service for a domain"; "DNS validation" in the ACM guide.
    """
    made = made_here(site)
    if made is not None and name_paths(site) and made not in site.stack.resources(aws):
        found = (
            f"the template makes the hosted zone {made} itself: certificates wait until its domain is delegated to it"
        )
        advice = (
            f"deploy {made} alone first, and enter its name servers where the domain is registered; then add the site"
        )
        yield warning(site.at("HostedZoneId"), found, advice)


def made_here(site: Site) -> str | None:
    """Return the logical id of the hosted zone, if the site's own template makes it."""
    value = site.intrinsics.value(site.plain(site.spec.domain.hosted_zone_id))
    return next((each for each in sorted(referenced_ids(value)) if site.type_of(each) == ZONE), None)


def accelerated_recovery(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a public zone whose records nobody can change while Route 53's control plane in us-east-1 is down.

    It costs nothing. Source: "Accelerated recovery for managing public DNS records" in the Amazon Route 53 guide;
    GetHostedZone, Features.
    """
    if not name_paths(site) or made_here(site) is not None:
        return
    told = aws.find("route53", "get_hosted_zone", missing=NO_ZONE, Id=zone_id(site))
    zone: dict[str, Any] = told["HostedZone"] if told else {}
    if not zone or zone.get("Config", {}).get("PrivateZone"):
        return
    if zone.get("Features", {}).get("AcceleratedRecoveryStatus") not in RECOVERED:
        found = f"the hosted zone of {zone['Name']} has no accelerated recovery: its records can't be changed while "
        found += "us-east-1 is impaired"
        advice = "aws route53 update-hosted-zone-features --enable-accelerated-recovery --hosted-zone-id "
        yield warning(site.at("HostedZoneId"), found, advice + zone_id(site))
