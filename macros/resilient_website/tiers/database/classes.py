"""Facts about DB instance classes: memory, maximum connections, Database Insights."""

import re

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.intrinsics import Value

# Memory in GiB of each family's size `large`; each larger size doubles it. Source: "Hardware specifications for DB
# instance classes" in the Amazon RDS guide.
SIZES = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")
MEMORY_OF_LARGE = {"t": 8, "m": 8, "r": 16, "x": 32}
LARGE = SIZES.index("large")

# RDS's default for MySQL: {DBInstanceClassMemory/12582880}. Source: "Quotas and constraints for Amazon RDS".
BYTES_PER_CONNECTION = 12_582_880
# RDS's maximum without max_connections. Source: "Maximum number of database connections" in "Quotas and constraints for
# Amazon RDS".
MAX_CONNECTIONS = 16_000
# The share of an instance's memory that remains for the database.
MEMORY_LEFT = 0.9

# Classes without Performance Insights and Database Insights. Source: "Amazon RDS DB engine, Region, and instance class
# support for Database Insights".
TOO_SMALL_FOR_INSIGHTS = tuple(f"db.{family}.{size}" for family in ("t2", "t3", "t4g") for size in ("micro", "small"))

# Families that have no MySQL 8: previous generations, and those for Oracle and SQL Server. Newer families can get it at
# any time. Source: "Supported DB engines for DB instance classes" in the Amazon RDS guide.
FAMILIES_WITHOUT_MYSQL = (
    *("m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2"),
    *("x1", "x1e", "x2iezn", "x2m", "z1d"),
)
# Sizes of the burstable classes. Source: "Hardware specifications for DB instance classes" in the Amazon RDS guide.
BURSTABLE_SIZES = dict.fromkeys(("t3", "t4g"), ("micro", "small", "medium", "large", "xlarge", "2xlarge"))


def has_mysql(instance_class: Value) -> bool:
    """Tell whether RDS may offer MySQL 8 with a class; true if the class is known only at deployment."""
    _, family, size, *_ = [*str(known_value(instance_class)).split("."), "", ""]
    return family not in FAMILIES_WITHOUT_MYSQL and size in BURSTABLE_SIZES.get(family, (size,))


def has_insights(instance_class: Value) -> bool:
    """Tell whether a class supports insights; false if the class is known only at deployment."""
    known = known_value(instance_class)
    return known is not None and known not in TOO_SMALL_FOR_INSIGHTS


def most_connections(instance_class: Value) -> int | None:
    """Return the approximate maximum connections of an instance class; None if unknown."""
    found = re.fullmatch(r"db\.([a-z])[0-9][a-z0-9]*\.([a-z0-9]+)", str(known_value(instance_class)))
    if found is None or found[1] not in MEMORY_OF_LARGE or found[2] not in SIZES:
        return None
    gib = MEMORY_OF_LARGE[found[1]] * 2.0 ** (SIZES.index(found[2]) - LARGE)
    return min(MAX_CONNECTIONS, int(gib * 1024**3 * MEMORY_LEFT / BYTES_PER_CONNECTION))
