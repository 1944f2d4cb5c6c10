"""The sizes and versions that the same file gives both halves, whichever is active: paths in resources, by type.

The least and the wanted number of servers are not among them: a pilot light has none. A half may lack a resource.
"""

from collections.abc import Mapping, Sequence
from typing import Any

SAME_IN_BOTH: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "AWS::AutoScaling::AutoScalingGroup": (("MaxSize",),),
    "AWS::EC2::LaunchTemplate": (("LaunchTemplateData", "InstanceType"),),
    "AWS::ElastiCache::CacheCluster": (("CacheNodeType",), ("EngineVersion",)),
    "AWS::ElastiCache::ReplicationGroup": (("CacheNodeType",), ("EngineVersion",)),
    "AWS::RDS::DBInstance": (("BackupRetentionPeriod",), ("DBInstanceClass",), ("EngineVersion",)),
}


def value_at(properties: Any, path: Sequence[str]) -> Any:
    """Return the value at a path in a resource's properties; None if it is not there."""
    for key in path:
        properties = properties.get(key) if isinstance(properties, Mapping) else None
    return properties
