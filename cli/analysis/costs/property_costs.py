"""What each property of a site costs: the difference to the same site with the property's default."""

from collections.abc import Iterator
from dataclasses import dataclass

from cli.analysis.costs.change import MIN_SHOWN
from cli.analysis.costs.compact_sites import CompactTemplate, Path


@dataclass(frozen=True)
class PropertyCost:
    """A property that a site gives, and how much more the template costs a month than with the default."""

    site: str
    property: str
    dollars: float


def property_costs(compact: CompactTemplate) -> tuple[PropertyCost, ...]:
    """Return the properties whose absence changes the cost, the most expensive first.

    The differences do not add up: that of a group has those of its properties, and one property may need another. A
    property without which the template would be refused is left out.
    """
    now = compact.dollars()
    found = (cost for site in compact.specs for cost in _of_site(compact, site, now)) if now is not None else ()
    return tuple(sorted(found, key=lambda cost: -cost.dollars))


def _of_site(compact: CompactTemplate, site: str, now: float) -> Iterator[PropertyCost]:
    """Yield the groups and single properties with their costs; after a group, the properties in it."""
    for path in compact.given(site):
        whole = _cost(compact, site, path, now)
        if whole is not None and abs(whole.dollars) < MIN_SHOWN:
            continue
        inner = [_cost(compact, site, each, now) for each in compact.given(site, path[0])]
        yield from (cost for cost in (whole, *inner) if cost is not None and abs(cost.dollars) >= MIN_SHOWN)


def _cost(compact: CompactTemplate, site: str, path: Path, now: float) -> PropertyCost | None:
    """Return what a property costs; None if the site is refused without it."""
    without = compact.without(site, path).dollars()
    return None if without is None else PropertyCost(site, ".".join(path), now - without)
