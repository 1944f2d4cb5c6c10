"""The properties of each half of a site with a copy in another Region."""

from dataclasses import replace

from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.database import DatabaseSpec
from resilient_website.tiers.database.copy import standby
from resilient_website.tiers.secondary_region.half import Half
from resilient_website.tiers.teardown import DELETE


def half_of(spec: SiteSpec) -> SiteSpec:
    """Return a site's properties in this Region's half; those of a site without a copy are unchanged."""
    half = spec.half
    if half is None:
        return spec
    network = half.network(spec.network)
    servers = half.web_servers(spec.web_servers, network.zone_count, with_database=spec.database is not None)
    sized = replace(spec, network=network, web_servers=servers, database=_database(spec.database, half))
    return _copied(sized, half) if half.is_secondary else sized


def _database(spec: DatabaseSpec | None, half: Half) -> DatabaseSpec | None:
    """Return the database's properties in a half.

    A standby rotates no password: the active half's database, which was promoted, keeps the current one.
    """
    if spec is None or half.is_active:
        return spec
    spec = replace(spec, secret_rotation_days=0)
    return standby(spec, multi_az=half.full) if half.replicates else spec


def _copied(spec: SiteSpec, half: Half) -> SiteSpec:
    """Return the properties of the copy, without what only the primary half has.

    Its cache is never a store: it fills again, and a pilot light has one only while it is active.
    """
    return replace(
        spec,
        cache=spec.cache if half.full else None,
        delivery=replace(spec.delivery, access_logs=False),
        monitoring=replace(spec.monitoring, monthly_budget=None),
        teardown=replace(spec.teardown, cache=DELETE),
    )
