"""Parameters that ElastiCache rejects: those that it sets itself, and invalid values.

Only commonly set parameters are listed. Sources: "Valkey and Redis OSS parameters" and "Memcached specific parameters"
in the Amazon ElastiCache User Guide.
"""

import re
from collections.abc import Mapping
from typing import Any

from resilient_website.problems import allowing, shown
from resilient_website.reading.reader import Reader

# Parameters that ElastiCache sets itself or doesn't have.
FIXED = frozenset(
    (
        *("maxmemory", "requirepass", "masterauth", "bind", "port", "dir", "logfile", "dbfilename", "appendfilename"),
        *("save", "appendonly", "appendfsync", "replicaof", "slaveof", "tls-port", "protected-mode", "daemonize"),
        *("cluster-config-file", "unixsocket", "pidfile", "repl-timeout", "list-max-ziplist-size"),
    )
)
POLICIES = tuple(f"{keys}-{order}" for keys in ("allkeys", "volatile") for order in ("lru", "lfu", "random"))
CHOICES = {
    "maxmemory-policy": (*POLICIES, "volatile-ttl", "noeviction"),
    **dict.fromkeys(
        (
            *("activedefrag", "activerehashing", "close-on-replica-write", "close-on-slave-write"),
            *("lazyfree-lazy-eviction", "lazyfree-lazy-expire", "lazyfree-lazy-server-del", "replica-lazy-flush"),
            "cluster-require-full-coverage",
        ),
        ("yes", "no"),
    ),
}
RANGES = {
    "reserved-memory-percent": (0, 100),
    "databases": (1, 1_200_000),
    "max_item_size": (1024, 1_073_741_824),
}

# Patterns of values, and what they allow.
PATTERNS = {
    "timeout": (r"0|[2-9]\d|[1-9]\d{2,8}", "0 (never), or a number of seconds from 20 on"),
    "tcp-keepalive": (r"\d{1,9}", "a number of seconds, or 0 (never)"),
    "notify-keyspace-events": (r"[KEg$lshzxetdmnA]*", "letters of K E g $ l s h z x e t d m n A, as in AKE"),
}

# Parameter name formats: with hyphens; for Memcached, with underscores.
NAMES = {"-": re.compile(r"[a-z][a-z0-9-]*"), "_": re.compile(r"[a-z][a-z0-9_]*")}


def check(parameters: Mapping[str, Any], engine: str, path: str, reader: Reader) -> None:
    """Note unknown and unmodifiable parameters, and invalid values."""
    joint, other = ("_", "-") if engine == "memcached" else ("-", "_")
    for name, value in parameters.items():
        where = f"{path}.{name}"
        if not NAMES[joint].fullmatch(name):
            plain = name.strip().lower().replace(other, joint)
            guess = f"did you mean {plain}? " if NAMES[joint].fullmatch(plain) else ""
            example = "max_item_size" if engine == "memcached" else "maxmemory-policy"
            found = f"found the name {shown(name)}"
            reader.problem(where, found, f"{guess}write the name of a parameter of {engine}, as in {example}")
        elif name in FIXED:
            reader.problem(
                where, "found a parameter that ElastiCache sets itself and doesn't allow to be changed", "leave it out"
            )
        elif isinstance(value, str):
            _check_value(name, value, where, reader)


def _check_value(name: str, value: str, path: str, reader: Reader) -> None:
    choices = CHOICES.get(name)
    if choices is not None and value not in choices:
        switched = {"true": "yes", "1": "yes", "on": "yes", "false": "no", "0": "no", "off": "no"}
        likely = switched.get(value.lower(), value.lower().replace("_", "-"))
        guess = f"did you mean {likely}? " if likely in choices else ""
        reader.problem(path, f"found {shown(value)}", allowing(", ".join(choices), guess))
    pattern, allowed = PATTERNS.get(name, ("(?s).*", ""))
    if not re.fullmatch(pattern, value):
        reader.problem(path, f"found {shown(value)}", allowing(allowed))
    if name in RANGES:
        least, most = RANGES[name]
        if not re.fullmatch(r"\d{1,10}", value) or not least <= int(value) <= most:
            reader.problem(path, f"found {shown(value)}", allowing(f"a whole number from {least} to {most}"))
