"""The cache's engines: their versions, and the families of their parameter groups."""

# The newest version of each engine that every Region offers. Source: "Supported engine versions" in the Amazon
# ElastiCache guide.
NEWEST_VERSION = {"valkey": "8.2", "redis": "7.1", "memcached": "1.6.22"}

REDIS_PORT = 6379
MEMCACHED_PORT = 11211


def family(engine: str, version: str) -> str:
    """Return the family of a version's parameter groups. Source: "Engine specific parameters"."""
    major, minor, *_ = [*version.split("."), ""]
    if engine == "memcached":
        return f"memcached{major}.{minor}"
    return "redis6.x" if (engine, major) == ("redis", "6") else f"{engine}{major}"
