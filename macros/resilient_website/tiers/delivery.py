"""The front door when it is CloudFront: dynamic pages and assets through one distribution, the friendly page behind it.

Resilient because CloudFront's edge stands in hundreds of places, and because an origin that fails (502, 503, 504, no
connection) is answered with the friendly page, for every path and every method.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, cloudfront

from resilient_website.behaviors import (
    ALL_METHODS,
    ALL_VIEWER,
    CACHING_DISABLED,
    READING_METHODS,
    TLS_MINIMUM,
    assets_behavior,
    assets_origin,
    fallback_behavior,
    fallback_origin,
    friendly_page_for,
)
from resilient_website.context import Context
from resilient_website.domain import DomainSpec
from resilient_website.intrinsics import Value
from resilient_website.tiers.assets import Assets
from resilient_website.tiers.fallback import Fallback
from resilient_website.tiers.load_balancer import SECRET_HEADER, LoadBalancer

WEB_ORIGIN = "web"

# What CloudFront answers, or passes on from the load balancer, when no server can: bad gateway, unavailable, time-out.
ORIGIN_FAILURES = (502, 503, 504)

# How long a page may take, and how long CloudFront tries to connect before the friendly page: 2 attempts of 5 s.
READ_TIMEOUT_SECONDS = 30
CONNECTION_ATTEMPTS = 2
CONNECTION_TIMEOUT_SECONDS = 5


@dataclass(frozen=True)
class Delivery:
    """What later tiers use of a distribution."""

    resources: tuple[AWSObject, ...]
    distribution: str
    domain_name: AWSHelperFn

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {"DistributionId": Ref(self.distribution), "DistributionDomainName": self.domain_name}


def build(
    context: Context,
    domain: DomainSpec,
    certificate: Value | None,
    load_balancer: LoadBalancer,
    assets: Assets,
    fallback: Fallback,
) -> Delivery:
    """Return the distribution of the whole site. `certificate` is in us-east-1; None: CloudFront's own name."""
    distribution = cloudfront.Distribution(
        context.id("Distribution"),
        # The origin has to exist and to listen before the first request that CloudFront sends there.
        DependsOn=list(load_balancer.ready),
        DistributionConfig=cloudfront.DistributionConfig(
            Comment=context.title("site"),
            Enabled=True,
            HttpVersion="http2and3",
            IPV6Enabled=True,
            Origins=[_web_origin(domain, load_balancer), assets_origin(assets), fallback_origin(fallback)],
            DefaultCacheBehavior=cloudfront.DefaultCacheBehavior(**_dynamic_pages()),
            CacheBehaviors=[
                cloudfront.CacheBehavior(PathPattern=assets.spec.path_pattern, **assets_behavior()),
                fallback_behavior(),
            ],
            CustomErrorResponses=friendly_page_for(*ORIGIN_FAILURES),
            **names(domain, certificate),
        ),
    )
    return Delivery((distribution,), distribution.title, GetAtt(distribution, "DomainName"))


def names(domain: DomainSpec, certificate: Value | None) -> dict[str, Any]:
    """Return a distribution's aliases and their certificate; nothing for CloudFront's own name."""
    if certificate is None:
        return {}
    return {
        "Aliases": list(domain.names),
        "ViewerCertificate": cloudfront.ViewerCertificate(
            AcmCertificateArn=certificate, SslSupportMethod="sni-only", MinimumProtocolVersion=TLS_MINIMUM
        ),
    }


def _web_origin(domain: DomainSpec, load_balancer: LoadBalancer) -> cloudfront.Origin:
    """Return the load balancer as an origin; over HTTPS where it has a certificate, under the name that this covers."""
    tls = load_balancer.exposure.certificate is not None
    return cloudfront.Origin(
        Id=WEB_ORIGIN,
        DomainName=domain.origin_name if tls else load_balancer.dns_name,
        ConnectionAttempts=CONNECTION_ATTEMPTS,
        ConnectionTimeout=CONNECTION_TIMEOUT_SECONDS,
        CustomOriginConfig=cloudfront.CustomOriginConfig(
            OriginProtocolPolicy="https-only" if tls else "http-only",
            OriginSSLProtocols=["TLSv1.2"],
            OriginReadTimeout=READ_TIMEOUT_SECONDS,
        ),
        OriginCustomHeaders=[
            cloudfront.OriginCustomHeader(HeaderName=SECRET_HEADER, HeaderValue=load_balancer.secret_header)
        ],
    )


def _dynamic_pages() -> dict[str, Any]:
    """Return how dynamic pages are served: every method and everything of the request goes to the application."""
    return {
        "TargetOriginId": WEB_ORIGIN,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ALL_METHODS,
        "CachedMethods": READING_METHODS,
        "Compress": True,
        "CachePolicyId": CACHING_DISABLED,
        "OriginRequestPolicyId": ALL_VIEWER,
    }
