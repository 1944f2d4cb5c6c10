"""ElastiCache's updates as on AWS: shards are added and removed online, and a replacement has another name.

ministack replaces a replication group for another number of shards, which CloudFormation does only without the update
policy UseOnlineResharding (all templates here have it), and deletes the old cache before it makes a new one.
"""

import copy
import time
from typing import Any

from ministack.services import elasticache  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

GROUP, CLUSTER = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"
NAMES = {GROUP: "ReplicationGroupId", CLUSTER: "ClusterName"}


def register() -> None:
    """Wrap the two types' updates, and what a replication group is replaced for."""
    own_rule = provisioners._ec_rg_requires_replacement
    provisioners._ec_rg_requires_replacement = lambda old, new: own_rule(
        *({**props, "NumNodeGroups": 1} for props in (old, new))
    )
    for type_name in NAMES:
        handlers = provisioners._RESOURCE_HANDLERS[type_name]
        handlers["update"] = _update(type_name, handlers["create"], handlers["update"])


def _update(type_name: str, create: Any, own_update: Any) -> Any:
    def update(name: str, old: Json, new: Json, stack: str, logical_id: str) -> tuple[str, Json]:
        if NAMES[type_name] not in new and provisioners._requires_replacement(type_name, old, new):
            made: tuple[str, Json] = provisioners._seeded_create(create, logical_id, new, stack)
            return made
        if type_name == GROUP:
            _reshard(name, int(new.get("NumNodeGroups") or 1))
        updated: tuple[str, Json] = own_update(name, old, new, stack, logical_id)
        return updated

    return update


def _reshard(name: str, count: int) -> None:
    """Give a replication group this many shards; those that stay keep their nodes."""
    group = elasticache._replication_groups[name]
    shards = group["NodeGroups"]
    for shard in shards[count:]:
        for member in shard["NodeGroupMembers"]:
            elasticache._clusters.pop(member["CacheClusterId"], None)
    del shards[count:]
    while len(shards) < count:
        shards.append(_like(shards[-1], f"{len(shards) + 1:04}"))
    group["MemberClusters"] = [member["CacheClusterId"] for shard in shards for member in shard["NodeGroupMembers"]]


def _like(shard: Json, number: str) -> Json:
    """Return a shard, with nodes, like another one."""
    made: Json = {**copy.deepcopy(shard), "NodeGroupId": number}
    for member in made["NodeGroupMembers"]:
        old = member["CacheClusterId"]
        member["CacheClusterId"] = new = old.replace(f"-{shard['NodeGroupId']}-", f"-{number}-")
        record = {**copy.deepcopy(elasticache._clusters[old]), "CacheClusterId": new}
        elasticache._clusters[new] = {**record, "CacheClusterCreateTime": time.time()}
    return made
