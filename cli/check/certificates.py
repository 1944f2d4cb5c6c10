"""ACM: the certificates that are given are there, issued, for long enough, and cover the site's names."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from cli.check.aws import Aws
from cli.check.findings import CheckResult, error, warning
from cli.check.site import Site
from resilient_website.tiers.domain import EDGE_REGION

# ACM renews a certificate well before the last quarter of its life, and tells of one that it could not renew. Of a
# lifetime, since these shrink: ACM's are valid for 198 days in 2026, and for fewer than 47 from 2029 on. Source: "AWS
# Certificate Manager FAQs", validity; "Managed certificate renewal".
LATE = 0.25

# Of a certificate whose beginning ACM does not tell. Source: "DaysBeforeExpiry" of PutAccountConfiguration.
SOON = timedelta(days=45)


def edge(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check CertificateArn, which CloudFront takes from us-east-1 only."""
    arn = site.spec.domain.certificate_arn
    if arn is not None:
        yield from _check(site, aws, "CertificateArn", EDGE_REGION, arn, site.spec.domain.names)


def regional(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check RegionalCertificateArn: the load balancer's, and that of the API that stands by in the same Region."""
    domain = site.spec.domain
    if domain.regional_certificate_arn is None:
        return
    names = () if site.spec.secondary_api_region else domain.names
    names = (*names, domain.origin_name) if site.spec.behind_cloudfront else domain.names
    yield from _check(site, aws, "RegionalCertificateArn", site.region, domain.regional_certificate_arn, names)


def _check(site: Site, aws: Aws, name: str, region: str, value: Any, names: Iterable[str]) -> Iterator[CheckResult]:
    """Source: DescribeCertificate."""
    path, arn = site.at(name), site.known(name, value)
    if f":acm:{region}:" not in arn:
        yield error(path, f"found {arn!r}", f"write the ARN of a certificate in {region}")
        return
    missing = ("ResourceNotFoundException", "InvalidArnException", "ValidationException")
    told = aws.find("acm", "describe_certificate", missing=missing, region=region, CertificateArn=arn)
    if told is None:
        yield error(path, f"there is no certificate {arn}", "write another, or leave it out: then the site makes one")
        return
    certificate = told["Certificate"]
    yield from _validity(path, certificate, aws.now)
    covered = certificate.get("SubjectAlternativeNames") or [certificate.get("DomainName", "")]
    uncovered = [each for each in names if not any(covers(one, each) for one in covered)]
    if uncovered:
        found = f"the certificate is for {', '.join(covered)}, and does not cover {', '.join(uncovered)}"
        yield error(path, found, "write one that does, or leave it out: then the site makes one")


def _validity(path: str, certificate: dict[str, Any], now: datetime) -> Iterator[CheckResult]:
    status, ends = certificate["Status"], certificate.get("NotAfter")
    if status == "PENDING_VALIDATION":
        yield error(path, f"the certificate is {status}", "make the DNS records that ACM asks for, and wait")
    elif status != "ISSUED" or (ends and ends <= now):
        found = f"the certificate is {status}" if status != "ISSUED" else f"the certificate ended on {ends:%Y-%m-%d}"
        yield error(path, found, "write one that is ISSUED, or leave it out: then the site makes one")
    elif ends and ends - now < _late(certificate):
        imported = certificate.get("Type") == "IMPORTED"
        advice = "import it anew: ACM renews none that was imported" if imported else "see why ACM has not renewed it"
        yield warning(path, f"the certificate ends on {ends:%Y-%m-%d}, in {(ends - now).days} days", advice)


def _late(certificate: dict[str, Any]) -> timedelta:
    """Return how long before its end a certificate that has not been renewed is a warning."""
    starts = certificate.get("NotBefore")
    lifetime: timedelta = certificate["NotAfter"] - starts if starts else SOON / LATE
    return min(lifetime * LATE, SOON)


def covers(certified: str, name: str) -> bool:
    """Tell whether a certificate's name covers a host; `*` stands for one label. Source: RFC 6125, section 6.4.3."""
    if certified.startswith("*."):
        first, _, rest = name.lower().partition(".")
        return bool(first) and rest == certified[2:].lower()
    return certified.lower() == name.lower()
