"""`check`: database, snapshot, keys, cache, support and replicated backups."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cli.checking_harness import MYSQL, Harness, option, orderable, reported

STANDING = {"Engine": "mysql", "DBInstanceClass": "db.t4g.small", "AllocatedStorage": "20"}
NOTHING = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"


def test_version_that_rds_has_not(harness: Harness) -> None:
    assert not harness.of_site({"Database": {"EngineVersion": "8.4.4"}}).findings
    found = reported(harness.of_site({"Database": {"EngineVersion": "8.4.9"}}))
    assert list(found) == ["Database.EngineVersion"]
    assert f"use one of {', '.join(MYSQL)}" in found["Database.EngineVersion"]


def test_class_that_rds_has_not(harness: Harness) -> None:
    harness.answers["rds", "describe_orderable_db_instance_options"] = orderable({"db.m7g.large": option()})
    database = {"DBInstanceClass": "db.m7g.large", "ReadReplicas": 1, "ReplicaDBInstanceClass": "db.r9g.large"}
    found = reported(harness.of_site({"Database": database}))
    assert list(found) == ["Database.ReplicaDBInstanceClass"]
    assert "RDS offers no db.r9g.large with MySQL 8.4 and gp3" in found["Database.ReplicaDBInstanceClass"]
    assert list(reported(harness.of_site({}))) == ["Database.DBInstanceClass"]


@pytest.mark.parametrize(
    ("row", "properties", "path", "text"),
    [
        ({"MultiAZCapable": False}, {}, "MultiAZ", "without a standby only"),
        ({"MaxStorageSize": 100}, {"AllocatedStorage": 200}, "AllocatedStorage", "allows 20 to 100"),
        ({"SupportsPerformanceInsights": False}, {}, "DatabaseInsightsMode", "has no insights"),
        ({"AvailabilityZones": [{"Name": "us-east-1a"}]}, {}, "DBInstanceClass", "is available in us-east-1a;"),
        (
            {"AvailabilityZones": [{"Name": "us-east-1a"}, {"Name": "us-east-1c"}]},
            {"ReadReplicas": 2},
            "DBInstanceClass",
            "replicas would be in us-east-1b, where db.m7g.large is not available",
        ),
        ({"StorageType": "gp2"}, {}, "DBInstanceClass", "and gp3 in us-east-1"),
    ],
)
def test_class_that_can_not_do_what_is_asked(
    harness: Harness, row: dict[str, Any], properties: dict[str, Any], path: str, text: str
) -> None:
    database = {"Database": {"DBInstanceClass": "db.m7g.large", **properties}}
    harness.answers["rds", "describe_orderable_db_instance_options"] = orderable({"db.m7g.large": option()})
    assert not harness.of_site(database).findings
    harness.answers["rds", "describe_orderable_db_instance_options"] = orderable({"db.m7g.large": option(**row)})
    found = reported(harness.of_site(database))
    assert list(found) == [f"Database.{path}"]
    assert found[f"Database.{path}"].startswith("error: ")
    assert text in found[f"Database.{path}"]


def snapshot(
    harness: Harness,
    engine: str = "mysql",
    version: str = "8.4.3",
    size: int = 20,
    *,
    encrypted: bool = True,
    user: str = "website",
) -> None:
    rds = harness.aws("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="old",
        DBInstanceClass="db.m7g.large",
        Engine=engine,
        EngineVersion=version,
        AllocatedStorage=size,
        StorageEncrypted=encrypted,
        MasterUsername=user,
        MasterUserPassword="abcdefgh",
    )
    rds.create_db_snapshot(DBInstanceIdentifier="old", DBSnapshotIdentifier="friday")


SNAPSHOT = {"Database": {"DBSnapshotIdentifier": "friday"}}


def test_snapshot_that_fits(harness: Harness) -> None:
    snapshot(harness)
    report = harness.of_site(SNAPSHOT)
    assert (report.findings, report.not_checked) == ((), ())


def test_snapshot_that_is_not_there(harness: Harness) -> None:
    found = reported(harness.of_site(SNAPSHOT))
    assert list(found) == ["Database.DBSnapshotIdentifier"]
    assert found["Database.DBSnapshotIdentifier"].startswith("error: us-east-1 has no DB snapshot friday; ")


def test_snapshot_that_was_used_may_be_gone(harness: Harness) -> None:
    summary = {"LogicalResourceId": "SiteDatabase", "ResourceType": "AWS::RDS::DBInstance", "PhysicalResourceId": "x"}
    harness.answers["cloudformation", "list_stack_resources"] = lambda **_: {"StackResourceSummaries": [summary]}
    assert not harness.of_site(SNAPSHOT, stack="my-site").findings


@pytest.mark.parametrize(
    ("held", "path", "text"),
    [
        (
            {"engine": "postgres", "version": "16.1"},
            "DBSnapshotIdentifier",
            "error: the snapshot friday is of postgres",
        ),
        ({"size": 100}, "AllocatedStorage", "error: found 20 GiB, but the snapshot friday holds 100; write Allo"),
        ({"version": "9.0.1"}, "EngineVersion", "error: found 8.4, but the snapshot friday is of MySQL 9.0.1"),
        ({"user": "admin"}, "DBSnapshotIdentifier", "warning: the snapshot friday has the master user admin, but the"),
        ({"encrypted": False}, "DBSnapshotIdentifier", "warning: the snapshot friday is not encrypted"),
    ],
)
def test_snapshot_that_does_not_fit(harness: Harness, held: dict[str, Any], path: str, text: str) -> None:
    snapshot(harness, **held)
    found = reported(harness.of_site(SNAPSHOT))
    assert list(found) == [f"Database.{path}"]
    assert found[f"Database.{path}"].startswith(text)


def test_keys(harness: Harness) -> None:
    kms = harness.aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    site = {tier: {"KmsKeyId": key} for tier in ("Database", "Cache", "Files")}
    assert not harness.of_site(site).findings
    kms.disable_key(KeyId=key)
    found = reported(harness.of_site(site))
    assert list(found) == ["Database.KmsKeyId", "Cache.KmsKeyId", "Files.KmsKeyId"]
    assert found["Cache.KmsKeyId"].startswith(f"error: the key {key} is Disabled; enable it")
    assert (
        "us-east-1 has no KMS key"
        in reported(harness.of_site({"Database": {"KmsKeyId": NOTHING}}))["Database.KmsKeyId"]
    )
    rsa = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    assert (
        "is RSA_2048; use a symmetric key" in reported(harness.of_site({"Cache": {"KmsKeyId": rsa}}))["Cache.KmsKeyId"]
    )


@pytest.mark.parametrize("engine", ["valkey", "redis", "memcached"])
def test_cache_with_the_default_version(harness: Harness, engine: str) -> None:
    report = harness.of_site({"Cache": {"Engine": engine}})
    assert (report.findings, report.not_checked) == ((), ())


def test_cache_that_is_not_to_be_had(harness: Harness) -> None:
    harness.answers["elasticache", "describe_reserved_cache_nodes_offerings"] = lambda **_: {}
    report = harness.of_site({"Cache": {"EngineVersion": "9.9", "CacheNodeType": "cache.r99g.large"}})
    found = reported(report)
    assert found["Cache.EngineVersion"].startswith(
        "error: ElastiCache offers no valkey 9.9 in us-east-1; write one of 7.2"
    )
    assert found["Cache.CacheNodeType"].startswith(
        "warning: ElastiCache has no offering for the node type cache.r99g.large"
    )


def test_live_database_without_protection(harness: Harness) -> None:
    summary = {"LogicalResourceId": "SiteDatabase", "ResourceType": "AWS::RDS::DBInstance", "PhysicalResourceId": "x"}
    harness.answers["cloudformation", "list_stack_resources"] = lambda **_: {"StackResourceSummaries": [summary]}
    site: dict[str, Any] = {"DomainName": "www.example.com", "HostedZoneId": {"Fn::Sub": harness.zone()}}
    assert not harness.of_site(site).findings
    assert list(reported(harness.of_site(site, stack="my-site"))) == ["Database.DeletionProtection"]
    site["Database"] = {"DeletionProtection": True}
    assert not harness.of_site(site, stack="my-site").findings


def test_database_that_waits_for_a_reboot(harness: Harness) -> None:
    harness.stack("my-site", {"SiteDatabase": {"Type": "AWS::RDS::DBInstance", "Properties": STANDING}})
    status = {"ParameterApplyStatus": "in-sync"}
    harness.answers["rds", "describe_db_instances"] = lambda **_: {"DBInstances": [{"DBParameterGroups": [status]}]}
    assert "Database.Parameters" not in reported(harness.of_site({}, stack="my-site"))
    status["ParameterApplyStatus"] = "pending-reboot"
    report = harness.of_site({}, stack="my-site")
    assert "are pending a reboot" in reported(report)["Database.Parameters"]
    assert report.ok
    assert "Database.Parameters" not in reported(harness.of_site({}))


def _copied(account: str, **database: Any) -> dict[str, Any]:
    arn = f"arn:aws:backup:us-west-2:{account}:backup-vault:copies"
    return {"Database": {"BackupPlan": {"CopyToVaultArn": {"Fn::Sub": arn}}, **database}}


COPY = "Database.BackupPlan.CopyToVaultArn"


def test_copies_for_another_account_need_a_key_of_ones_own(harness: Harness) -> None:
    key = harness.aws("kms").create_key()["KeyMetadata"]["KeyId"]
    assert not harness.of_site(_copied("${AWS::AccountId}")).findings
    assert not harness.of_site(_copied("999999999999", KmsKeyId=key)).findings
    found = reported(harness.of_site(_copied("999999999999")))
    assert list(found) == [COPY]
    assert found[COPY].startswith("error: found a vault of the account 999999999999, but the database is encrypted")
    # A key with another name is AWS's own nevertheless.
    harness.answers["kms", "describe_key"] = lambda **_: {"KeyMetadata": {"Enabled": True, "KeyManager": "AWS"}}
    assert list(reported(harness.of_site(_copied("999999999999", KmsKeyId=key)))) == [COPY]
    literal = _copied("999999999999")
    literal["Database"]["BackupPlan"]["CopyToVaultArn"] = "arn:aws:backup:us-west-2:999999999999:backup-vault:copies"
    assert list(reported(harness.of_site(literal))) == [COPY]


def test_copies_for_another_account_of_a_snapshot_with_awss_own_key(harness: Harness) -> None:
    snapshot(harness)
    harness.answers["kms", "describe_key"] = lambda **_: {"KeyMetadata": {"KeyManager": "AWS"}}
    found = reported(harness.of_site(_copied("999999999999", DBSnapshotIdentifier="friday")))
    assert "restore a copy of the snapshot with your own key" in found[COPY]
    harness.answers["kms", "describe_key"] = lambda **_: {"KeyMetadata": {"KeyManager": "CUSTOMER"}}
    assert not harness.of_site(_copied("999999999999", DBSnapshotIdentifier="friday")).findings


EXTENDED = {"EngineLifecycleSupport": "open-source-rds-extended-support"}


def test_support_that_is_paid_for(harness: Harness) -> None:
    assert not harness.of_site({"Database": EXTENDED}).findings
    found = reported(harness.of_site({"Database": {"EngineVersion": "8.0.40", **EXTENDED}}))
    assert list(found) == ["Database.EngineVersion"]
    assert found["Database.EngineVersion"].startswith("warning: the standard support of MySQL 8.0 ended on 2026-07-31;")
    assert "RDS charges for Extended Support" in found["Database.EngineVersion"]


def test_support_that_has_ended(harness: Harness) -> None:
    harness.now = datetime(2033, 1, 1, tzinfo=UTC)
    found = reported(harness.of_site({}))
    assert found["Database.EngineVersion"].startswith(
        "error: the standard support of MySQL 8.4 ended on 2032-07-31, and"
    )
    summary = {"LogicalResourceId": "SiteDatabase", "ResourceType": "AWS::RDS::DBInstance", "PhysicalResourceId": "x"}
    harness.answers["cloudformation", "list_stack_resources"] = lambda **_: {"StackResourceSummaries": [summary]}
    found = reported(harness.of_site({}, stack="my-site"))
    assert (
        "warning: the standard support of MySQL 8.4 ended on 2032-07-31, and RDS upgrades"
        in found["Database.EngineVersion"]
    )


BACKED_UP = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Secondary": {"Region": "us-west-2", "Mode": "Backups"},
}
SOURCES = ("rds", "describe_source_regions")
AUTOMATED = ("rds", "describe_db_instance_automated_backups")


def replicated(harness: Harness, *, supported: bool = True, others: int = 0) -> str:
    """Return what is reported of the copy's Region, which has the replicated backups of others, and its own."""
    source = {"RegionName": "us-east-1", "SupportsDBInstanceAutomatedBackupsReplication": supported}
    harness.answers[SOURCES] = lambda **_: {"SourceRegions": [{"RegionName": "eu-west-1"}, source]}
    away = {"Status": "replicating", "Region": "us-east-1"}
    own = {"Status": "active", "Region": "us-west-2"}
    harness.answers[AUTOMATED] = lambda **_: {"DBInstanceAutomatedBackups": [away] * others + [own] * 30}
    return reported(harness.of_site(BACKED_UP)).get("Secondary.Region", "")


def test_regions_between_which_backups_are_replicated(harness: Harness) -> None:
    assert replicated(harness) == ""
    assert replicated(harness, supported=False).startswith("error: RDS does not replicate automated backups from us-ea")


def test_number_of_replicated_backups(harness: Harness) -> None:
    assert replicated(harness, others=19) == ""
    assert replicated(harness, others=20).startswith("warning: us-west-2 already has the replicated backups of 20 data")
