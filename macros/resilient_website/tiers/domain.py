"""The site's names: its domain name, alternate domain names, and their hosted zone."""

import contextlib
from collections.abc import Iterator
from typing import Any

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.frozen import frozen
from resilient_website.problems import first_repeated, shown
from resilient_website.reading.arns import check_account, check_region
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader
from resilient_website.reading.web_origins import LABEL


class HostName(Text):
    """A host name, without wildcards, since each name has its own records and responses."""

    def _spellings(self, text: str) -> Iterator[str]:
        """Yield likely intended names; for non-ASCII names, the Punycode form."""
        yield from super()._spellings(text)
        with contextlib.suppress(UnicodeError):
            yield text.strip().rstrip(".").lower().encode("idna").decode()

    def refuse(self, value: object, path: str, reader: Reader) -> None:
        """Note an invalid name; for a wildcard, explain the alternative."""
        if isinstance(value, str) and "*" in value:
            fix = "write each name that you need: DomainName, and the others in AlternateDomainNames"
            reader.problem(path, f"found {shown(value)}, a wildcard", fix)
        else:
            super().refuse(value, path, reader)


HOST_NAME = HostName(
    "a domain name in lower case, as in www.example.com",
    rf"({LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]",
    longest=253,
)


class ZoneId(Text):
    """The id of a hosted zone. AWS documents only its length, so only literal values are checked."""

    def call(self, value: dict[str, Any], path: str, reader: Reader) -> Any:
        """Return a function call unchanged."""
        return reader.call(value, path)


CERTIFICATE_ARN = Text(
    "the ARN of an ACM certificate, as in "
    "arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012",
    r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9-]+",
)

# Source: "RequestCertificate", DomainName and SubjectAlternativeNames; the number of names is ACM's default quota.
MAX_COMMON_NAME_LENGTH = 64
MAX_NAMES = 10

# The names of the load balancer and of the active half's, before the site's main name.
ORIGIN_PREFIX = "origin."
ACTIVE_PREFIX = "active."


@frozen
class DomainSpec(PropertyGroup):
    """The properties of domain names; all absent for a site without a domain."""

    domain_name: str | None = prop(
        "DomainName",
        HOST_NAME,
        None,
        known_at_expansion=True,
        examples=("www.example.com", "shop.example.org"),
        needs=(Need("HostedZoneId"),),
        maps_to="AWS::Route53::RecordSet.Name, "
        "AWS::CloudFront::Distribution.DistributionConfig.Aliases, "
        "AWS::CertificateManager::Certificate.DomainName",
        reason="absent: the site uses its distribution's cloudfront.net domain name",
    )
    alternate_domain_names: tuple[str, ...] = prop(
        "AlternateDomainNames",
        ListOf(HOST_NAME, 0, 9),
        (),
        known_at_expansion=True,
        examples=(["example.com"], ["shop.example.com"]),
        needs=(Need("DomainName"),),
        maps_to="AWS::Route53::RecordSet.Name, "
        "AWS::CloudFront::Distribution.DistributionConfig.Aliases, "
        "AWS::CertificateManager::Certificate.SubjectAlternativeNames",
        reason="other names of the same site, such as the apex in addition to www, in the same hosted zone",
    )
    hosted_zone_id: Value | None = prop(
        "HostedZoneId",
        ZoneId("the id of a public hosted zone, as in Z0123456789ABCDEFGHIJ", r"Z[A-Z0-9]{1,31}"),
        None,
        presence_decides=True,
        examples=("Z0123456789ABCDEFGHIJ", "Z9876543210ABCDEFGHIJ"),
        needs=(Need("DomainName"),),
        maps_to="AWS::Route53::RecordSet.HostedZoneId",
        reason="required with DomainName: failover uses its records",
    )
    certificate_arn: Value | None = prop(
        "CertificateArn",
        CERTIFICATE_ARN,
        None,
        presence_decides=True,
        examples=("arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012",),
        needs=(Need("DomainName"),),
        maps_to="AWS::CloudFront::Distribution.DistributionConfig.ViewerCertificate.AcmCertificateArn",
        reason="a certificate in us-east-1 for all names; when absent, one is created there, whatever the site's "
        "Region",
    )
    regional_certificate_arn: Value | None = prop(
        "RegionalCertificateArn",
        CERTIFICATE_ARN,
        None,
        presence_decides=True,
        examples=("arn:aws:acm:us-east-1:123456789012:certificate/aaaaaaaa-1234-1234-1234-123456789012",),
        needs=(Need("DomainName"),),
        maps_to="AWS::ElasticLoadBalancingV2::Listener.Certificates.CertificateArn",
        reason="a certificate in the site's Region for all names and origin.<DomainName>; when absent, one is created",
    )

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the site, the main name first; empty without a domain."""
        return (self.domain_name, *self.alternate_domain_names) if self.domain_name else ()

    @property
    def origin_name(self) -> str:
        """The name that CloudFront uses for the load balancer: HTTPS requires a name that a certificate covers."""
        return f"{ORIGIN_PREFIX}{self.domain_name}"

    @property
    def active_name(self) -> str:
        """The name of the active half's load balancer, if there is a copy in another Region."""
        return f"{ACTIVE_PREFIX}{self.domain_name}"

    @property
    def switch_name(self) -> str:
        """The name where Route 53's health checkers read which half is active."""
        return f"switch.{self.domain_name}"


