"""The certificates: one for CloudFront, one for what stands in the site's own Region.

Each is the one whose ARN is given, or made here and validated through the hosted zone; ACM then renews it by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from troposphere import AWSObject, Ref, certificatemanager

from resilient_website.context import Context
from resilient_website.domain import EDGE_REGION, DomainSpec
from resilient_website.intrinsics import Value


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
        made.append(_certificate(context.id("EdgeCertificate"), domain.names, domain.hosted_zone_id))
        edge = Ref(made[-1])
    if regional is None:
        names = (*domain.names, domain.origin_name)
        made.append(_certificate(context.id("RegionalCertificate"), names, domain.hosted_zone_id))
        regional = Ref(made[-1])
    return Certificates(resources=tuple(made), edge=edge, regional=regional)


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
