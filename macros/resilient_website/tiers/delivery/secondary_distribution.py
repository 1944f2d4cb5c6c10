"""The SECONDARY when the load balancer is the front door: a distribution that has the friendly page for everything.

It carries the site's names (the load balancer needs none of CloudFront's), so that its certificate covers them. It is
the same resource as the whole site's distribution where that is the front door: two distributions can't carry one name,
not even for the moment in which a site changes its front door. Then it serves the site until the names have moved.

Its default origin is a path of the fallback bucket where nothing is: every request ends as an error of S3's, which the
error responses turn into the friendly page, as 503, whatever the path and the method.
"""

from troposphere import GetAtt, cloudfront

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.behaviors import (
    ALL_METHODS,
    CACHING_DISABLED,
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

# All errors that S3 can answer and that CloudFront can replace. Source: "Generate custom error responses".
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

    `waits_for` are the records that lead elsewhere.
    """
    nothing = bucket_origin(
        NOTHING_ORIGIN, fallback.bucket_domain_name, fallback.access_control_id, path="/nothing-is-here"
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
