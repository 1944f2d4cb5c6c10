"""What the stores of a deployed site hold: marks that are put into them, and what can be read of them afterwards."""

import json
from collections.abc import Callable
from typing import Any

from tests.bucket_contents import empty
from tests.sites import Installation

Json = dict[str, Any]

MARK = "mark-of-a-test"


def mark(installation: Installation, type_name: str, physical_id: str) -> None:
    """Put something into a store, or on it, that no template knows of."""
    if type_name == "AWS::S3::Bucket":
        installation.client("s3").put_object(Bucket=physical_id, Key=f"{MARK}.txt", Body=physical_id.encode())
    elif type_name == "AWS::RDS::DBInstance":
        rds = installation.client("rds")
        arn = rds.describe_db_instances(DBInstanceIdentifier=physical_id)["DBInstances"][0]["DBInstanceArn"]
        rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": MARK, "Value": physical_id}])


def unmark(installation: Installation, type_name: str, physical_id: str) -> None:
    """Take the mark out of a bucket, every version of it: S3 deletes no bucket that holds anything."""
    assert type_name == "AWS::S3::Bucket"
    empty(installation.client("s3"), physical_id, f"{MARK}.txt")


def contents(installation: Installation, type_name: str, physical_id: str) -> Json:
    """Return what belongs to this very store: marks, data, and what a service gives once, when it makes the store."""
    return READERS[type_name](installation, physical_id)


def _bucket(installation: Installation, name: str) -> Json:
    s3 = installation.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=name)
    # The digest of its content. Source: "Object" in the Amazon S3 API Reference, ETag.
    digests = {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", [])}
    # What is in no bucket by chance: delivered logs and saved copies come and go.
    return {key: digests[key] for key in (f"{MARK}.txt", "_fallback/index.html") if key in digests}


def _database(installation: Installation, name: str) -> Json:
    rds = installation.client("rds")
    (found,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    tags = rds.list_tags_for_resource(ResourceName=found["DBInstanceArn"])["TagList"]
    return {
        "marks": [tag for tag in tags if tag["Key"] == MARK],
        **{field: found[field] for field in ("DbiResourceId", "InstanceCreateTime", "MasterUsername", "DBName")},
    }


def _replication_group(installation: Installation, name: str) -> Json:
    elasticache = installation.client("elasticache")
    (found,) = elasticache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
    members = elasticache.describe_cache_clusters(CacheClusterId=found["MemberClusters"][0])["CacheClusters"]
    return {"ARN": found["ARN"], "first node": members[0]["CacheClusterCreateTime"]}


def _cache_cluster(installation: Installation, name: str) -> Json:
    (found,) = installation.client("elasticache").describe_cache_clusters(CacheClusterId=name)["CacheClusters"]
    return {"ARN": found["ARN"], "created": found["CacheClusterCreateTime"]}


def _file_system(installation: Installation, name: str) -> Json:
    (found,) = installation.client("efs").describe_file_systems(FileSystemId=name)["FileSystems"]
    return {"ARN": found["FileSystemArn"], "created": found["CreationTime"]}


def _secret(installation: Installation, arn: str) -> Json:
    """Return a secret's value; of one that is attached to a database, what the attachment does not write."""
    text = installation.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    if not text.startswith("{"):
        return {"value": text}
    value = json.loads(text)
    return {name: value[name] for name in ("username", "password")}


def _vault(installation: Installation, name: str) -> Json:
    found = installation.client("backup").describe_backup_vault(BackupVaultName=name)
    return {"ARN": found["BackupVaultArn"], "created": found["CreationDate"]}


READERS: dict[str, Callable[[Installation, str], Json]] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::RDS::DBInstance": _database,
    "AWS::ElastiCache::ReplicationGroup": _replication_group,
    "AWS::ElastiCache::CacheCluster": _cache_cluster,
    "AWS::EFS::FileSystem": _file_system,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::Backup::BackupVault": _vault,
}
