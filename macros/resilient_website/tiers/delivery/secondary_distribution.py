"""The SECONDARY when the load balancer is the front door: a distribution with the friendly page for all paths.

It has the site's names as aliases, and its certificate covers them. It is the same resource as the site's distribution
when CloudFront is the front door: two distributions can't share a name, not even briefly while a site changes its front
door. During that change, it serves the site until DNS has moved.

Its default origin is an empty path of the fallback bucket: every request leads to an S3 error, which the error
responses replace by the friendly page with status 503, for every path and method.
"""

from troposphere import GetAtt, cloudfront

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CACHING_DISABLED
from resilient_website.tiers.behaviors import (
    ALL_METHODS,
    READING_METHODS,
    bucket_origin,
    fallback_behavior,
    fallback_origin,
    friendly_page_for,
    names,
)
from resilient_website.tiers.delivery.result import DISTRIBUTION, Delivery
from resilient_website.tiers.delivery.spec import DeliverySpec
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback import Fallback

NOTHING_ORIGIN = "nothing"

# All S3 errors that CloudFront can replace. Source: "Generate custom error responses".
EVERY_ERROR = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)


def build(
    context: Context,
    spec: DeliverySpec,
    domain: DomainSpec,
    certificate: Value,
    fallback: Fallback,
    waits_for: list[str],
) -> Delivery:
    """Return the distribution; `certificate` is in us-east-1 and covers the site's names.

    `waits_for` are the records that it depends on.
    """
    nothing = bucket_origin(
        NOTHING_ORIGIN, fallback.shown.bucket_domain_name, fallback.access_control_id, path="/nothing-is-here"
    )
    distribution = cloudfront.Distribution(
        context.id(DISTRIBUTION),
        DependsOn=waits_for,
        DistributionConfig=cloudfront.DistributionConfig(
            Comment=context.short_title("secondary"),
            Enabled=True,
            HttpVersion="http2and3",
            IPV6Enabled=True,
            PriceClass=spec.price_class,
            Origins=[nothing, fallback_origin(fallback)],
            DefaultCacheBehavior=cloudfront.DefaultCacheBehavior(
                TargetOriginId=nothing.Id,
                ViewerProtocolPolicy="redirect-to-https",
                AllowedMethods=ALL_METHODS,
                CachedMethods=READING_METHODS,
                Compress=True,
                CachePolicyId=CACHING_DISABLED,
            ),
            CacheBehaviors=[fallback_behavior()],
            CustomErrorResponses=friendly_page_for(*EVERY_ERROR),
            **names(domain, certificate, spec.minimum_protocol_version),
        ),
    )
    return Delivery((distribution,), distribution.title, GetAtt(distribution, "DomainName"))
