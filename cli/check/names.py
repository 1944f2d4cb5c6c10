"""Route 53: the hosted zone fits the names, they are free, and CAA records allow Amazon to issue certificates."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Unavailable, error
from cli.check.site import Site

NO_ZONE = ("NoSuchHostedZone",)

# Records that conflict with ours at the same name: A and AAAA, or a CNAME, which excludes any other record.
# Source: "Restriction" of CNAME in "Supported DNS record types", and ChangeResourceRecordSets in the Route 53 API.
TAKEN_BY = ("A", "AAAA", "CNAME")

# The values of a CAA record that allow ACM to issue. Source: "Configure a CAA record" in the ACM guide.
AMAZONS_AUTHORITIES = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")


def name_paths(site: Site) -> dict[str, str]:
    """Return each of the site's names with its path; none for a site without a domain."""
    places = ["DomainName", *(f"AlternateDomainNames[{n}]" for n in range(len(site.spec.domain.names)))]
    return {name: site.at(place) for name, place in zip(site.spec.domain.names, places, strict=False)}


def hosted_zone(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a zone that does not exist, is private, or belongs to another domain. Source: GetHostedZone."""
    names = name_paths(site)
    if not names:
        return
    path, known = site.at("HostedZoneId"), zone_id(site)
    answer = aws.find("route53", "get_hosted_zone", missing=NO_ZONE, Id=known)
    if answer is None:
        yield error(path, f"this account has no hosted zone {known}", _advice(aws, next(iter(names))))
        return
    zone = answer["HostedZone"]
    if zone.get("Config", {}).get("PrivateZone"):
        found = f"the hosted zone {known} ({zone['Name']}) is private: visitors can't resolve names in it"
        yield error(path, found, _advice(aws, next(iter(names))))
    for name, where in names.items():
        if not within(name, zone["Name"]):
            found = f"{name} is not in the hosted zone {known}, which is that of {zone['Name']}"
            yield error(where, found, _advice(aws, name))


def records(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report existing records of the site's names that are not the stack's own: creating ours would fail.

    The copy of a site in another Region makes none of them: they belong to the primary half's stack, in the other
    Region. Source: ChangeResourceRecordSets (InvalidChangeBatch: "it already exists", "conflicts with other records").
    """
    names = name_paths(site)
    if not names or site.spec.is_secondary_half:
        return
    if site.spec.behind_cloudfront:
        names = {**names, site.spec.domain.origin_name: site.at("DomainName")}
    own = {name.rstrip(".") for name in site.stack.own(aws, "AWS::Route53::RecordSet")}
    for name, path in names.items():
        types = sorted({record["Type"] for record in records_at(site, aws, name)} & set(TAKEN_BY))
        if types and name not in own:
            advice = "delete them, or use another name; if they are this stack's own, give --stack-name"
            yield error(path, f"the hosted zone already has records of {name} ({', '.join(types)})", advice)


def authorities(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a CAA record that keeps Amazon from issuing the certificates: the closest one decides.

    Source: "Configure a CAA record" in the ACM guide; RFC 8659, section 3.
    """
    domain = site.spec.domain
    if not domain.names or (domain.certificate_arn is not None and domain.regional_certificate_arn is not None):
        return
    answer = aws.find("route53", "get_hosted_zone", missing=NO_ZONE, Id=zone_id(site))
    zone = answer["HostedZone"]["Name"] if answer else ""
    for name, path in name_paths(site).items():
        if not zone or not within(name, zone):
            continue
        issuers = _issuers(site, aws, name, zone)
        if issuers is not None and not set(issuers) & set(AMAZONS_AUTHORITIES):
            found = (
                f"a CAA record allows {', '.join(issuers) or 'no CA'} to issue certificates for {name}, but not Amazon"
            )
            yield error(path, found, 'add 0 issue "amazon.com" to that record')


def _issuers(site: Site, aws: Aws, name: str, zone: str) -> list[str] | None:
    """Return the CAs that may issue for a name according to the zone; None if it does not restrict them."""
    while within(name, zone):
        values = [
            entry["Value"]
            for record in records_at(site, aws, name)
            if record["Type"] == "CAA"
            for entry in record.get("ResourceRecords", [])
        ]
        if values:
            properties = [value.split(maxsplit=2) for value in values]
            issue = [parts[2] for parts in properties if len(parts) == 3 and parts[1].lower() == "issue"]
            return [issuer.strip('"').partition(";")[0].strip() for issuer in issue] or None
        name = name.partition(".")[2]
    return None


def zone_id(site: Site) -> str:
    """Return the id of the site's hosted zone. Raises Unavailable if it is not known before the deployment."""
    return site.known("HostedZoneId", site.spec.domain.hosted_zone_id)


def records_at(site: Site, aws: Aws, name: str) -> list[dict[str, Any]]:
    """Return the records of a name; none if the zone does not exist, which another check reports."""
    answer = aws.first_page(
        "route53",
        "list_resource_record_sets",
        missing=NO_ZONE,
        HostedZoneId=zone_id(site),
        StartRecordName=name,
        MaxItems="100",
    )
    return [record for record in answer.get("ResourceRecordSets", []) if record["Name"].rstrip(".") == name]


def within(name: str, zone: str) -> bool:
    """Return whether a name is in a zone."""
    return f".{name}".endswith(f".{zone.rstrip('.')}")


def _advice(aws: Aws, name: str) -> str:
    """Return advice: the account's best matching zone for a name."""
    other = f"create a public hosted zone for {name} or a parent domain, and write its id"
    try:
        zones = aws.ask("route53", "list_hosted_zones").get("HostedZones", [])
    except Unavailable:
        return other
    fitting = [zone for zone in zones if within(name, zone["Name"]) and not zone.get("Config", {}).get("PrivateZone")]
    if not fitting:
        return other
    best = max(fitting, key=lambda zone: len(zone["Name"]))
    return f"write {best['Id'].rpartition('/')[2]}, which is the zone of {best['Name']}"
