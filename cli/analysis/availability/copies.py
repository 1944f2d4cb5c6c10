"""The copies of a template's sites in other Regions, and both halves before and after a switch.

A compact template is expanded once for each half. In the graph before a switch, the primary half is the active one and
the copy is on standby; in the one after it, the template names the copy as active and the switch signal is set. Between
them is the graph after a switch from a lost Region: the primary half's stack was not updated.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.availability import graph, halves
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.references import referenced_id
from cli.analysis.expanded import Expanded
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import read_sites
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.secondary_region.spec import PILOT_LIGHT, WARM_STANDBY


@dataclass(frozen=True)
class Copy:
    """The copies of `sites` in a Region: their modes, and the graphs of both halves before and after a switch.

    `unplanned` is the graph after a switch while the primary Region is lost: that half is as it was before, so that the
    friendly page that visitors get is still in the copy's Region.
    """

    primary_region: str
    region: str
    modes: tuple[str, ...]
    sites: Mapping[str, SiteSpec]
    others: Mapping[str, SiteSpec]
    before: Graph
    after: Graph
    unplanned: Graph

    def has(self, host: str) -> bool:
        """Return whether a host is one of a site with this copy."""
        owner = _owner(host, {**self.sites, **self.others})
        return owner in self.sites

    @property
    def mode(self) -> str:
        """The modes as text."""
        return ", ".join(self.modes)


def with_active(template: Mapping[str, Any], sites: Mapping[str, SiteSpec], region: str) -> Mapping[str, Any]:
    """Return the compact template with a Region as the active one of these sites; unchanged without sites."""
    if not sites:
        return template
    changed: dict[str, Any] = copy.deepcopy(dict(template))
    for name in sites:
        group = (changed["Resources"][name].get("Properties") or {}).get("Secondary")
        if not isinstance(group, dict) or "Region" not in group:
            found = "found a function, so that the halves can't be compared"
            where = f"Resources.{name}.Properties.Secondary"
            raise InvalidTemplateError([Problem(where, found, "write a map with Region and Mode")])
        group["ActiveRegion"] = region
    return changed


def sites_with_copy(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> dict[str, SiteSpec]:
    """Return the sites that have a copy in another Region, by logical id.

    Raises InvalidTemplateError if the Region is the one of a copy: a template does not name the primary Region.
    """
    found = read_sites(template, parameters, region)
    wrong = [name for name, spec in found.items() if spec.is_secondary_half]
    if wrong:
        problem = f"found {region}, the Region of the copy (Resources.{wrong[0]}.Properties.Secondary.Region)"
        raise InvalidTemplateError([Problem("--region", problem, "write the Region of the primary half")])
    return {name: spec for name, spec in found.items() if spec.half is not None}


def active_half(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> Expanded:
    """Return the template expanded for a Region, whose half of every site with a copy is the active one.

    Raises InvalidTemplateError if the template can't be expanded, or the Region is the one of a copy.
    """
    active = active_template(template, parameters, region)
    return Expanded(expand_template(active, parameters, region), region, parameters)


def active_template(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> Mapping[str, Any]:
    """Return a compact template with a Region's half of every site with a copy as the active one."""
    return with_active(template, sites_with_copy(template, parameters, region), region)


def copies(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> tuple[Copy, ...]:
    """Return the copies of a compact template's sites, one for each Region that has any.

    `region` is the primary Region. Raises InvalidTemplateError for a template that can't be expanded in both.
    """
    every = read_sites(template, parameters, region)
    regions = dict.fromkeys(there for there in map(_region, every.values()) if there)
    return tuple(_copy(template, parameters, region, there, every) for there in regions)


def _copy(
    template: Mapping[str, Any], parameters: Mapping[str, Any], region: str, there: str, every: Mapping[str, SiteSpec]
) -> Copy:
    """Return the copy in the Region `there`, of those sites (`every`: all of them) that have it there."""
    sites = {name: spec for name, spec in every.items() if _region(spec) == there}

    def half(at: str, active: str) -> Expanded:
        named = with_active(template, sites, active)
        return Expanded(expand_template(named, parameters, at), at, parameters)

    first, copied = half(region, region), half(there, there)
    on_standby = any(map(_on_standby, sites.values()))

    return Copy(
        region,
        there,
        tuple(dict.fromkeys(spec.half.spec.mode for spec in sites.values() if spec.half)),
        sites,
        {name: spec for name, spec in every.items() if name not in sites},
        before=halves.both(first, half(there, region), switched=False)
        if on_standby
        else graph.read(first.template, first.region, first.parameters),
        after=halves.both(half(region, there), copied, switched=True),
        unplanned=halves.both(first, copied, switched=True),
    )


def _region(spec: SiteSpec) -> str | None:
    """Return the Region of a site's copy; None for a site without one."""
    return spec.half.spec.region if spec.half else None


def _on_standby(spec: SiteSpec) -> bool:
    """Return whether a site's copy has a stack while it is not active; other modes only keep the data there."""
    return spec.half is not None and spec.half.spec.mode in (PILOT_LIGHT, WARM_STANDBY)


def _owner(host: str, sites: Mapping[str, SiteSpec]) -> str:
    """Return the site that a host belongs to: by its names, or by the logical id of its distribution."""
    named = next((name for name, spec in sites.items() if host in spec.domain.names), None)
    inside = [name for name in sites if (referenced_id(host) or "").startswith(name)]
    return named or max(inside, key=len, default="")
