"""What the primary half of a site has because of its copy in another Region: there, of it, and for it.

All of these are empty or None for a site without a copy.
"""

from collections.abc import Sequence
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref

from resilient_website import entry_points
from resilient_website.context import Context
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import assets, fallback, monitoring, web_servers
from resilient_website.tiers.database.instances import Source
from resilient_website.tiers.secondary_region import (
    origin_selection,
    primary_half,
    primary_part,
    published,
    replication,
)


def read_of_copy(context: Context, spec: SiteSpec) -> tuple[AWSObject, ...]:
    """Return what this half reads of its copy, last; empty if it needs nothing of it."""
    there = published.name_of_copy(database=spec.database is not None)
    wanted = {there: spec.awaits_copy, published.COPY_VPC_ORIGIN_ID: spec.selects_origin}
    names = [name for name, needed in wanted.items() if needed]
    return primary_half.secondary(context, spec.copied_to, names) if spec.copied_to and names else ()


def vpc_origin_of_copy(spec: SiteSpec, there: Sequence[AWSObject]) -> AWSHelperFn | None:
    """Return the id of the copy's VPC origin, from what this half reads of it; None if CloudFront does not use it."""
    return GetAtt(there[-1], published.COPY_VPC_ORIGIN_ID) if spec.selects_origin else None


def in_region_of_copy(
    context: Context, spec: SiteSpec, fallback_site: fallback.Fallback
) -> primary_part.PrimaryPart | None:
    """Return what the site has in the Region of its copy; None without a copy."""
    if spec.copied_to is None:
        return None
    return primary_part.build(
        context,
        spec.domain,
        fallback_site,
        spec.copied_to,
        with_backups=spec.replicates_backups,
        with_signal=not spec.behind_vpc_origins,
    )


def source_of_data(spec: SiteSpec, there: Sequence[AWSObject]) -> Source | None:
    """Return where the database's data came from, after a switch to the copy and back; None if it never left.

    `there` is what this half reads of its copy, last; empty while this half is the active one.
    """
    if spec.half is None or not spec.half.spec.replica:
        return None
    return Source(spec.half.spec.region, GetAtt(there[-1], published.COPY_DATABASE_ARN) if spec.rejoins else None)


def replicated_assets(
    static: assets.Assets, copy: primary_part.PrimaryPart | None
) -> monitoring.ReplicatedAssets | None:
    """Return the replication of the assets to the copy's Region; None without a copy."""
    if copy is None:
        return None
    return monitoring.ReplicatedAssets(replication.RULE, Ref(static.bucket), copy.target.name)


def published_for_copy(
    context: Context,
    spec: SiteSpec,
    copy: primary_part.PrimaryPart | None,
    deps: web_servers.Dependencies,
    entry_point: entry_points.EntryPoint,
    fallback_site: fallback.Fallback,
    static: assets.Assets,
) -> tuple[AWSObject, ...]:
    """Return what publishes the values that the copy needs; nothing without a copy."""
    if copy is None:
        return ()
    values = published.of_primary(
        spec.copied_to,
        context.region,
        deps.database,
        deps.load_balancer.origin_secret,
        entry_point.attributes | fallback_site.attributes,
        _switched(context, spec),
    )
    return primary_part.publish(context, copy, static.bucket, values, entry_point.assets_readers)


def _switched(context: Context, spec: SiteSpec) -> dict[str, Any]:
    """Return what a switch needs where CloudFront selects the active half's origin."""
    if not spec.selects_origin:
        return {}
    return {
        published.SWITCH_STORE_ARN: origin_selection.store_arn(context),
        published.MAIN_NAME: spec.domain.domain_name,
    }
