"""A compact template as the costs of other shapes need it: its sites' properties, changed or left out, and its cost."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cli.analysis.costs.charge import Traffic
from cli.analysis.costs.estimate import Estimate, estimate
from cli.analysis.costs.price_list import PriceList
from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_template import read_sites
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.secondary_region.spec import PILOT_LIGHT, WARM_STANDBY

Path = tuple[str, ...]

# Modes of a copy that has a stack of its own in the other Region while the primary half is active.
WITH_STACK = (PILOT_LIGHT, WARM_STANDBY)


@dataclass(frozen=True)
class CompactTemplate:
    """A compact template, the values of its parameters and its Region, with prices and traffic."""

    template: Mapping[str, Any]
    parameters: Mapping[str, Any]
    region: str
    prices: PriceList
    traffic: Traffic

    @cached_property
    def specs(self) -> Mapping[str, SiteSpec]:
        """The specifications of the sites, by logical id. Raises InvalidTemplateError if the template is refused."""
        return read_sites(self.template, self.parameters, self.region)

    def properties(self, site: str) -> Mapping[str, Any]:
        """Return a site's properties as they are written."""
        held = self.template["Resources"][site].get("Properties")
        return held if isinstance(held, Mapping) else {}

    def changed(self, site: str, path: Path, value: Any) -> "CompactTemplate | None":
        """Return the template with a property of a site set; None if it is within a function."""
        made = copy.deepcopy(dict(self.template))
        held = made["Resources"][site].setdefault("Properties", {}) or {}
        made["Resources"][site]["Properties"] = held
        for name in path[:-1]:
            inner = held.get(name)
            if is_intrinsic(inner):
                return None
            held[name] = held = inner if isinstance(inner, dict) else {}
        held[path[-1]] = value
        return self._with(made)

    def without(self, site: str, path: Path) -> "CompactTemplate":
        """Return the template without a property of a site, which then has its default."""
        made = copy.deepcopy(dict(self.template))
        held = made["Resources"][site]["Properties"]
        for name in path[:-1]:
            held = held[name]
        del held[path[-1]]
        return self._with(made)

    def given(self, site: str, group: str = "") -> Iterator[Path]:
        """Yield the properties that a site gives: the groups and single properties, or those within a group."""
        held = self.properties(site)
        if not group:
            yield from ((name,) for name in held)
        elif isinstance(held[group], Mapping) and not is_intrinsic(held[group]):
            yield from ((group, name) for name in held[group])

    def dollars(self) -> float | None:
        """Return the expected cost of a month, with the copies' own stacks; None if the template is refused."""
        try:
            halves = [half.spec for spec in self.specs.values() if (half := spec.half)]
            copies = [half.region for half in halves if half.region and half.mode in WITH_STACK]
            return sum(self._estimate(region).total.expected for region in dict.fromkeys([self.region, *copies]))
        except InvalidTemplateError:
            return None

    def _estimate(self, region: str) -> Estimate:
        made = expand_template(self.template, self.parameters, region)
        return estimate(made, region, self.parameters, self.prices, self.traffic)

    def _with(self, template: Mapping[str, Any]) -> "CompactTemplate":
        return CompactTemplate(template, self.parameters, self.region, self.prices, self.traffic)
