"""Changes that RDS and ElastiCache refuse, and those that a rollback of an update does not undo in RDS.

ministack accepts every change of a database or a cache. Sources: "ModifyDBInstance", "Upgrading a DB instance engine
version" and "Upgrades of the RDS for MySQL DB engine"; "Upgrading engine versions including cross engine upgrades"; of
rollbacks and of Extended Support, Translator.java and UpdateHandler.java of
github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds.
"""

from contextvars import ContextVar
from typing import Any

from ministack.services import elasticache, rds  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners, stacks  # type: ignore[import-not-found]

Json = dict[str, Any]

# What CloudFormation does not restore when it rolls back a database.
KEPT = ("AllocatedStorage", "EngineVersion")

_rolling_back: ContextVar[bool] = ContextVar("rolling_back", default=False)


def register() -> None:
    """Wrap the two types' updates, and mark those that a rollback makes."""
    own_revert = stacks._revert_update

    async def revert(*arguments: Any) -> Any:
        token = _rolling_back.set(True)
        try:
            return await own_revert(*arguments)
        finally:
            _rolling_back.reset(token)

    stacks._revert_update = revert
    for type_name, check in (
        ("AWS::RDS::DBInstance", _database),
        ("AWS::ElastiCache::ReplicationGroup", _replication_group),
        ("AWS::RDS::DBSubnetGroup", _database_subnets),
        ("AWS::ElastiCache::SubnetGroup", _cache_subnets),
    ):
        handlers = provisioners._RESOURCE_HANDLERS[type_name]
        handlers["update"] = _checked(type_name, check, handlers["update"])


def _checked(type_name: str, check: Any, own_update: Any) -> Any:
    def update(name: str, old: Json, new: Json, *arguments: Any) -> Any:
        if not provisioners._requires_replacement(type_name, old, new):
            new = check(name, old, new)
        return own_update(name, old, new, *arguments)

    return update


def _database(name: str, old: Json, new: Json) -> Json:
    """Return the properties that RDS applies. Raises ValueError with RDS's message if it refuses them."""
    if _rolling_back.get():
        return {**new, **{field: old[field] for field in KEPT if field in old}}
    replicas = rds._instances.get(name, {}).get("ReadReplicaDBInstanceIdentifiers")
    if new.get("EngineLifecycleSupport") != old.get("EngineLifecycleSupport"):
        raise ValueError("EngineLifecycleSupport cannot be modified.")
    if int(new.get("AllocatedStorage") or 0) < int(old.get("AllocatedStorage") or 0):
        raise ValueError(f"Invalid storage size for engine name {new['Engine']}: {new['AllocatedStorage']}")
    if replicas and str(new.get("BackupRetentionPeriod")) == "0":
        raise ValueError("Automated backups of a DB instance with read replicas can't be disabled.")
    before, after = _versions(old, new)
    if after < before:
        raise ValueError(f"Cannot upgrade {new['Engine']} from {old['EngineVersion']} to {new['EngineVersion']}")
    if after > before and replicas:
        raise ValueError("One or more of the DB Instance's read replicas need to be upgraded.")
    if after[:2] > before[:2] and str(new.get("AllowMajorVersionUpgrade")).lower() != "true":
        raise ValueError("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
    return new


def _replication_group(_name: str, old: Json, new: Json) -> Json:
    engines = old.get("Engine"), new.get("Engine")
    before, after = _versions(old, new)
    if engines == ("valkey", "redis") or (engines[0] == engines[1] and after < before):
        raise ValueError(f"Cannot downgrade from {engines[0]} {old['EngineVersion']} to {engines[1]}.")
    return new


def _database_subnets(name: str, old: Json, new: Json) -> Json:
    """Keep the subnets of a group with databases: the removed one may contain one of them."""
    users = (each.get("DBSubnetGroup", {}).get("DBSubnetGroupName") for each in rds._instances.values())
    return _kept_subnets(old, new, in_use=name in users, code="SubnetAlreadyInUse")


def _cache_subnets(name: str, old: Json, new: Json) -> Json:
    held = [*elasticache._clusters.values(), *elasticache._replication_groups.values()]
    return _kept_subnets(
        old, new, in_use=any(each.get("CacheSubnetGroupName") == name for each in held), code="SubnetInUse"
    )


def _kept_subnets(old: Json, new: Json, *, in_use: bool, code: str) -> Json:
    gone = set(old.get("SubnetIds") or ()) - set(new.get("SubnetIds") or ())
    if gone and in_use and not _rolling_back.get():
        raise ValueError(f"{code}: Some of the subnets to be deleted are currently in use: {', '.join(sorted(gone))}")
    return new


def _versions(old: Json, new: Json) -> tuple[list[int], list[int]]:
    before, after = ([int(part) for part in str(p.get("EngineVersion") or "0").split(".")] for p in (old, new))
    reported = min(len(before), len(after))
    return before[:reported], after[:reported]
