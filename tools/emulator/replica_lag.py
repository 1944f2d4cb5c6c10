"""RDS's metric ReplicaLag of each replica, as of the moment that somebody asks: 0 seconds, unless it is told otherwise.

`PUT /_emulator/replica-lag` with a JSON object: a replica's identifier, and its lag in seconds. It replaces what was
said x
"""

import json
import time
from typing import Any

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


def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take the lags from the body of a request; return the response."""
    _lags.clear()
    _lags.update({str(name): float(seconds) for name, seconds in json.loads(body).items()})
    return 204, {}, b""


def _measured(own_read: Any) -> Any:
    def read(*arguments: Any, **options: Any) -> Any:
        for name, instance in rds._instances.items():
            if replicas.is_replica(instance):
                dimensions = {"DBInstanceIdentifier": name}
                cloudwatch._metric_bucket((*METRIC, cloudwatch._dims_key(dimensions))).clear()
                measured = (time.time(), "Seconds", of(name, instance), None, None, None)
                cloudwatch._store_datum(*METRIC, dimensions, *measured)
        return own_read(*arguments, **options)

    return read


def of(name: str, replica: Json) -> float:
    """Return the lag of a replica in seconds."""
    source = str(replica["ReadReplicaSourceDBInstanceIdentifier"]).split(":")
    cut_off = dead_regions.dead_for(source[3]) if len(source) > 1 else 0.0
    return _lags.get(name, 0.0) + cut_off
