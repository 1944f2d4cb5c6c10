"""ACM: the given certificates exist, are issued, do not expire soon, and cover the site's names."""

from collections.abc import Iterable, Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.certificate_validity import validity
from cli.aws_findings.findings import CheckResult, error
from cli.check.site import Site
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION


def edge(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check CertificateArn, which CloudFront accepts from us-east-1 only."""
    arn = site.spec.domain.certificate_arn
    if arn is not None:
        yield from _check(site, aws, "CertificateArn", CLOUDFRONT_REGION, arn, site.spec.domain.names)


def regional(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check RegionalCertificateArn: that of the load balancer, and of the standby API in the same Region."""
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
    answer = aws.find("acm", "describe_certificate", missing=missing, region=region, CertificateArn=arn)
    if answer is None:
        yield error(path, f"there is no certificate {arn}", "use another, or leave it out: the site then creates one")
        return
    certificate = answer["Certificate"]
    yield from validity(path, certificate, aws.now)
    covered = certificate.get("SubjectAlternativeNames") or [certificate.get("DomainName", "")]
    uncovered = [each for each in names if not any(covers(one, each) for one in covered)]
    if uncovered:
        found = f"the certificate is for {', '.join(covered)}, and does not cover {', '.join(uncovered)}"
        yield error(path, found, "use one that does, or leave it out: the site then creates one")


def covers(certified: str, name: str) -> bool:
    """Return whether a certificate's name covers a host; `*` matches one label. Source: RFC 6125, section 6.4.3."""
    if certified.startswith("*."):
        first, _, rest = name.lower().partition(".")
        return bool(first) and rest == certified[2:].lower()
    return certified.lower() == name.lower()
