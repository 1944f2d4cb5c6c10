"""RDS's metric ReplicaLag of each replica, measured when it is read, and before a Region is lost.

It is 0 seconds, or the value set by `PUT /_emulator/replica-lag` with a JSON object: a replica's identifier, and its
lag in seconds; the object replaces the one before. -1 says that nothing is replicated, as by a replica whose source's
Region is dead. Sources: "Amazon CloudWatch metrics for Amazon RDS" and "Monitoring replication lag" in the RDS guide.
"""

import json
import time
from typing import Any

from ministack.core.responses import request_scope  # type: ignore[import-not-found]
from ministack.services import cloudwatch, rds  # type: ignore[import-not-found]

from tools.emulator import dead_regions, replicas

Json = dict[str, Any]

PATH = "/_emulator/replica-lag"
METRIC = ("AWS/RDS", "ReplicaLag")

_lags: dict[str, float] = {}


def register() -> None:
    """Measure before the metric is read."""
    for name in ("_get_metric_statistics", "_get_metric_data"):
        setattr(cloudwatch, name, _measured(getattr(cloudwatch, name)))
    own_replace = dead_regions.replace

    def replace_dead(body: bytes) -> Any:
        measure()
        return own_replace(body)

    dead_regions.replace = replace_dead


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take the lags from the body of a request; return the response."""
    _lags.clear()
    _lags.update({str(name): float(seconds) for name, seconds in json.loads(body).items()})
    return 204, {}, b""


def measure() -> None:
    """Write a value for each replica of all accounts."""
    for (account, region, name), instance in list(rds._instances._data.items()):
        if replicas.is_replica(instance) and not dead_regions.is_dead(region):
            measured = (time.time(), "Seconds", of(name, instance), None, None, None)
            with request_scope(account, region):
                cloudwatch._store_datum(*METRIC, {"DBInstanceIdentifier": name}, *measured)


def of(name: str, replica: Json) -> float:
    """Return the lag of a replica in seconds."""
    source = str(replica["ReadReplicaSourceDBInstanceIdentifier"]).split(":")
    return -1.0 if len(source) > 1 and dead_regions.is_dead(source[3]) else _lags.get(name, 0.0)


def _measured(own_read: Any) -> Any:
    def read(*arguments: Any, **options: Any) -> Any:
        measure()
        return own_read(*arguments, **options)

    return read
