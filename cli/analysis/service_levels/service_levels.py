"""The uptime that AWS promises for each service, from a dated table beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cli.toml_table import toml_table

AS_OF = "as_of"


@dataclass(frozen=True)
class ServiceLevel:
    """What a service level agreement promises, in percent of a month: in several zones, and in a single one."""

    name: str
    percent: float
    single: float
    source: str


@dataclass(frozen=True)
class ServiceLevels:
    """The table with its date."""

    as_of: str
    services: Mapping[str, ServiceLevel]


@cache
def service_levels() -> ServiceLevels:
    """Return the table of the package. A service without another level has the same one in a single zone."""
    held = toml_table(__file__, "service_levels.toml")
    return ServiceLevels(
        held[AS_OF],
        {
            key: ServiceLevel(row["name"], row["percent"], row.get("single", row["percent"]), row["source"])
            for key, row in held.items()
            if key != AS_OF
        },
    )
