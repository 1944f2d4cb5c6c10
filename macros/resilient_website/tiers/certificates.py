"""The certificates: one for CloudFront, one for the site's Region, one for the fallback's Region.

Each is either an existing one, given by its ARN, or created here and validated through the hosted zone; ACM renews
these automatically. CloudFront's must be in us-east-1: from another Region, custom resources create it there.
"""

import hashlib
from collections.abc import Sequence

from troposphere import AWSHelperFn, AWSObject, Ref, Sub, certificatemanager, iam
from troposphere.cloudformation import AWSCustomObject

from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.frozen import frozen
from resilient_website.functions.kind import FunctionKind, ask_own_stack, rights
from resilient_website.tiers.domain import DomainSpec

# DNS validation takes minutes, rarely half an hour. Source: "AWS Certificate Manager DNS validation".
ISSUE_SECONDS = 3600

FUNCTION = FunctionKind(
    "Certificate",
    "certificate",
    "Creates the certificates that this stack needs in another Region",
    timeout=60,
    # A certificate's ARN is known only after its creation, so this permission can't refer to it.
    statements=(
        allow("acm:DescribeCertificate", Sub("arn:${AWS::Partition}:acm:*:${AWS::AccountId}:certificate/*")),
        # An event can name any certificate: the function accepts only the stack's own.
        ask_own_stack("ListStackResources"),
    ),
    polls=True,
)

# Actions on the certificates that the function created, by ARN.
OWN_CERTIFICATE = [
    "acm:DescribeCertificate",
    "acm:ListTagsForCertificate",
    "acm:AddTagsToCertificate",
    "acm:RemoveTagsFromCertificate",
    "acm:DeleteCertificate",
]


class CertificateRequest(AWSCustomObject):
    """The custom resource that requests a certificate in another Region (custom_resources/certificate)."""

    resource_type = "Custom::CertificateRequest"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "DomainName": (str, True),
        "SubjectAlternativeNames": ([str], True),
        "HostedZoneId": ((str, AWSHelperFn), True),
        "Region": (str, True),
    }


class RemoteCertificate(AWSCustomObject):
    """The custom resource that tags an issued certificate, and deletes it at the end."""

    resource_type = "Custom::Certificate"
    props = {
        "ServiceToken": ((str, AWSHelperFn), True),
        "ServiceTimeout": (int, False),
        "CertificateArn": ((str, AWSHelperFn), True),
        "Tags": (list, False),
    }


@frozen
class Certificates:
    """The results of the certificates for later tiers."""

    resources: tuple[AWSObject, ...]
    edge: Value
    regional: Value
    secondary: Value

    def watched(self, region: str) -> tuple[Value, ...]:
        """Return the certificates with metrics in this Region."""
        return (self.regional, self.edge) if region == CLOUDFRONT_REGION else (self.regional,)


def build(
    context: Context, domain: DomainSpec, secondary_region: str | None, *, with_copy: bool = False
) -> Certificates:
    """Return the ARNs of the certificates, and the resources of new ones. Requires a domain.

    `secondary_region` is the Region of the standby API, if it differs from the site's; `with_copy` is whether the site
    has a copy in another Region, and one name for the load balancer of the active half.
    """
    made: list[AWSObject] = []
    edge, regional = domain.certificate_arn, domain.regional_certificate_arn
    if edge is None:
        made += _edge_certificate(context, domain)
        edge = Ref(made[-1])
    if regional is None:
        made.append(_regional_certificate(context, domain, with_copy=with_copy))
        regional = Ref(made[-1])
    secondary = edge if secondary_region == CLOUDFRONT_REGION else regional
    if secondary_region not in (None, CLOUDFRONT_REGION):
        made += _remote(context, "FallbackCertificate", domain, str(secondary_region))
        secondary = Ref(made[-1])
    return Certificates(
        resources=tuple({each.title: each for each in made}.values()), edge=edge, regional=regional, secondary=secondary
    )


def build_regional(
    context: Context, domain: DomainSpec, *, with_active_name: bool
) -> tuple[Value, tuple[AWSObject, ...]]:
    """Return the ARN of the certificate of a copy's load balancer, and its resource if it is a new one."""
    if domain.regional_certificate_arn is not None:
        return domain.regional_certificate_arn, ()
    made = _regional_certificate(context, domain, with_copy=with_active_name)
    return Ref(made), (made,)


