"""The two entry points: CloudFront in front of the load balancer, or the load balancer. Each has a SECONDARY."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, Join

from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_HOSTED_ZONE_ID
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import assets, certificates, dns, fallback, firewall, load_balancer, logs, secondary_api
from resilient_website.tiers.buckets import Reader, bucket_policy, of_this_template
from resilient_website.tiers.delivery import (
    asset_distribution,
    edge_logs,
    secondary_distribution,
    site_distribution,
    web_origin,
)
from resilient_website.tiers.delivery.result import DISTRIBUTION, Delivery
from resilient_website.tiers.emptied_bucket import emptier
from resilient_website.tiers.load_balancer import origin_secret
from resilient_website.tiers.saved_site import preference, serving
from resilient_website.tiers.secondary_region import active_name, origin_selection
from resilient_website.tiers.secondary_region.primary_part import PrimaryPart
from resilient_website.tiers.teardown import DELETE
from resilient_website.tiers.web_servers.group import GROUP


class Dependencies(NamedTuple):
    """The results of the tiers behind the entry point."""

    certificates: certificates.Certificates | None
    load_balancer: load_balancer.LoadBalancer
    assets: assets.Assets
    fallback: fallback.Fallback
    logs: logs.Logs | None
    # What the site has in the Region of its copy, if it has one.
    copy: PrimaryPart | None = None
    # The id of the copy's VPC origin, if CloudFront selects the active half's.
    copys_vpc_origin: AWSHelperFn | None = None


class EntryPoint(NamedTuple):
    """The entry point: what serves the assets, who reads the fallback bucket, and the DNS records, if any."""

    resources: tuple[AWSObject, ...]
    assets: Delivery
    assets_url: Any
    fallback_readers: tuple[str, ...]
    names: dns.Dns | None
    # What reads the assets' bucket: the distributions, and how.
    assets_readers: tuple[Reader, ...] = ()

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return self.assets.attributes | (self.names.attributes if self.names else {})


def build(context: Context, spec: SiteSpec, deps: Dependencies) -> EntryPoint:
    """Return the entry point that the site's properties select."""
    return (_behind_cloudfront if spec.behind_cloudfront else _behind_load_balancer)(context, spec, deps)


def _behind_cloudfront(context: Context, spec: SiteSpec, deps: Dependencies) -> EntryPoint:
    """Return CloudFront as the entry point, with a regional API as the SECONDARY if there is a domain."""
    certs, balancer, fallback_site = deps.certificates, deps.load_balancer, deps.fallback
    shield = firewall.build(context, spec.security, behind_cloudfront=True, load_balancer_arn=balancer.arn)
    api = _secondary_api(context, spec, deps)
    # With a copy, CloudFront reaches the load balancer of the active half by another name.
    origin = _active_records(context, spec, deps) or (dns.build_origin(context, spec.domain, balancer) if certs else ())
    settings = site_distribution.Settings(
        load_balancer=balancer,
        assets=deps.assets,
        fallback=fallback_site,
        health_check_path=_checked_path(spec),
        certificate=certs.edge if certs else None,
        web_acl_arn=shield.arn,
        edge_logs=_edge_logs(context, spec, deps),
        preference=_preference(context, spec, api),
        origin_records=[record.title for record in origin],
        selection=_selection(context, spec, deps),
    )
    distribution = site_distribution.build(context, spec.delivery, spec.domain, settings)
    rotated = _rotation(context, spec, deps, settings, distribution)
    made = [*shield.resources, *distribution.resources, *rotated]
    # An existing separate assets distribution stays until no server's pages refer to it.
    assets_readers = _readers(deps.assets, distribution)
    made += _assets_policy(context, spec, deps.assets, assets_readers, waits_for=[context.id(GROUP)])
    readers = (distribution.distribution,)
    if api is None:
        return EntryPoint(tuple(made), distribution, deps.assets.spec.path, readers, None, assets_readers)
    made += [*api.resources, *origin]
    front_door = dns.FrontDoor(
        distribution.domain_name, CLOUDFRONT_HOSTED_ZONE_ID, evaluate_target_health=False, ipv6=True
    )
    records = dns.build(context, spec.health_check, spec.domain, front_door, api.endpoints, spec.health_check_path)
    made += records.resources
    return EntryPoint(tuple(made), distribution, deps.assets.spec.path, readers, records, assets_readers)


def _secondary_api(context: Context, spec: SiteSpec, deps: Dependencies) -> secondary_api.SecondaryApi | None:
    """Return the standby API; None without a domain, since DNS can't fail over to it then."""
    if deps.certificates is None:
        return None
    saved, days = spec.fallback.source, spec.monitoring.log_retention_days
    pages = serving.build(context, deps.fallback, days, saved.reserved_concurrency) if saved else None
    return secondary_api.build(context, spec.domain, deps.certificates, deps.fallback, pages)


def _preference(
    context: Context, spec: SiteSpec, api: secondary_api.SecondaryApi | None
) -> preference.Preference | None:
    """Return what makes CloudFront request saved pages, if there are any."""
    if spec.fallback.source is None or api is None:
        return None
    failures = site_distribution.ORIGIN_FAILURES
    return preference.build(context, spec.domain.names, api.endpoints, web_origin.WEB_ORIGIN, failures)


def _selection(context: Context, spec: SiteSpec, deps: Dependencies) -> origin_selection.Selection | None:
    """Return what makes CloudFront select the active half's origin, if it has both halves'."""
    region = spec.copied_to
    if deps.copys_vpc_origin is None or region is None:
        return None
    origin = web_origin.copys_origin(
        context, spec.delivery, spec.domain, deps.load_balancer, deps.copys_vpc_origin, region
    )
    return origin_selection.build(context, region, origin)


