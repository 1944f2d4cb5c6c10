"""The cache's engines: their versions, and the families of their parameter groups."""

import re

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

# The only eviction policies with data tiering. Source: "Data tiering in ElastiCache", Limitations.
TIERED_POLICIES = ("volatile-lru", "allkeys-lru", "noeviction")

# Families of node types of which ElastiCache creates no new nodes. Sources: "CreateReplicationGroup", CacheNodeType
# (previous generation); "Supported node types", for T2.
FAMILIES_WITHOUT_NEW_NODES = ("c1", "m1", "m2", "m3", "r3", "t1", "t2")

# The first version on Graviton. Source: "CreateReplicationGroup", CacheNodeType; Memcached has it in each version with
# encryption.
FIRST_ON_GRAVITON = {"redis": (5, 0, 6)}

# From this version on, ElastiCache chooses the patch release itself, and accepts a major and a minor number only.
# Before it, and for Memcached, a version has three numbers. Source: "Supported engine versions".
FIRST_WITHOUT_PATCH = (6,)


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


def parts(engine: str, version: str) -> int:
    """Return how many numbers a version of this engine and major number has."""
    return 2 if engine != "memcached" and _number(version) >= FIRST_WITHOUT_PATCH else 3


def tiers_data(node_type: Value) -> bool:
    """Tell whether a node type has data tiering; false if the type is not known at expansion."""
    return _family(node_type) in TIERED_FAMILIES


def is_offered(node_type: Value) -> bool:
    """Tell whether ElastiCache creates new nodes of a type; true if the type is not known at expansion."""
    return _family(node_type) not in FAMILIES_WITHOUT_NEW_NODES


def runs_on(node_type: Value, engine: str, version: str) -> bool:
    """Tell whether a version runs on a node type; true if the type is not known at expansion.

    The name of a Graviton family has a `g` behind its generation's number.
    """
    generation = re.fullmatch(r"[a-z]+[0-9]+([a-z]*)", _family(node_type))
    graviton = generation is not None and "g" in generation[1]
    return not graviton or _number(version) >= FIRST_ON_GRAVITON.get(engine, ())


def has_tiering(engine: str, version: str) -> bool:
    """Tell whether a version of an engine supports data tiering."""
    return engine in FIRST_WITH_TIERING and _number(version) >= FIRST_WITH_TIERING[engine]


def _family(node_type: Value) -> str:
    """Return the family of a node type, as in r7g; empty if the type is not known at expansion."""
    return "".join(str(known_value(node_type)).split(".")[1:2])


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
