"""The assets' distribution, with its default domain name, if the load balancer is the front door."""

from troposphere import GetAtt, cloudfront

from resilient_website.context import Context
from resilient_website.tiers.assets import Assets
from resilient_website.tiers.behaviors import (
    assets_behavior,
    assets_copy_origin,
    assets_origin,
    assets_origin_group,
)
from resilient_website.tiers.delivery.result import Delivery
from resilient_website.tiers.delivery.spec import DeliverySpec


def build(context: Context, spec: DeliverySpec, assets: Assets) -> Delivery:
    """Return a distribution that serves only the assets' bucket."""
    distribution = cloudfront.Distribution(
        context.id("AssetsDistribution"),
        DistributionConfig=cloudfront.DistributionConfig(
            Comment=context.short_title("assets"),
            Enabled=True,
            HttpVersion="http2and3",
            IPV6Enabled=True,
            PriceClass=spec.price_class,
            Origins=[assets_origin(assets), *assets_copy_origin(assets)],
            **assets_origin_group(assets),
            DefaultCacheBehavior=cloudfront.DefaultCacheBehavior(**assets_behavior(assets)),
        ),
    )
    return Delivery((distribution,), distribution.title, GetAtt(distribution, "DomainName"))
