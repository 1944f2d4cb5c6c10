"""A compact template as the costs of other shapes need it: its sites' properties, changed or left out, and its cost."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from cli.analysis.costs.charge import Traffic
from cli.analysis.costs.estimate import estimate
from cli.analysis.costs.price_list import PriceList
from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_template import read_sites
from resilient_website.reading.properties import values
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.secondary_region.spec import PILOT_LIGHT, WARM_STANDBY

Path = tuple[str, ...]

# Modes of a copy that has a stack of its own in the other Region while the primary half is active.
WITH_STACK = (PILOT_LIGHT, WARM_STANDBY)


class PricedStack(NamedTuple):
    """The expected cost of a month of the stack in a Region that is made of sites with these values."""

    region: str
    values: Mapping[str, Any]
    dollars: float


@dataclass(frozen=True)
class CompactTemplate:
    """A compact template, the values of its parameters and its Region, with prices and traffic.

    `known` has the stacks that have been priced of this template and of those that are made of it. They differ only in
    their sites, and many are alike: a property may be given as its default, or alone in its group.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, Any]
    region: str
    prices: PriceList
    traffic: Traffic
    known: list[PricedStack] = field(default_factory=list, repr=False, compare=False)

    @cached_property
    def specs(self) -> Mapping[str, SiteSpec]:
        """The specifications of the sites, by logical id. Raises InvalidTemplateError if the template is refused."""
        return read_sites(self.template, self.parameters, self.region)

    @cached_property
    def site_values(self) -> Mapping[str, Any]:
        """The values of the sites' specifications. Whether a value is given or the default changes no price."""
        return {name: values(spec) for name, spec in self.specs.items()}

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
            return sum(self._dollars(region) for region in dict.fromkeys([self.region, *copies]))
        except InvalidTemplateError:
            return None

    def _dollars(self, region: str) -> float:
        """Return the expected cost of the stack in a Region. Raises InvalidTemplateError if the template is refused."""
        alike = (each.dollars for each in self.known if each.region == region and each.values == self.site_values)
        found = next(alike, None)
        if found is None:
            made = expand_template(self.template, self.parameters, region)
            found = estimate(made, region, self.parameters, self.prices, self.traffic).total.expected
            self.known.append(PricedStack(region, self.site_values, found))
        return found

    def _with(self, template: Mapping[str, Any]) -> "CompactTemplate":
        return replace(self, template=template)
