"""The resource types that hold data, and all that the macro and the command line know about each.

The properties whose change replaces a store are in `store_identity.py`, which is generated. Sources: "DeletionPolicy
attribute" in the AWS CloudFormation User Guide (snapshots); the pages of the types in the AWS CloudFormation Template
Reference (the properties); all of 2026.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class StoreType(NamedTuple):
    """A resource type with data or names that can't be recreated from the template.

    - `noun`: the word for a resource of this type.
    - `in_sites`: a site creates it, and its data exists nowhere else. The site's deletion policies apply to it.
    - `protected`: update protection refuses its replacement.
    - `has_snapshots`: the deletion policy Snapshot is possible (a Memcached cluster has no snapshots).
    - `teardown`: the property of a site's Teardown that retains it; empty if there is none.
    - `in_subnets`: while it exists, AWS deletes neither its subnet group nor its security groups and their VPC.
    - `sources`: the properties that name the snapshot that a new resource is created from.
    - `replicates`: a resource with one of these properties has no data of its own, but that of its source or cluster.
    - `outlives`: with this property, a replica counts as a store, because it outlives its source (in another Region).
    """

    noun: str
    in_sites: bool = False
    protected: bool = False
    has_snapshots: bool = False
    teardown: str = ""
    in_subnets: bool = False
    sources: tuple[str, ...] = ()
    replicates: tuple[str, ...] = ()
    outlives: str = ""

    def has_own_data(self, properties: Mapping[str, Any]) -> bool:
        """Tell whether a resource with these properties has data of its own."""
        return self.outlives in properties or not any(name in properties for name in self.replicates)


STORES = {
    "AWS::Backup::BackupVault": StoreType("backup vault", in_sites=True),
    "AWS::Cognito::UserPool": StoreType("user pool"),
    "AWS::DocDB::DBCluster": StoreType("database cluster", has_snapshots=True),
    "AWS::DynamoDB::GlobalTable": StoreType("table"),
    "AWS::DynamoDB::Table": StoreType("table"),
    "AWS::EC2::Volume": StoreType("volume", has_snapshots=True),
    "AWS::ECR::Repository": StoreType("repository"),
    "AWS::EFS::FileSystem": StoreType("file system", in_sites=True, protected=True, teardown="Files"),
    "AWS::ElastiCache::CacheCluster": StoreType(
        "cache",
        in_sites=True,
        protected=True,
        teardown="Cache",
        in_subnets=True,
        sources=("SnapshotName", "SnapshotArns"),
    ),
    "AWS::ElastiCache::ReplicationGroup": StoreType(
        "cache",
        in_sites=True,
        protected=True,
        has_snapshots=True,
        teardown="Cache",
        in_subnets=True,
        sources=("SnapshotName", "SnapshotArns"),
    ),
    "AWS::ElastiCache::ServerlessCache": StoreType("cache"),
    "AWS::KMS::Key": StoreType("key"),
    "AWS::Kinesis::Stream": StoreType("stream"),
    "AWS::Neptune::DBCluster": StoreType("database cluster", has_snapshots=True),
    "AWS::OpenSearchService::Domain": StoreType("search domain"),
    "AWS::RDS::DBCluster": StoreType("database cluster", has_snapshots=True),
    "AWS::RDS::DBInstance": StoreType(
        "database",
        in_sites=True,
        protected=True,
        has_snapshots=True,
        teardown="Database",
        in_subnets=True,
        sources=("DBSnapshotIdentifier",),
        replicates=("DBClusterIdentifier", "SourceDBClusterIdentifier", "SourceDBInstanceIdentifier"),
        outlives="SourceRegion",
    ),
    "AWS::Redshift::Cluster": StoreType("data warehouse", has_snapshots=True),
    "AWS::Route53::HostedZone": StoreType("hosted zone"),
    "AWS::S3::Bucket": StoreType("bucket", in_sites=True, protected=True),
    "AWS::SQS::Queue": StoreType("queue"),
    "AWS::SecretsManager::Secret": StoreType("secret", in_sites=True),
}
