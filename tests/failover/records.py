"""Route 53's records, and which of them it answers with.

Source: "How Amazon Route 53 chooses records when health checking is configured", and "Values specific for failover /
weighted records" in the Amazon Route 53 guide.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Healthy = Callable[["Record"], bool]


@dataclass(frozen=True)
class Record:
    """One record of a hosted zone. `alias` is the name that an alias leads to; else there are values."""

    name: str
    type: str
    private: bool = False
    failover: str = ""
    weight: int | None = None
    health_check: str = ""
    alias: str = ""
    evaluate_target_health: bool = False
    ttl: int = 60
    values: tuple[str, ...] = ()


def plain(name: str) -> str:
    """Return a name as it is compared: in lower case, without the last dot."""
    return name.rstrip(".").lower()


def deployed(route53: Any) -> tuple[Record, ...]:
    """Return all records of an account."""
    zones = route53.get_paginator("list_hosted_zones").paginate()
    return tuple(
        _record(entry, private=bool(zone.get("Config", {}).get("PrivateZone")))
        for page in zones
        for zone in page["HostedZones"]
        for found in route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone["Id"])
        for entry in found["ResourceRecordSets"]
    )


def _record(entry: dict[str, Any], *, private: bool) -> Record:
    alias = entry.get("AliasTarget", {})
    return Record(
        name=plain(entry["Name"]),
        type=entry["Type"],
        private=private,
        failover=entry.get("Failover", ""),
        weight=int(entry["Weight"]) if "Weight" in entry else None,
        health_check=entry.get("HealthCheckId", ""),
        alias=plain(alias.get("DNSName", "")).removeprefix("dualstack."),
        evaluate_target_health=bool(alias.get("EvaluateTargetHealth")),
        ttl=int(entry.get("TTL", 60)),
        values=tuple(value["Value"] for value in entry.get("ResourceRecords", [])),
    )


def chosen(records: Sequence[Record], healthy: Healthy, chance: random.Random) -> Record | None:
    """Return which record of one name and type is answered with; None if there is none."""
    if any(record.failover for record in records):
        return _of_pair(records, healthy)
    if any(record.weight is not None for record in records):
        return _by_weight(records, healthy, chance)
    return records[0] if records else None


def _of_pair(records: Sequence[Record], healthy: Healthy) -> Record:
    """Return the PRIMARY if it is healthy, else the SECONDARY if that is; with both unhealthy, the PRIMARY."""
    ordered = sorted(records, key=lambda record: record.failover != "PRIMARY")
    return next((record for record in ordered if healthy(record)), ordered[0])


def _by_weight(records: Sequence[Record], healthy: Healthy, chance: random.Random) -> Record:
    """Return a healthy record by weight; those of weight 0 count when no other is healthy, and all when none is."""
    weighing = [record for record in records if record.weight]
    spare = [record for record in records if not record.weight]
    for group in (weighing, spare):
        alive = [record for record in group if healthy(record)]
        if alive:
            return _one(alive, chance)
    return _one(weighing or spare, chance)


def _one(records: Sequence[Record], chance: random.Random) -> Record:
    return chance.choices(records, [record.weight or 1 for record in records])[0]
