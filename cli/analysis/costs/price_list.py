"""The prices, from a dated table beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cli.analysis.month import HOURS
from cli.toml_table import toml_table


@dataclass(frozen=True)
class PriceList:
    """Prices in US dollars, by kind and name; see price_list.toml for units and sources."""

    as_of: str
    source: str
    region: str
    hourly: Mapping[str, Mapping[str, float]]
    monthly: Mapping[str, float]
    per_unit: Mapping[str, float]

    def of_class(self, kind: str, name: str) -> float | None:
        """Return the monthly price of an instance or node class; None if the table has none."""
        price = self.hourly[kind].get(name)
        return None if price is None else price * HOURS

    def of_hours(self, name: str) -> float:
        """Return the monthly price of something that is charged by the hour."""
        return self.hourly["other"][name] * HOURS


@cache
def price_list() -> PriceList:
    """Return the table of the package."""
    held = toml_table(__file__, "price_list.toml")
    return PriceList(
        held["as_of"], held["source"], held["region"], held["per_hour"], held["per_month"], held["per_unit"]
    )
