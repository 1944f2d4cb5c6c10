"""ACM: the given certificates exist, are issued, do not expire soon, and cover the site's names."""

from collections.abc import Iterable, Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.certificate_validity import validity
from cli.aws_findings.findings import CheckResult, error
from cli.check.site import Site
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.site_spec import SiteSpec


def edge(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check CertificateArn, which CloudFront accepts from us-east-1 only."""
    arn = site.spec.domain.certificate_arn
    if arn is not None:
        yield from _check(site, aws, "CertificateArn", CLOUDFRONT_REGION, arn, site.spec.domain.names)


def regional(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Check RegionalCertificateArn: that of the load balancer, and of the standby API in the same Region."""
    arn = site.spec.domain.regional_certificate_arn
    if arn is not None:
        yield from _check(site, aws, "RegionalCertificateArn", site.region, arn, _regional_names(site.spec))


def _regional_names(spec: SiteSpec) -> tuple[str, ...]:
    """Return the names that the certificate in the site's Region must cover.

    With a copy in another Region, the primary half has an API of the SECONDARY in its own Region too, and the copy has
    none. CloudFront then reaches either half as active.<DomainName>, except through a VPC origin.
    """
    domain = spec.domain
    if not spec.behind_cloudfront:
        return domain.names
    by_active_name = spec.half is not None and not spec.behind_vpc_origins
    reached = domain.active_name if by_active_name else domain.origin_name
    has_api = not spec.is_secondary_half and (spec.secondary_api_region is None or spec.copied_to is not None)
    return (*domain.names, reached) if has_api else (reached,)


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
