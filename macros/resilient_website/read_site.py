"""Reads the properties of the compact resource."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import Any

from resilient_website.facts.regions import REGIONS
from resilient_website.problems import shown
from resilient_website.reading.properties import properties
from resilient_website.reading.property_groups import Group, OptionalGroup, read_group
from resilient_website.reading.property_types import EMPTY
from resilient_website.reading.reader import Reader
from resilient_website.reading.unknown_names import advised, fix_for_unknown
from resilient_website.reading.values_at_expansion import resolve
from resilient_website.reading.version_number import VersionNumber
from resilient_website.reading.versions import OLDEST
from resilient_website.site_spec import ALL_PROPERTIES, SiteSpec, TierSpecs
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.fallback.spec import FallbackSpec
from resilient_website.tiers.secondary_region.half import Half, half_in
from resilient_website.tiers.web_servers.container import is_in_ecr

# The names of all properties of a site, and of those that describe its domain.
NAMES = frozenset(row.name for row in ALL_PROPERTIES)
OF_DOMAIN = frozenset(row.name for row in properties(DomainSpec))


def read(value: object, path: str, reader: Reader) -> SiteSpec:
    """Return the site that the compact resource's properties describe; every problem goes to `reader`."""
    if not isinstance(value, Mapping):
        reader.problem(path, f"found {shown(value)}", "write a map of properties, or leave Properties out")
        return SiteSpec()
    value = {name: item for name, item in value.items() if name != "ServiceToken"}
    for name in value:
        if name not in NAMES:
            fix = advised(path, str(name)) or _within_groups(str(name)) or fix_for_unknown(path, str(name), NAMES)
            reader.problem(f"{path}.{name}", "unknown property", fix)
    reader = replace(reader, version=_version(value, path, reader))
    names = read_group(DomainSpec, {k: v for k, v in value.items() if k in OF_DOMAIN}, path, reader)
    tiers = read_group(TierSpecs, {k: v for k, v in value.items() if k in NAMES - OF_DOMAIN}, path, reader)
    if any(is_in_ecr(image) for image in tiers.web_servers.images):
        tiers = replace(tiers, network=replace(tiers.network, pulls_images=True))
    half = half_in(tiers.secondary, reader.region)
    if half is not None:
        tiers = replace(tiers, fallback=_beside_copy(tiers.fallback, half))
    return SiteSpec(domain=names, half=half, **{f.name: getattr(tiers, f.name) for f in fields(TierSpecs)})


def _beside_copy(fallback: FallbackSpec, half: Half) -> FallbackSpec:
    """Return the fallback site's properties beside a copy: the page in the copy's Region survives the primary's loss.

    The primary half has another one in its own Region; the copy itself makes none.
    """
    if half.is_secondary:
        return replace(fallback, region=None)
    known = half.spec.region in REGIONS and "Region" not in fallback.given
    return replace(fallback, region=half.spec.region) if known else fallback


def _version(value: Mapping[str, Any], path: str, reader: Reader) -> int:
    """Return a site's version of the expansion, which must be read first."""
    given = resolve(value["Version"], f"{path}.Version", reader) if "Version" in value else MISSING
    if given is MISSING or given in EMPTY:
        return OLDEST
    return VersionNumber().read(given, f"{path}.Version", reader) or OLDEST


def _within_groups(name: str) -> str | None:
    """Return the fix for a property that belongs in a group, if it does."""
    groups = {row.name: row.kind.spec for row in ALL_PROPERTIES if isinstance(row.kind, Group | OptionalGroup)}
    having = [group for group, spec in groups.items() if name in {row.name for row in properties(spec)}]
    ways = " or ".join(f"{group}: {{{name}: ...}}" for group in having)
    return f"it belongs in a group: write {ways}" if having else None
