"""CloudFront as the front door: one distribution for dynamic pages and assets, with the friendly page as fallback.

Resilient because CloudFront has hundreds of edge locations, and because a failing origin (502, 503, 504, no connection)
leads to the friendly page, for every path and method.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from troposphere import GetAtt, cloudfront

from resilient_website.cloudformation.intrinsics import Value, as_list
from resilient_website.context import Context
from resilient_website.facts.cloudfront import ALL_VIEWER, CACHING_DISABLED, SECURITY_HEADERS
from resilient_website.tiers.assets import Assets
from resilient_website.tiers.behaviors import (
    ALL_METHODS,
    READING_METHODS,
    assets_behavior,
    assets_copy_origin,
    assets_origin,
    assets_origin_group,
    fallback_behavior,
    fallback_origin,
    friendly_page_for,
    names,
)
from resilient_website.tiers.delivery import cache_policy, web_origin
from resilient_website.tiers.delivery.edge_logs import EdgeLogs
from resilient_website.tiers.delivery.result import DISTRIBUTION, Delivery
from resilient_website.tiers.delivery.spec import DeliverySpec
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback import Fallback
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.saved_site.preference import Preference
from resilient_website.tiers.secondary_region.origin_selection import Selection

# Status codes without a working server: bad gateway, service unavailable, gateway timeout.
ORIGIN_FAILURES = (502, 503, 504)


class Settings(NamedTuple):
    """The distribution's origins and edge settings (None: not used)."""

    load_balancer: LoadBalancer
    assets: Assets
    fallback: Fallback
    health_check_path: Value
    certificate: Value | None
    web_acl_arn: Value | None
    edge_logs: EdgeLogs
    preference: Preference | None
    origin_records: Sequence[str]
    # What selects the active half's origin, of a site with a copy behind another VPC origin.
    selection: Selection | None = None


def build(context: Context, spec: DeliverySpec, domain: DomainSpec, settings: Settings) -> Delivery:
    """Return the distribution of the whole site. Its certificate is in us-east-1; None: no domain."""
    origin_parts = web_origin.parts(context, settings.load_balancer)
    policy_id, policies = cache_policy.policy_of(context, spec)
    pages = _dynamic_pages(spec, policy_id)
    distribution = cloudfront.Distribution(
        context.id(DISTRIBUTION),
        # The origin must exist and listen before CloudFront's first request.
        DependsOn=[*settings.load_balancer.ready, *settings.origin_records, *settings.edge_logs.ready],
        DistributionConfig=cloudfront.DistributionConfig(
            Comment=context.short_title("site"),
            Enabled=True,
            HttpVersion="http2and3",
            IPV6Enabled=True,
            PriceClass=spec.price_class,
            Origins=[
                web_origin.web_origin(context, spec, domain, settings.load_balancer),
                assets_origin(settings.assets),
                *assets_copy_origin(settings.assets),
                fallback_origin(settings.fallback),
                *(settings.preference.origins if settings.preference else ()),
                *([settings.selection.origin] if settings.selection else []),
            ],
            **assets_origin_group(settings.assets),
            DefaultCacheBehavior=cloudfront.DefaultCacheBehavior(**pages, **_functions(settings)),
            CacheBehaviors=_behaviors(spec, settings, pages),
            CustomErrorResponses=friendly_page_for(*ORIGIN_FAILURES),
            **_restrictions(spec),
            **names(domain, settings.certificate, spec.minimum_protocol_version),
            **({"WebACLId": settings.web_acl_arn} if settings.web_acl_arn is not None else {}),
            **dict(settings.edge_logs.config),
        ),
    )
    preferring = [settings.preference.function] if settings.preference else []
    functions = [*preferring, *(settings.selection.resources if settings.selection else ())]
    made = (*origin_parts, *policies, *functions, *settings.edge_logs.before, distribution, *settings.edge_logs.after)
    return Delivery(made, distribution.title, GetAtt(distribution, "DomainName"))


def _behaviors(spec: DeliverySpec, settings: Settings, pages: dict[str, Any]) -> list[cloudfront.CacheBehavior]:
    """Return the cache behaviors besides the default. The health check path is not cached, so it tests a server."""
    path = settings.health_check_path
    uncached = {**pages, "CachePolicyId": CACHING_DISABLED, **_functions(settings)}
    checked = [cloudfront.CacheBehavior(PathPattern=path, **uncached)] if spec.caching != "Disabled" else []
    return [
        *checked,
        cloudfront.CacheBehavior(PathPattern=settings.assets.spec.path_pattern, **assets_behavior(settings.assets)),
        fallback_behavior(),
    ]


def _functions(settings: Settings) -> dict[str, Any]:
    """Return the functions of page behaviors: a behavior has one for an event, and saved pages exclude a copy."""
    used = [part.association for part in (settings.preference, settings.selection) if part is not None]
    return {"FunctionAssociations": used} if used else {}


def _dynamic_pages(spec: DeliverySpec, cache_policy_id: Value) -> dict[str, Any]:
    """Return the cache behavior of dynamic pages: all methods and the whole request reach the application."""
    headers = {"ResponseHeadersPolicyId": SECURITY_HEADERS} if spec.security_headers else {}
    return {
        "TargetOriginId": web_origin.WEB_ORIGIN,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ALL_METHODS,
        "CachedMethods": READING_METHODS,
        "Compress": True,
        "CachePolicyId": cache_policy_id,
        "OriginRequestPolicyId": ALL_VIEWER,
        **headers,
    }


def _restrictions(spec: DeliverySpec) -> dict[str, Any]:
    geo = spec.geo_restriction
    restriction = cloudfront.GeoRestriction(RestrictionType=geo.restriction_type, Locations=as_list(geo.locations))
    return (
        {} if geo.restriction_type == "none" else {"Restrictions": cloudfront.Restrictions(GeoRestriction=restriction)}
    )
