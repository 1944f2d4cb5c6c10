"""The certificates: one for CloudFront, one for what stands in the site's own Region, one for the fallback's.

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
    secondary: Value

    def watched(self, region: str) -> tuple[Value, ...]:
        """Return the certificates whose metrics are in this Region."""
        return (self.regional, self.edge) if region == EDGE_REGION else (self.regional,)


def build(context: Context, domain: DomainSpec, secondary_region: str | None) -> Certificates:
    """Return the ARNs of the certificates, and those that had to be made. Needs a domain.

    `secondary_region` is that of the API that stands by, if it is another than the site's.
    """
    made: list[AWSObject] = []
    edge, regional = domain.certificate_arn, domain.regional_certificate_arn
    if edge is None:
        made.append(_edge_certificate(context, domain))
        edge = Ref(made[-1])
    if regional is None:
        names = (*domain.names, domain.origin_name)
        made.append(_certificate(context.id("RegionalCertificate"), names, domain.hosted_zone_id))
        regional = Ref(made[-1])
    secondary = edge if secondary_region == EDGE_REGION else regional
    if secondary_region not in (None, EDGE_REGION):
        made.append(_remote(context, "FallbackCertificate", domain, str(secondary_region)))
        secondary = Ref(made[-1])
    return Certificates(resources=tuple(made), edge=edge, regional=regional, secondary=secondary)


def _edge_certificate(context: Context, domain: DomainSpec) -> AWSObject:
    suffix = "EdgeCertificate"
    if context.region == EDGE_REGION:
        return _certificate(context.id(suffix), domain.names, domain.hosted_zone_id)
    return _remote(context, suffix, domain, EDGE_REGION)


def _remote(context: Context, suffix: str, domain: DomainSpec, region: str) -> RemoteCertificate:
    """Return a certificate for the site's names in another Region."""
    main, *others = domain.names
    return RemoteCertificate(
        context.id(suffix),
        ServiceToken=context.installed("CertificateFunctionArn"),
        ServiceTimeout=ISSUE_SECONDS,
        DomainName=main,
        SubjectAlternativeNames=others,
        HostedZoneId=domain.hosted_zone_id,
        Region=region,
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
