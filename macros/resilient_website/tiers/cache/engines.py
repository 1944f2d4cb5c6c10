"""The cache's engines: their versions, and the families of their parameter groups."""

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.intrinsics import Value

# The newest version of each engine that every Region offers. Source: "Supported engine versions" in the Amazon
# ElastiCache guide.
NEWEST_VERSION = {"valkey": "8.2", "redis": "7.1", "memcached": "1.6.22"}

# Source: "Supported engine versions" and "Data security in Amazon ElastiCache".
FIRST_OF_VALKEY = (7, 2)
FIRST_WITH_ENCRYPTION = {"redis": (4, 0, 10), "memcached": (1, 6, 12)}

# Parameter group families that are not named redis plus the major version. Source: "CreateCacheParameterGroup".
FAMILIES_OF_OLD_REDIS = {"4": "redis4.0", "5": "redis5.0", "6": "redis6.x"}

# Node types with data tiering, which such a group must enable, and others must not. Source: "CreateReplicationGroup",
# DataTieringEnabled; "Data tiering in ElastiCache".
TIERED_FAMILIES = ("r6gd",)
FIRST_WITH_TIERING = {"redis": (6, 2), "valkey": FIRST_OF_VALKEY}


def family(engine: str, version: str) -> str:
    """Return the family of a version's parameter groups."""
    major, minor, *_ = [*version.split("."), ""]
    if engine == "memcached":
        return f"memcached{major}.{minor}"
    return FAMILIES_OF_OLD_REDIS.get(major, f"redis{major}") if engine == "redis" else f"{engine}{major}"


def of_engine(engine: str, version: str) -> bool:
    """Tell whether an engine has a version: Redis OSS ends with 7.1, and Valkey starts with 7.2."""
    number = _number(version)
    if engine == "memcached":
        return number[0] == 1
    return number >= FIRST_OF_VALKEY if engine == "valkey" else number < FIRST_OF_VALKEY


def has_encryption(engine: str, version: str) -> bool:
    """Tell whether a version supports encryption in transit."""
    return engine == "valkey" or _number(version) >= FIRST_WITH_ENCRYPTION[engine]


def tiers_data(node_type: Value) -> bool:
    """Tell whether a node type has data tiering; false if the type is not known at expansion."""
    return str(known_value(node_type)).split(".")[1:2] in [[family] for family in TIERED_FAMILIES]


def has_tiering(engine: str, version: str) -> bool:
    """Tell whether a version of an engine supports data tiering."""
    return engine in FIRST_WITH_TIERING and _number(version) >= FIRST_WITH_TIERING[engine]


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
