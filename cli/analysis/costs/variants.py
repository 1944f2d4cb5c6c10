"""Cheaper and more resilient variants of a site: what each changes in the price, what it gives up, and what it gains.

A variant below what the project promises, such as a database without a standby, is not offered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli.analysis.costs.change import MIN_SHOWN
from cli.analysis.costs.compact_sites import CompactTemplate, Path
from cli.analysis.costs.price_list import PriceList
from resilient_website.facts.regions import DEFAULT_REGION
from resilient_website.tiers.secondary_region.spec import BACKUPS, PILOT_LIGHT, WARM_STANDBY


@dataclass(frozen=True)
class Variant:
    """A change of one property of a site: what it gives up, and what it gains (each may be empty)."""

    path: Path
    value: Any
    gives_up: str = ""
    gains: str = ""

    def is_offered(self, dollars: float) -> bool:
        """Return whether it changes the price as it should: what only gains costs more, what only gives up less."""
        return abs(dollars) >= MIN_SHOWN and (dollars < 0 or bool(self.gains)) and (dollars > 0 or bool(self.gives_up))

    @property
    def text(self) -> str:
        """The change as it is written in a template, in short."""
        return f"{'.'.join(self.path)}: {_shown(self.value)}"


@dataclass(frozen=True)
class PricedVariant:
    """A variant of a site, and how much more the template costs a month with it; negative for less."""

    site: str
    variant: Variant
    dollars: float


VARIANTS = (
    Variant(
        ("Network", "AvailabilityZones"),
        2,
        gives_up="after the loss of a zone, half of the servers are left instead of two thirds",
    ),
    Variant(
        ("Network", "AvailabilityZones"),
        3,
        gains="after the loss of a zone, two thirds of the servers are left instead of half",
    ),
    Variant(
        ("Network", "NatGateways"),
        "None",
        gives_up="the servers' access to the internet",
        gains="servers without a route to the internet",
    ),
    Variant(
        ("Network", "NatGateways"),
        "PerZone",
        gives_up="servers without internet access",
        gains="access to the internet",
    ),
    Variant(("Database", "ReadReplicas"), 1, gains="reads that do not load the primary"),
    Variant(("Cache",), True, gains="faster pages, and less load on the database"),
    Variant(("Cache",), False, gives_up="the cache: slower pages, and more load on the database"),
    Variant(
        ("Secondary",), BACKUPS, gains="recovery from the loss of the Region within hours, from replicated backups"
    ),
    Variant(
        ("Secondary",), PILOT_LIGHT, gains="recovery from the loss of the Region in tens of minutes, with current data"
    ),
    Variant(("Secondary",), WARM_STANDBY, gains="recovery from the loss of the Region in minutes, with current data"),
)

# Where a copy of a site is in the variants; of a site in that Region, it is in the default Region.
COPY_REGION = "us-west-2"


def priced_variants(compact: CompactTemplate) -> tuple[PricedVariant, ...]:
    """Return the variants that the template can have and that change its price, the cheapest first."""
    now = compact.dollars()
    if now is None:
        return ()
    found = (
        PricedVariant(site, variant, dollars - now)
        for site in compact.specs
        for variant in (*VARIANTS, *_classes(compact, site))
        if (dollars := _dollars(compact, site, variant)) is not None and variant.is_offered(dollars - now)
    )
    return tuple(sorted(found, key=lambda each: each.dollars))


def _dollars(compact: CompactTemplate, site: str, variant: Variant) -> float | None:
    """Return the cost with a variant; None if the site can't have it."""
    value: Any = variant.value
    if variant.path == ("Secondary",):
        region = DEFAULT_REGION if compact.region == COPY_REGION else COPY_REGION
        value = {"Region": region, "Mode": value}
    changed = compact.changed(site, variant.path, value)
    return changed.dollars() if changed else None


def _classes(compact: CompactTemplate, site: str) -> Iterator[Variant]:
    """Yield the next smaller and the next larger class in the price list, for the database and the web servers."""
    spec = compact.specs[site]
    used: list[tuple[Path, str, Any]] = [(("WebServers", "InstanceType"), "server", spec.web_servers.instance_type)]
    if spec.database:
        used.append((("Database", "DBInstanceClass"), "database", spec.database.instance_class))
    for path, kind, current in used:
        known = _by_price(compact.prices, kind)
        place = known.index(current) if current in known else len(known)
        for smaller in known[max(0, place - 1) : place]:
            yield Variant(path, smaller, gives_up="CPU and memory")
        for larger in known[place + 1 : place + 2]:
            yield Variant(path, larger, gains="CPU and memory")


def _by_price(prices: PriceList, kind: str) -> list[str]:
    held = prices.hourly[kind]
    return sorted(held, key=lambda name: held[name])


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
