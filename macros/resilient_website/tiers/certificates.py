"""The certificates: one for CloudFront, one for what stands in the site's own Region.

Each is the one whose ARN is given, or made here and validated through the hosted zone; ACM then renews it by itself.
CloudFront's has to be in us-east-1: from another Region, a custom resource makes it there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from troposphere import AWSHelperFn, AWSObject, Ref, certificatemanager
from troposphere.cloudformation import AWSCustomObject

from resilient_website.context import Context
from resilient_website.domain import EDGE_REGION, DomainSpec
from resilient_website.intrinsics import Value

# Validation by DNS takes minutes, rarely half an hour. Source: "AWS Certificate Manager DNS validation".
ISSUE_SECONDS = 3600


class RemoteCertificate(AWSCustomObject):
    """The custom resource that makes a certificate in another Region (custom_resources/certificate)."""

    resource_type = "Custom::Certificate"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "DomainName": (str, True),
        "SubjectAlternativeNames": ([str], True),
        "HostedZoneId": ((str, AWSHelperFn), True),
        "Region": (str, True),
    }


@dataclass(frozen=True)
class Certificates:
    """What later tiers use of the certificates."""

    resources: tuple[AWSObject, ...]
    edge: Value
    regional: Value

    def watched(self, region: str) -> tuple[Value, ...]:
        """Return the certificates whose metrics are in this Region."""
        return (self.regional, self.edge) if region == EDGE_REGION else (self.regional,)


def build(context: Context, domain: DomainSpec) -> Certificates:
    """Return the ARNs of both certificates, and those that had to be made. Needs a domain."""
    made: list[AWSObject] = []
    edge, regional = domain.certificate_arn, domain.regional_certificate_arn
    if edge is None:
        made.append(_edge_certificate(context, domain))
        edge = Ref(made[-1])
    if regional is None:
        names = (*domain.names, domain.origin_name)
        made.append(_certificate(context.id("RegionalCertificate"), names, domain.hosted_zone_id))
        regional = Ref(made[-1])
    return Certificates(resources=tuple(made), edge=edge, regional=regional)


def _edge_certificate(context: Context, domain: DomainSpec) -> AWSObject:
    title = context.id("EdgeCertificate")
    if context.region == EDGE_REGION:
        return _certificate(title, domain.names, domain.hosted_zone_id)
    main, *others = domain.names
    return RemoteCertificate(
        title,
        ServiceToken=context.installed("CertificateFunctionArn"),
        ServiceTimeout=ISSUE_SECONDS,
        DomainName=main,
        SubjectAlternativeNames=others,
        HostedZoneId=domain.hosted_zone_id,
        Region=EDGE_REGION,
    )


def _certificate(title: str, names: Sequence[str], zone_id: Value | None) -> certificatemanager.Certificate:
    main, *others = names
    return certificatemanager.Certificate(
        title,
        DomainName=main,
        SubjectAlternativeNames=others,
        ValidationMethod="DNS",
        DomainValidationOptions=[
            certificatemanager.DomainValidationOption(DomainName=name, HostedZoneId=zone_id) for name in names
        ],
    )
