"""What the stores of a deployed site hold: marks that are put into them, and what can be read of them afterwards."""

import json
from collections.abc import Callable
from typing import Any

from tests.bucket_contents import empty
from tests.sites import Installation

Json = dict[str, Any]

MARK = "mark-of-a-test"

# Where the emulator has them: see `account_state.py`.
STORES = (
    *("backup _vaults", "efs _file_systems", "elasticache _clusters", "elasticache _replication_groups"),
    *("rds _instances", "rds _tags", "s3 _buckets", "secretsmanager _secrets"),
)


def mark(installation: Installation, type_name: str, physical_id: str) -> None:
    """Put something into a bucket, or on a database, that no template knows of."""
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


class Contents:
    """What all stores of an account hold now, read by one request instead of one or two for each store."""

    def __init__(self, installation: Installation) -> None:
        asked = {"account": installation.account, "stores": STORES}
        self._entries: Json = json.loads(installation.emulator.ask("/_emulator/account-state", asked))
        self._region = installation.region

    def of(self, type_name: str, physical_id: str) -> Json:
        """Return what belongs to this very store: marks, data, and what a service gives once, when it makes the store.

        Raises KeyError if there is no such store.
        """
        return READERS[type_name](self, physical_id)

    def entry(self, store: str, name: str) -> Json:
        """Return what a service has stored of a thing in the installation's Region."""
        entry: Json = self._entries[f"{store} {self._region} {name}"]
        return entry

    def bucket(self, name: str) -> Json:
        """Return the digests of a bucket's objects, by their keys."""
        # Source: "Object" in the Amazon S3 API Reference, ETag.
        digests: Json = self._entries[f"s3 _buckets {name}"]["objects"]
        # What is in no bucket by chance: delivered logs and saved copies come and go.
        return {key: digests[key] for key in (f"{MARK}.txt", "_fallback/index.html") if key in digests}

    def database(self, name: str) -> Json:
        """Return the marks of a database, and what belongs to this very one."""
        found = self.entry("rds _instances", name)
        tags: list[Json] = self._entries.get(f"rds _tags {found['DBInstanceArn']}", [])
        return {
            "marks": [tag for tag in tags if tag["Key"] == MARK],
            **{field: found[field] for field in ("DbiResourceId", "InstanceCreateTime", "MasterUsername", "DBName")},
        }

    def replication_group(self, name: str) -> Json:
        """Return what belongs to this very replication group."""
        found = self.entry("elasticache _replication_groups", name)
        member = self.entry("elasticache _clusters", found["MemberClusters"][0])
        return {"ARN": found["ARN"], "first node": member["CacheClusterCreateTime"]}

    def cache_cluster(self, name: str) -> Json:
        """Return what belongs to this very cluster."""
        found = self.entry("elasticache _clusters", name)
        return {"ARN": found["CacheClusterArn"], "created": found["CacheClusterCreateTime"]}

    def file_system(self, name: str) -> Json:
        """Return what belongs to this very file system."""
        found = self.entry("efs _file_systems", name)
        return {"ARN": found["FileSystemArn"], "created": found["CreationTime"]}

    def secret(self, arn: str) -> Json:
        """Return a secret's value; of one that is attached to a database, what the attachment does not write."""
        (found,) = (
            entry
            for title, entry in self._entries.items()
            if title.startswith("secretsmanager ") and entry["ARN"] == arn and not entry["DeletedDate"]
        )
        (text,) = (
            version["SecretString"] for version in found["Versions"].values() if "AWSCURRENT" in version["Stages"]
        )
        if not text.startswith("{"):
            return {"value": text}
        value = json.loads(text)
        return {name: value[name] for name in ("username", "password")}

    def vault(self, name: str) -> Json:
        """Return what belongs to this very vault."""
        found = self.entry("backup _vaults", name)
        return {"ARN": found["BackupVaultArn"], "created": found["CreationDate"]}


READERS: dict[str, Callable[[Contents, str], Json]] = {
    "AWS::S3::Bucket": Contents.bucket,
    "AWS::RDS::DBInstance": Contents.database,
    "AWS::ElastiCache::ReplicationGroup": Contents.replication_group,
    "AWS::ElastiCache::CacheCluster": Contents.cache_cluster,
    "AWS::EFS::FileSystem": Contents.file_system,
    "AWS::SecretsManager::Secret": Contents.secret,
    "AWS::Backup::BackupVault": Contents.vault,
}