def check(
    spec: DomainSpec, path: str, reader: Reader, *, behind_cloudfront: bool, certificate_region: str | None
) -> None:
    """Note names that can't be combined, or that no certificate can cover.

    `certificate_region`: the Region where a certificate is always created, whatever ARNs are given; or None.
    """
    if spec.domain_name and spec.hosted_zone_id is None:
        fix = (
            f"write the id of the public hosted zone of {spec.domain_name}, as in Z0123456789ABCDEFGHIJ; "
            "`aws route53 list-hosted-zones` prints it"
        )
        reader.problem(f"{path}.HostedZoneId", "missing, but DomainName is set", fix)
    if not spec.domain_name:
        _check_without_domain(spec, path, reader)
        return
    _check_names(spec, path, reader)
    if behind_cloudfront and spec.origin_name in spec.names:
        found = f"found {spec.origin_name}, the name that CloudFront uses for the load balancer"
        reader.problem(f"{path}.AlternateDomainNames", found, "leave it out, or write another name")
    _check_certificates(spec, path, reader, made_in=certificate_region)


def _check_without_domain(spec: DomainSpec, path: str, reader: Reader) -> None:
    given = {
        "AlternateDomainNames": spec.alternate_domain_names,
        "HostedZoneId": spec.hosted_zone_id,
        "CertificateArn": spec.certificate_arn,
        "RegionalCertificateArn": spec.regional_certificate_arn,
    }
    for name, value in given.items():
        if value:
            fix = "write DomainName too, or leave it out"
            reader.problem(f"{path}.{name}", "found without DomainName", fix, rests_on=[f"{path}.DomainName"])


def _check_names(spec: DomainSpec, path: str, reader: Reader) -> None:
    """Note repeated names, and names that can't be in one hosted zone, since they share only a top-level domain."""
    main, *others = spec.names
    twice = first_repeated(spec.names)
    if twice:
        fix = "list each name once, DomainName included"
        reader.problem(f"{path}.AlternateDomainNames", f"found {twice} twice", fix)
    for name in others:
        if name.split(".")[-2:] != main.split(".")[-2:]:
            found = f"found {name}, which can't be in the same hosted zone as {main}"
            fix = f"write names that end in {'.'.join(main.split('.')[-2:])}, or make {name} a separate site"
            reader.problem(f"{path}.AlternateDomainNames", found, fix)


def _check_certificates(spec: DomainSpec, path: str, reader: Reader, *, made_in: str | None) -> None:
    """Check the Regions of given certificates, and the names for ACM. `made_in`: `check`'s `certificate_region`."""
    given = (("CertificateArn", spec.certificate_arn), ("RegionalCertificateArn", spec.regional_certificate_arn))
    wanted = "the ARN of a certificate"
    why = "CloudFront accepts certificates only from there"
    check_region(spec.certificate_arn, CLOUDFRONT_REGION, f"{path}.CertificateArn", reader, wanted=wanted, why=why)
    where = f"{path}.RegionalCertificateArn"
    why = "the load balancer accepts only certificates of the site's Region"
    check_region(spec.regional_certificate_arn, reader.region, where, reader, wanted=wanted, why=why)
    for name, arn in given:
        check_account(arn, f"{path}.{name}", reader, why="ACM certificates can't be shared between accounts")
    missing = [name for name, arn in given if arn is None]
    main = str(spec.domain_name)
    if len(main) > MAX_COMMON_NAME_LENGTH and (missing or made_in):
        way = f", or {' and '.join(missing)} of your own" if missing and not made_in else ""
        found = f"found {main}, which has {len(main)} characters"
        fix = f"write a name of at most {MAX_COMMON_NAME_LENGTH}, the maximum for ACM certificates{way}"
        reader.problem(f"{path}.DomainName", found, fix)
    if len(spec.names) >= MAX_NAMES and spec.regional_certificate_arn is None:
        found = f"found {len(spec.names) - 1} names"
        fix = (
            f"write no more than {MAX_NAMES - 2}, or RegionalCertificateArn too: an ACM certificate has at most "
            f"{MAX_NAMES} names, which include DomainName and {spec.origin_name}"
        )
        reader.problem(f"{path}.AlternateDomainNames", found, fix)
