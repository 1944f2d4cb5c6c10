"""The sizes and versions that the same file gives both halves, whichever is active: paths in resources, by type.

The least and the wanted number of servers are not among them: a pilot light has none. A half may lack a resource.
"""

from collections.abc import Mapping

SAME_IN_BOTH: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "AWS::AutoScaling::AutoScalingGroup": (("MaxSize",),),
    "AWS::EC2::LaunchTemplate": (("LaunchTemplateData", "InstanceType"),),
    "AWS::ElastiCache::CacheCluster": (("CacheNodeType",), ("EngineVersion",)),
    "AWS::ElastiCache::ReplicationGroup": (("CacheNodeType",), ("EngineVersion",)),
    "AWS::RDS::DBInstance": (("BackupRetentionPeriod",), ("DBInstanceClass",), ("EngineVersion",)),
}
