"""Changes that a service refuses although CloudFormation's schemas allow an update in place or a replacement.

Such an update fails at the resource and is rolled back. The rows are in service_refusals.toml; their checks are here.
"""

import re
from collections.abc import Callable, Iterator, Set
from functools import lru_cache
from typing import Any

from cli.analysis.availability.references import reference
from cli.analysis.updates import network_refusals
from cli.analysis.updates.refusal import Refusal, Update
from cli.analysis.updates.stack import Resource
from cli.toml_table import toml_table
from resilient_website.facts.rds import CREATION_PARAMETER

# The minimum ratio of MaxAllocatedStorage to AllocatedStorage; source: the table's row on it.
AUTOSCALING_MARGIN = 1.1

# The next major version of each major version. Source: "Major version upgrades for RDS for MySQL".
NEXT_MAJOR = {"mysql": {"5.7": "8.0", "8.0": "8.4"}}
# The number of parts in a major version: MySQL's 8.0 and 8.4 differ, PostgreSQL's 16.1 and 16.2 do not. Default 1.
MAJOR_PARTS = {"mysql": 2, "mariadb": 2}

Version = tuple[int, ...]


def refusals(update: Update, changed: Set[str]) -> Iterator[Refusal]:
    """Yield the rows by which the service refuses an update that changes these properties of a resource."""
    replaced = update.new.logical_id in update.replaced
    for row in table():
        concerned = row.type == update.new.type and row.replaced == replaced and changed & set(row.properties)
        if concerned and CHECKS[row.when](update, row):
            yield row


@lru_cache(maxsize=1)
def table() -> tuple[Refusal, ...]:
    """Return the rows of service_refusals.toml."""
    rows = toml_table(__file__, "service_refusals.toml")["refusal"]
    return tuple(Refusal(**{**row, "properties": tuple(row["properties"])}) for row in rows)


def _smaller(update: Update, row: Refusal) -> bool:
    old, new = (_number(value) for value in update.values(row.properties[0]))
    return old is not None and new is not None and new < old


def _earlier(update: Update, _row: Refusal) -> bool:
    old, new = _versions(update)
    return new < old


def _major_not_allowed(update: Update, _row: Refusal) -> bool:
    old, new = _majors(update)
    allowed = str(update.new.properties.get("AllowMajorVersionUpgrade", "")).lower() == "true"
    return new > old and not allowed


def _major_left_out(update: Update, _row: Refusal) -> bool:
    old, new = (".".join(map(str, each)) for each in _majors(update))
    steps = NEXT_MAJOR.get(str(update.new.properties.get("Engine")), {})
    return old != new and old in steps and new in steps.values() and steps[old] != new and not _earlier(update, _row)


def _before_replicas(update: Update, _row: Refusal) -> bool:
    old, new = _versions(update)
    return new > old and _has_replicas(update)


def _zero_with_replicas(update: Update, row: Refusal) -> bool:
    return _number(update.values(row.properties[0])[1]) == 0 and _has_replicas(update)


def _limit_below_allocated(update: Update, _row: Refusal) -> bool:
    allocated, limit = (
        _number(update.new.properties.get(name)) for name in ("AllocatedStorage", "MaxAllocatedStorage")
    )
    return allocated is not None and limit is not None and limit < allocated * AUTOSCALING_MARGIN


def _valkey_to_redis(update: Update, row: Refusal) -> bool:
    return tuple(str(value).lower() for value in update.values(row.properties[0])) == ("valkey", "redis")


def _cluster_mode_in_one_step(update: Update, _row: Refusal) -> bool:
    return [_cluster_mode(each) for each in (update.old, update.new)] == ["disabled", "enabled"]


def _of_new_databases(update: Update, row: Refusal) -> bool:
    """Return whether a parameter changes that RDS only accepts for a new database."""
    old, new = (each if isinstance(each, dict) else {} for each in update.values(row.properties[0]))
    family = str(update.new.properties.get("Family"))
    return family.startswith("mysql8") and old.get(CREATION_PARAMETER) != new.get(CREATION_PARAMETER)


CHECKS: dict[str, Callable[[Update, Refusal], bool]] = {
    "changed": lambda _update, _row: True,
    "smaller": _smaller,
    "earlier": _earlier,
    "later major version, not allowed": _major_not_allowed,
    "major version skipped": _major_left_out,
    "later, before its replicas": _before_replicas,
    "zero, with replicas": _zero_with_replicas,
    "limit below allocated storage": _limit_below_allocated,
    "another VPC": network_refusals.another_vpc,
    "a subnet in use removed": network_refusals.fewer_subnets,
    "Valkey to Redis OSS": _valkey_to_redis,
    "cluster mode in one step": _cluster_mode_in_one_step,
    "the same addresses in a VPC that stays": network_refusals.same_addresses,
    "used by a distribution": network_refusals.used_by_distribution,
    "IPv6 addresses in use": network_refusals.ipv6_in_use,
    "forwards to a target group that stays": network_refusals.shared_target_group,
    "a parameter of new databases": _of_new_databases,
    "the same file system": network_refusals.same("FileSystemId"),
    "the same address": network_refusals.same("AllocationId"),
    "the same internet gateway": network_refusals.same("InternetGatewayId"),
}


def _has_replicas(update: Update) -> bool:
    """Return whether the database has replicas when it is updated; CloudFormation deletes removed ones afterwards."""
    mark = reference(update.old.logical_id)
    return any(each.properties.get("SourceDBInstanceIdentifier") == mark for each in update.before.values())


def _cluster_mode(group: Resource) -> str:
    """Return a replication group's mode: its ClusterMode, else the mode implied by parameter group and shards."""
    mode = group.properties.get("ClusterMode")
    parameters = str(group.properties.get("CacheParameterGroupName"))
    sharded = (_number(group.properties.get("NumNodeGroups")) or 1) > 1 or "NodeGroupConfiguration" in group.properties
    return str(mode).lower() if mode else "enabled" if sharded or parameters.endswith(".cluster.on") else "disabled"


def _versions(update: Update) -> tuple[Version, Version]:
    """Return both versions with as many parts as both have, since 8.4 means any 8.4.x; equal ones if unknown.

    Versions of two different engines are not compared.
    """
    if str(update.old.properties.get("Engine")) != str(update.new.properties.get("Engine")):
        return (), ()
    old, new = (_version(value) for value in update.values("EngineVersion"))
    known = min(len(old), len(new))
    return old[:known], new[:known]


def _majors(update: Update) -> tuple[Version, Version]:
    old, new = _versions(update)
    parts = MAJOR_PARTS.get(str(update.new.properties.get("Engine")), 1)
    return old[:parts], new[:parts]


def _version(value: Any) -> Version:
    found = re.match(r"\d+(\.\d+)*", str(value))
    return tuple(map(int, found[0].split("."))) if found else ()


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
