"""What a DB instance class holds: memory, and the connections that RDS allows for it."""

import re

# GiB of memory of each family's smallest listed size; each size up doubles it. Source: "Hardware specifications for DB
# instance classes" in the Amazon RDS guide.
SIZES = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")
MEMORY_OF_LARGE = {"t": 8, "m": 8, "r": 16, "x": 32}
LARGE = SIZES.index("large")

# RDS's own default for MySQL: {DBInstanceClassMemory/12582880}. Source: "Quotas and constraints for Amazon RDS".
BYTES_PER_CONNECTION = 12_582_880
# Of an instance's memory, this share is left for the database, after the system and RDS's own processes.
MEMORY_LEFT = 0.9


def most_connections(instance_class: object) -> int | None:
    """Return about how many connections RDS allows an instance class; None for one that is not known here."""
    found = re.fullmatch(r"db\.([a-z])[0-9][a-z0-9]*\.([a-z0-9]+)", str(instance_class))
    if found is None or found[1] not in MEMORY_OF_LARGE or found[2] not in SIZES:
        return None
    gib = MEMORY_OF_LARGE[found[1]] * 2.0 ** (SIZES.index(found[2]) - LARGE)
    return int(gib * 1024**3 * MEMORY_LEFT / BYTES_PER_CONNECTION)