def for_name(context: Context, suffix: str, domain: DomainSpec, name: str, region: str) -> tuple[AWSObject, ...]:
    """Return the resources of a certificate in another Region for one further name, with the certificate last."""
    return _remote(context, suffix, domain, region, (name,))


def _regional_certificate(context: Context, domain: DomainSpec, *, with_copy: bool) -> certificatemanager.Certificate:
    names = (*domain.names, domain.origin_name, *((domain.active_name,) if with_copy else ()))
    return _certificate(context.id("RegionalCertificate"), names, domain.hosted_zone_id)


def _edge_certificate(context: Context, domain: DomainSpec) -> tuple[AWSObject, ...]:
    suffix = "EdgeCertificate"
    if context.region == CLOUDFRONT_REGION:
        return (_certificate(context.id(suffix), domain.names, domain.hosted_zone_id),)
    return _remote(context, suffix, domain, CLOUDFRONT_REGION)


def _remote(
    context: Context, suffix: str, domain: DomainSpec, region: str, names: Sequence[str] = ()
) -> tuple[AWSObject, ...]:
    """Return the resources that request a certificate in another Region, with the certificate last.

    The permission to delete the certificate refers to its ARN, so it is created after the request. CloudFormation
    deletes in reverse order: users of the certificate, the certificate, the permission, and the request. Other names or
    another Region lead to other logical ids, so that no certificate is replaced in place.
    """
    names = names or domain.names
    digest = _digest(region, *names)
    main, *others = names
    asking = _may_request(context, names, domain.hosted_zone_id)
    request = CertificateRequest(
        context.id(f"{suffix}Request{digest}"),
        DependsOn=[asking.title, *FUNCTION.ready],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=ISSUE_SECONDS,
        DomainName=main,
        SubjectAlternativeNames=others,
        HostedZoneId=domain.hosted_zone_id,
        Region=region,
    )
    owning = rights(context, f"{suffix}Policy{digest}", FUNCTION.role, [allow(OWN_CERTIFICATE, Ref(request))])
    certificate = RemoteCertificate(
        context.id(f"{suffix}{digest}"),
        DependsOn=[owning.title, *FUNCTION.ready],
        ServiceToken=FUNCTION.arn,
        ServiceTimeout=ISSUE_SECONDS,
        CertificateArn=Ref(request),
    )
    return asking, request, owning, certificate


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _may_request(context: Context, names: Sequence[str], zone_id: Value | None) -> iam.PolicyType:
    """Return the permissions to request a certificate for the site's names and to validate it in their zone.

    All certificates with these names share the policy, since a role's policies can have 10,240 characters in total. ACM
    validates with CNAME records whose names start with an underscore. Sources: "Condition keys for AWS Certificate
    Manager"; "Using IAM policy conditions for fine-grained access control" in the Amazon Route 53 guide.
    """
    records = [f"_*.{name.removeprefix('*.')}" for name in names]
    statements = (
        allow(
            "acm:RequestCertificate",
            "*",
            {
                "StringEquals": {"acm:ValidationMethod": "DNS"},
                "ForAllValues:StringEquals": {"acm:DomainNames": list(names)},
            },
        ),
        allow(
            "route53:ChangeResourceRecordSets",
            Sub("arn:${AWS::Partition}:route53:::hostedzone/${Zone}", Zone=zone_id),
            {
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsRecordTypes": ["CNAME"],
                    "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
                },
                "ForAllValues:StringLike": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": records},
            },
        ),
    )
    return rights(context, f"CertificateRequestPolicy{_digest(*names)}", FUNCTION.role, statements)


def _certificate(title: str, names: Sequence[str], zone_id: Value | None) -> certificatemanager.Certificate:
    main, *others = names
    return certificatemanager.Certificate(
        title,
        DomainName=main,
        # ACM rejects an empty list. Source: "RequestCertificate" in the ACM API Reference.
        **({"SubjectAlternativeNames": others} if others else {}),
        ValidationMethod="DNS",
        DomainValidationOptions=[
            certificatemanager.DomainValidationOption(DomainName=name, HostedZoneId=zone_id) for name in names
        ],
    )
