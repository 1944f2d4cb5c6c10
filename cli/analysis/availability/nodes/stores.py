"""Stores: databases and replicas, caches, file systems, buckets with their policies, and what is published to them."""

from dataclasses import dataclass
from typing import Any

from cli.analysis.availability.references import referenced_id, referenced_ids
from cli.analysis.availability.resources import Properties, Resource, Resources
from resilient_website.facts.ports import MEMCACHED, MYSQL, REDIS

CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")


@dataclass(frozen=True)
class Database:
    """A DB instance; `source` is the instance that a replica replicates."""

    logical_id: str
    multi_az: bool
    zone: str
    subnets: tuple[str, ...] | None
    groups: tuple[str, ...]
    port: int
    source: str


@dataclass(frozen=True)
class Cache:
    """A replication group or a cluster. `fails_over`: a replica is promoted if the primary is lost."""

    logical_id: str
    replicated: bool
    fails_over: bool
    cross_zone: bool
    nodes: int
    groups: tuple[str, ...]
    port: int


@dataclass(frozen=True)
class FileSystem:
    """A file system; `mount_targets` are the security groups of each of its mount targets."""

    logical_id: str
    mount_targets: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Statement:
    """A policy statement."""

    allows: bool
    principals: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Publication:
    """What a custom resource publishes to a bucket: a page below a prefix, or a whole site if it has a source.

    `function`: the function that publishes it.
    """

    logical_id: str
    function: str
    bucket: str
    prefix: str
    whole_site: bool


def databases(resources: Resources) -> dict[str, Database]:
    """Return the DB instances by logical id."""
    groups = {
        group.logical_id: group.properties.texts("SubnetIds") for group in resources.of_type("AWS::RDS::DBSubnetGroup")
    }
    return {made.logical_id: _database(made, groups) for made in resources.of_type("AWS::RDS::DBInstance")}


def _database(made: Resource, groups: dict[str, tuple[str, ...]]) -> Database:
    held = made.properties
    return Database(
        made.logical_id,
        held.flag("MultiAZ"),
        held.text("AvailabilityZone"),
        groups.get(referenced_id(held.text("DBSubnetGroupName")) or ""),
        held.texts("VPCSecurityGroups"),
        held.number("Port", MYSQL),
        held.text("SourceDBInstanceIdentifier"),
    )


def caches(resources: Resources) -> dict[str, Cache]:
    """Return the caches by logical id."""
    groups = resources.of_type("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster")
    return {made.logical_id: _cache(made) for made in groups}


def _cache(made: Resource) -> Cache:
    held = made.properties
    shards = held.number("NumNodeGroups", 1)
    replicated = shards * (1 + held.number("ReplicasPerNodeGroup", 0))
    nodes = held.number("NumCacheClusters", held.number("NumCacheNodes", replicated))
    return Cache(
        made.logical_id,
        replicated=made.type.endswith("ReplicationGroup"),
        fails_over=held.flag("AutomaticFailoverEnabled") and nodes > 1,
        cross_zone=held.flag("MultiAZEnabled") or held.text("AZMode") == "cross-az",
        nodes=nodes,
        groups=held.texts("SecurityGroupIds") or held.texts("VpcSecurityGroupIds"),
        port=held.number("Port", MEMCACHED if held.text("Engine") == "memcached" else REDIS),
    )


def file_systems(resources: Resources) -> dict[str, FileSystem]:
    """Return the file systems by logical id."""
    targets = resources.of_type("AWS::EFS::MountTarget")
    return {
        made.logical_id: FileSystem(
            made.logical_id,
            tuple(
                target.properties.texts("SecurityGroups")
                for target in targets
                if referenced_id(target.properties.text("FileSystemId")) == made.logical_id
            ),
        )
        for made in resources.of_type("AWS::EFS::FileSystem")
    }


def buckets(resources: Resources) -> dict[str, str]:
    """Return the buckets' names by logical id; empty if the template does not set the name."""
    return {made.logical_id: made.properties.text("BucketName") for made in resources.of_type("AWS::S3::Bucket")}


def bucket_policies(resources: Resources) -> dict[str, tuple[Statement, ...]]:
    """Return the policy statements of each bucket, by its logical id."""
    found: dict[str, tuple[Statement, ...]] = {}
    for made in resources.of_type("AWS::S3::BucketPolicy"):
        bucket = referenced_id(made.properties.text("Bucket")) or ""
        found[bucket] = (*found.get(bucket, ()), *statements(made.properties.inner("PolicyDocument")))
    return found


# Types of stores that servers may depend on but the model does not support.
UNFOLLOWED = ("AWS::RDS::DBCluster", "AWS::RDS::DBProxy", "AWS::ElastiCache::ServerlessCache", "AWS::MemoryDB::Cluster")


def unfollowed(resources: Resources) -> frozenset[str]:
    """Return the logical ids of stores that the model does not support."""
    return frozenset(made.logical_id for made in resources.of_type(*UNFOLLOWED))


def statements(document: Properties) -> tuple[Statement, ...]:
    """Return the statements of a policy document."""
    return tuple(_statement(statement) for statement in document.each("Statement"))


def _statement(statement: Properties) -> Statement:
    principal = statement.any("Principal")
    kinds = principal if isinstance(principal, dict) else {"AWS": principal} if principal else {}
    conditions = statement.any("Condition")
    operators = conditions if isinstance(conditions, dict) else {}
    return Statement(
        statement.text("Effect") == "Allow",
        tuple((kind, str(name)) for kind, names in kinds.items() for name in _listed(names)),
        statement.texts("Action"),
        statement.texts("Resource"),
        tuple(
            (operator, key.lower(), tuple(map(str, _listed(values))))
            for operator, keys in operators.items()
            for key, values in (keys.items() if isinstance(keys, dict) else ())
        ),
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def publications(resources: Resources) -> tuple[Publication, ...]:
    """Return what custom resources publish to buckets: those with a bucket and a prefix.

    A custom resource with a bucket but no prefix may just as well empty it.
    """
    known = buckets(resources)
    found = []
    for made in resources.held.values():
        if not made.type.startswith(CUSTOM):
            continue
        held = made.properties
        prefix, named = held.text("Prefix"), referenced_id(held.text("BucketName"))
        # The source bucket of the pages is referenced too, but not written to.
        filled = [named] if named in known else sorted(referenced_ids(dict(held.held)) & known.keys())
        for bucket in filled if prefix else ():
            whole_site = held.any("Source") is not None
            found.append(Publication(made.logical_id, held.text("ServiceToken"), str(bucket), prefix, whole_site))
    return tuple(found)
