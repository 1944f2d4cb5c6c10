"""What RDS sells: MySQL 8.0 and 8.4 in every class with gp3; ministack lists older versions, and a few classes."""

from typing import Any

from ministack.core.responses import get_region  # type: ignore[import-not-found]
from ministack.services import rds  # type: ignore[import-not-found]

from tools.emulator.zones import ZONES

# Source: "Supported MySQL versions on Amazon RDS" in the Amazon RDS guide.
VERSIONS = ("8.0.43", "8.4.6")


def register() -> None:
    """Replace the two operations for MySQL; for other engines, ministack answers."""
    for action, answer in (
        ("DescribeDBEngineVersions", _versions),
        ("DescribeOrderableDBInstanceOptions", _options),
    ):
        rds._ACTION_MAP[action] = _of_mysql(answer, rds._ACTION_MAP[action])


def _of_mysql(answer: Any, own: Any) -> Any:
    """Return what answers of MySQL, unless one version is asked for, as when an instance is made."""
    return lambda params: (
        answer(params) if rds._p(params, "Engine") == "mysql" and not rds._p(params, "EngineVersion") else own(params)
    )


def _versions(_params: Any) -> Any:
    entries = "".join(
        f"<DBEngineVersion><Engine>mysql</Engine><EngineVersion>{version}</EngineVersion>"
        "<Status>available</Status></DBEngineVersion>"
        for version in VERSIONS
    )
    result = f"<DBEngineVersions>{entries}</DBEngineVersions>"
    return _answer("DescribeDBEngineVersions", result)


def _options(params: Any) -> Any:
    region = get_region()
    zones = "".join(
        f"<AvailabilityZone><Name>{region}{letter}</Name></AvailabilityZone>" for letter in ZONES.get(region, "abc")
    )
    entries = "".join(
        f"<OrderableDBInstanceOption><Engine>mysql</Engine><EngineVersion>{version}</EngineVersion>"
        f"<DBInstanceClass>{rds._p(params, 'DBInstanceClass')}</DBInstanceClass><StorageType>gp3</StorageType>"
        f"<AvailabilityZones>{zones}</AvailabilityZones><MultiAZCapable>true</MultiAZCapable><Vpc>true</Vpc>"
        "<SupportsPerformanceInsights>true</SupportsPerformanceInsights>"
        "<MinStorageSize>20</MinStorageSize><MaxStorageSize>65536</MaxStorageSize></OrderableDBInstanceOption>"
        for version in VERSIONS
    )
    result = f"<OrderableDBInstanceOptions>{entries}</OrderableDBInstanceOptions>"
    return _answer("DescribeOrderableDBInstanceOptions", result)


def _answer(action: str, result: str) -> Any:
    return rds._xml(200, f"{action}Response", f"<{action}Result>{result}</{action}Result>")
