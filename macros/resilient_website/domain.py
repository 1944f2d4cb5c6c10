"""The site's names: its domain, the other names of it, and the hosted zone that they stand in."""

from dataclasses import dataclass

from resilient_website.intrinsics import Value
from resilient_website.kinds import ListOf, Reader, Text
from resilient_website.properties import prop

HOST_NAME = Text(
    "a domain name in lower case, as in www.example.com",
    r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
)
CERTIFICATE_ARN = Text(
    "the ARN of an ACM certificate", r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9-]+"
)

# CloudFront takes viewers' certificates from this Region only. Source: "Requirements for using SSL/TLS certificates
# with CloudFront" in the Amazon CloudFront guide.
EDGE_REGION = "us-east-1"


@dataclass(frozen=True)
class DomainSpec:
    """The names' properties; all absent for a site on CloudFront's own name."""

    domain_name: str | None = prop(
        "DomainName",
        HOST_NAME,
        None,
        structural=True,
        lands_on="AWS::Route53::RecordSet.Name, "
        "AWS::CloudFront::Distribution.DistributionConfig.Aliases, "
        "AWS::CertificateManager::Certificate.DomainName",
        reason="absent: the site is on CloudFront's own domain name",
    )
    alternate_domain_names: tuple[str, ...] = prop(
        "AlternateDomainNames",
        ListOf(HOST_NAME, 0, 9),
        (),
        structural=True,
        lands_on="AWS::Route53::RecordSet.Name, "
        "AWS::CloudFront::Distribution.DistributionConfig.Aliases, "
        "AWS::CertificateManager::Certificate.SubjectAlternativeNames",
        reason="other names of the same site, as the apex beside www, in the same hosted zone",
    )
    hosted_zone_id: Value | None = prop(
        "HostedZoneId",
        Text("the id of a public hosted zone", r"Z[A-Z0-9]{1,31}"),
        None,
        presence=True,
        lands_on="AWS::Route53::RecordSet.HostedZoneId",
        reason="needed with DomainName: failover is made of its records",
    )
    certificate_arn: Value | None = prop(
        "CertificateArn",
        CERTIFICATE_ARN,
        None,
        presence=True,
        lands_on="AWS::CloudFront::Distribution.DistributionConfig.ViewerCertificate.AcmCertificateArn",
        reason="a certificate in us-east-1 for all names; absent, one is made there, whatever the site's Region",
    )
    regional_certificate_arn: Value | None = prop(
        "RegionalCertificateArn",
        CERTIFICATE_ARN,
        None,
        presence=True,
        lands_on="AWS::ElasticLoadBalancingV2::Listener.Certificates.CertificateArn",
        reason="a certificate in the site's Region for all names and origin.<DomainName>; absent, one is made",
    )

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the site, its main one first; empty without a domain."""
        return (self.domain_name, *self.alternate_domain_names) if self.domain_name else ()

    @property
    def origin_name(self) -> str:
        """The name under which CloudFront reaches the load balancer: HTTPS needs one that a certificate can cover."""
        return f"origin.{self.domain_name}"


def check(spec: DomainSpec, path: str, reader: Reader) -> None:
    """Note names that can't work together."""
    if spec.domain_name and spec.hosted_zone_id is None:
        reader.problem(
            f"{path}.HostedZoneId", "missing, but there is a DomainName", "write the id of the domain's hosted zone"
        )
    for name in ("AlternateDomainNames", "HostedZoneId", "CertificateArn", "RegionalCertificateArn"):
        given = {
            "AlternateDomainNames": spec.alternate_domain_names,
            "HostedZoneId": spec.hosted_zone_id,
            "CertificateArn": spec.certificate_arn,
            "RegionalCertificateArn": spec.regional_certificate_arn,
        }[name]
        if given and not spec.domain_name:
            reader.problem(f"{path}.{name}", "found without DomainName", "write DomainName too, or leave it out")
    if len(set(spec.names)) < len(spec.names):
        reader.problem(f"{path}.AlternateDomainNames", "found a name twice", "name each name once, DomainName included")
    if spec.domain_name:
        _check_certificates(spec, path, reader)


def _check_certificates(spec: DomainSpec, path: str, reader: Reader) -> None:
    for name, arn, region in (
        ("CertificateArn", spec.certificate_arn, EDGE_REGION),
        ("RegionalCertificateArn", spec.regional_certificate_arn, reader.region),
    ):
        if isinstance(arn, str) and f":acm:{region}:" not in arn:
            reader.problem(f"{path}.{name}", f"found {arn!r}", f"write the ARN of a certificate in {region}")