def _behind_load_balancer(context: Context, spec: SiteSpec, deps: Dependencies) -> EntryPoint:
    """Return the load balancer as the entry point, with a distribution as the SECONDARY. Requires a domain."""
    certs, balancer, fallback_site = deps.certificates, deps.load_balancer, deps.fallback
    if certs is None:
        raise ValueError("the load balancer as the front door needs a domain: site_spec.check refuses it")
    shield = firewall.build(context, spec.security, behind_cloudfront=False, load_balancer_arn=balancer.arn)
    own = asset_distribution.build(context, spec.delivery, deps.assets)
    # Order: servers whose pages refer to the assets distribution, then the DNS records, then the page.
    front_door = dns.FrontDoor(
        balancer.dns_name,
        balancer.hosted_zone_id,
        # To Route 53, a load balancer is unhealthy if one of its target groups has no target, as the canary's mostly.
        # Source: "AliasTarget", EvaluateTargetHealth, in the Amazon Route 53 API Reference.
        evaluate_target_health=balancer.canary is None,
        ipv6=balancer.dual_stack,
        ready=(context.id(GROUP),),
    )
    active = _active_records(context, spec, deps)
    if active:
        # Visitors and health checkers reach the active half, by a name that is in the site's hosted zone.
        front_door = front_door._replace(
            dns_name=spec.domain.active_name,
            hosted_zone_id=spec.domain.hosted_zone_id,
            evaluate_target_health=False,
            ready=(*front_door.ready, *(record.title for record in active)),
        )
    moved = dns.primary_records(context, spec.domain, front_door)
    secondary = secondary_distribution.build(context, spec.delivery, spec.domain, certs.edge, fallback_site, moved)
    endpoint = secondary_api.Endpoint(secondary.domain_name, CLOUDFRONT_HOSTED_ZONE_ID)
    endpoints = dict.fromkeys(spec.domain.names, endpoint)
    records = dns.build(context, spec.health_check, spec.domain, front_door, endpoints, spec.health_check_path)
    # Includes the other distribution, which may still serve the site during a change of the front door.
    assets_readers = _readers(deps.assets, secondary, own)
    policy = _assets_policy(context, spec, deps.assets, assets_readers)
    made = (*shield.resources, *own.resources, *secondary.resources, *active, *records.resources, *policy)
    readers = (secondary.distribution,)
    return EntryPoint(made, own, assets_url(spec, own.domain_name), readers, records, assets_readers)


def _active_records(context: Context, spec: SiteSpec, deps: Dependencies) -> tuple[AWSObject, ...]:
    """Return the records by which the active half is reached; none without a copy, or behind VPC origins."""
    if deps.copy is None or deps.copy.signal_id is None:
        return ()
    return active_name.primary_records(context, spec.domain, deps.load_balancer, deps.copy.signal_id)


def assets_url(spec: SiteSpec, domain_name: Any) -> Any:
    """Return where pages find the assets: a path of the site, or a URL of the assets' distribution."""
    path = spec.assets.path
    return path if spec.behind_cloudfront else Join("", ["https://", domain_name, path])


def _checked_path(spec: SiteSpec) -> Any:
    """Return the health check's path, without its query, as a cache behavior's path pattern."""
    asked = spec.health_check.path
    if asked is None:
        return spec.health_check_path.partition("?")[0]
    return asked.partition("?")[0] if isinstance(asked, str) else asked


def _edge_logs(context: Context, spec: SiteSpec, deps: Dependencies) -> edge_logs.EdgeLogs:
    if not spec.delivery.access_logs or deps.logs is None:
        return edge_logs.EdgeLogs()
    distribution = context.id(DISTRIBUTION)
    days = spec.monitoring.log_retention_days
    return edge_logs.build(context, distribution, deps.logs, days, spec.teardown.logs)


def _rotation(
    context: Context, spec: SiteSpec, deps: Dependencies, settings: site_distribution.Settings, distribution: Delivery
) -> tuple[AWSObject, ...]:
    """Return the resources that rotate the origin secret; none if it does not rotate."""
    days = spec.security.origin_secret_rotation_days
    if not days:
        return ()
    used = origin_secret.Used(
        distribution=distribution.distribution,
        vpc_origin=web_origin.vpc_origin_id(context, settings.load_balancer),
        copys_vpc_origin=deps.copys_vpc_origin,
        web_acl_arn=settings.web_acl_arn,
        logs_bucket=settings.edge_logs.bucket,
        copied_to=spec.copied_to,
    )
    return origin_secret.rotation(context, days, used, settings.load_balancer.ready)


def _readers(static: assets.Assets, site: Delivery, own: Delivery | None = None) -> tuple[Reader, ...]:
    """Return how distributions read the assets' bucket: only objects below the path.

    `site` is the distribution with the assets below their path; `own` is the separate assets distribution, which
    forwards every path to the bucket.
    """
    below = static.spec.path.removeprefix("/")
    of_own = () if own is None else (Reader(own.distribution, below, missing_is_404=False),)
    return *of_own, Reader(site.distribution, below)


def _assets_policy(
    context: Context, spec: SiteSpec, static: assets.Assets, readers: Sequence[Reader], waits_for: Sequence[str] = ()
) -> tuple[AWSObject, ...]:
    """Return the assets bucket's policy, and the resource that empties the bucket if it is deleted with the stack."""
    bucket = of_this_template(static.bucket)
    reads = [reader.of(bucket) for reader in readers]
    policy = bucket_policy(context.id("AssetsBucketPolicy"), bucket, reads, waits_for)
    return policy, *(emptier(context, static.bucket, policy.title) if spec.teardown.assets == DELETE else ())
