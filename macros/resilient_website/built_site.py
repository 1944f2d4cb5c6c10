"""What is built of a site, and what both of its halves build in the same way."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from troposphere import AWSObject, Join

from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import load_balancer, logs, network
from resilient_website.tiers.web_servers.group import CANARY


class Site(NamedTuple):
    """The expansion of a compact resource: its resources, and the attributes that references can use."""

    resources: tuple[AWSObject, ...]
    attributes: Mapping[str, Any]


def build_logs(context: Context, spec: SiteSpec) -> logs.Logs | None:
    """Return the bucket of flow logs and access logs; None if nothing writes to it."""
    return logs.build(context, spec.monitoring.log_retention_days, spec.teardown.logs) if spec.needs_logs else None


def build_load_balancer(
    context: Context,
    spec: SiteSpec,
    exposure: load_balancer.Exposure,
    net: network.Network,
    log_bucket: logs.Logs | None,
) -> load_balancer.LoadBalancer:
    """Return the load balancer, for the web servers' port and path."""
    access_logs = log_bucket if spec.load_balancer.access_logs else None
    port, path = spec.web_servers.port, spec.health_check_path
    overridden = (spec.overrides or {}).get("LoadBalancer")
    overrides = encoded(dict(overridden)) if isinstance(overridden, Mapping) else {}
    share = _canary_share(context, spec)
    return load_balancer.build(context, spec.load_balancer, exposure, net, access_logs, port, path, overrides, share)


def _canary_share(context: Context, spec: SiteSpec) -> load_balancer.CanaryShare | None:
    """Return the canary's share of the requests, which waits for its servers; None for a site without canaries."""
    canary = spec.web_servers.canary
    if canary is None:
        return None
    ready = (context.id(CANARY.group),) if canary.runs else ()
    return load_balancer.CanaryShare(canary.percent, canary.bake_minutes, ready)


def exposure(spec: SiteSpec, certificate: Value | None, replica: str | None = None) -> load_balancer.Exposure:
    """Return whom the load balancer serves; `replica` is what Fn::Sub calls the secret header in the copy."""
    return load_balancer.Exposure(
        behind_cloudfront=spec.behind_cloudfront,
        certificate=certificate,
        direct_access=spec.load_balancer.direct_access,
        site_name=spec.domain.domain_name,
        active_name=None if spec.half is None or spec.behind_vpc_origins else spec.domain.active_name,
        copied_to=spec.copied_to,
        replica=replica,
    )


def addresses(name: Any) -> dict[str, Any]:
    """Return the attributes of a site's domain name."""
    return {"Url": f"https://{name}" if isinstance(name, str) else Join("", ["https://", name]), "DomainName": name}
