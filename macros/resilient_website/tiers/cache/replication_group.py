"""Valkey and Redis: a replication group with a replica in another zone, or several of them as shards."""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, Sub, elasticache, policies, secretsmanager

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.ports import REDIS
from resilient_website.tiers.cache.engines import tiers_data
from resilient_website.tiers.cache.spec import CacheSpec
from resilient_website.tiers.teardown import SNAPSHOT, store_policies

SECRET = "CacheSecret"  # noqa: S105 (the end of a logical id)

# 16 to 128 characters. Source: "Authenticating with the Valkey and Redis OSS AUTH command".
TOKEN_LENGTH = 64


def secret(context: Context) -> secretsmanager.Secret:
    """Return the clients' authentication token, which is deleted with the cache."""
    return secretsmanager.Secret(
        context.id(SECRET),
        Description=context.title("cache: token"),
        GenerateSecretString=secretsmanager.GenerateSecretString(ExcludePunctuation=True, PasswordLength=TOKEN_LENGTH),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )


def build(
    context: Context, spec: CacheSpec, parameter_group: AWSObject | None, teardown: str
) -> elasticache.ReplicationGroup:
    """Return the replication group."""
    return elasticache.ReplicationGroup(
        context.id("CacheReplicationGroup"),
        **store_policies(teardown, SNAPSHOT),
        ReplicationGroupDescription=context.title("cache"),
        Engine=spec.engine,
        EngineVersion=spec.version,
        CacheNodeType=spec.node_type,
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        TransitEncryptionEnabled=True,
        AtRestEncryptionEnabled=True,
        AutoMinorVersionUpgrade=True,
        SnapshotRetentionLimit=1 if spec.snapshot_retention_limit is None else spec.snapshot_retention_limit,
        Port=REDIS,
        CacheSubnetGroupName=Ref(context.id("CacheSubnetGroup")),
        SecurityGroupIds=[GetAtt(context.id("CacheSecurityGroup"), "GroupId")],
        **({"DataTieringEnabled": True} if tiers_data(spec.node_type) else {}),
        **_shape(spec),
        **_options(context, spec, parameter_group),
    )


def endpoints(group: AWSObject, spec: CacheSpec) -> tuple[AWSHelperFn, AWSHelperFn, AWSHelperFn]:
    """Return the host for writes, the host for reads, and the port."""
    writer = "ConfigurationEndPoint" if spec.cluster_mode else "PrimaryEndPoint"
    reader = "ConfigurationEndPoint" if spec.cluster_mode else "ReaderEndPoint"
    return GetAtt(group, f"{writer}.Address"), GetAtt(group, f"{reader}.Address"), GetAtt(group, f"{writer}.Port")


def nodes(group: AWSObject, spec: CacheSpec) -> tuple[dict[str, Value], ...]:
    """Return the dimensions of each node's metrics. Source: "Metrics for Valkey and Redis OSS"."""
    members = [f"{number:03}" for number in range(1, spec.replica_count + 2)]
    shards = [f"{number:04}-" for number in range(1, (spec.num_node_groups or 0) + 1)] or [""]
    return tuple({"CacheClusterId": Join("-", [Ref(group), shard + member])} for shard in shards for member in members)


def _shape(spec: CacheSpec) -> dict[str, Any]:
    if not spec.cluster_mode:
        return {"NumCacheClusters": 1 + spec.replica_count}
    return {
        "ClusterMode": "enabled",
        "NumNodeGroups": spec.num_node_groups,
        "ReplicasPerNodeGroup": spec.replica_count,
        # Allows online resharding; otherwise CloudFormation would replace the cache.
        "UpdatePolicy": policies.UpdatePolicy(UseOnlineResharding=True),
    }


def _options(context: Context, spec: CacheSpec, parameter_group: AWSObject | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "KmsKeyId": spec.kms_key_id,
        "SnapshotWindow": spec.snapshot_window,
        "PreferredMaintenanceWindow": spec.maintenance_window,
        "AuthToken": _token(context) if spec.has_token else None,
        "CacheParameterGroupName": _parameter_group_name(spec, parameter_group),
    }
    return {name: value for name, value in options.items() if value is not None}


def _token(context: Context) -> AWSHelperFn:
    return Sub(f"{{{{resolve:secretsmanager:${{{context.id(SECRET)}}}:SecretString}}}}")


def _parameter_group_name(spec: CacheSpec, parameter_group: AWSObject | None) -> Value:
    """Return the parameter group, also if it is the default: a major upgrade requires its group."""
    if parameter_group is not None:
        return Ref(parameter_group)
    return f"default.{spec.family}" + (".cluster.on" if spec.cluster_mode else "")
