"""The settings of a restored database: those of the one that it replaces, so that the stack's properties stay true.

A restore takes most of them; the rest is changed afterwards, before the database gets its place.
"""

from typing import Any

from cli.restore.instance import Instance
from resilient_website.facts.rds import LARGE_GP3_GIB

# The same in both.
COPIED = (
    *("DBInstanceClass", "MultiAZ", "PubliclyAccessible", "AutoMinorVersionUpgrade", "StorageType", "LicenseModel"),
    *("CopyTagsToSnapshot", "DeletionProtection", "BackupRetentionPeriod", "PreferredBackupWindow"),
    *("EngineLifecycleSupport", "CACertificateIdentifier", "NetworkType", "DedicatedLogVolume"),
)
# What ModifyDBInstance sets, and a restore does not take.
LATER = ("PreferredMaintenanceWindow", "MonitoringInterval", "MonitoringRoleArn", "DatabaseInsightsMode")


def restored(old: Instance) -> dict[str, Any]:
    """Return the arguments that RestoreDBInstanceToPointInTime and RestoreDBInstanceFromDBSnapshot have in common."""
    now = old.described
    groups = {
        "DBParameterGroupName": now.get("DBParameterGroups"),
        "OptionGroupName": now.get("OptionGroupMemberships"),
    }
    return {
        **_copied(old, COPIED),
        **{name: found[0][name] for name, found in groups.items() if found},
        "DBSubnetGroupName": now["DBSubnetGroup"]["DBSubnetGroupName"],
        "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in now["VpcSecurityGroups"]],
        "Port": now["Endpoint"]["Port"],
        "EnableIAMDatabaseAuthentication": now.get("IAMDatabaseAuthenticationEnabled", False),
        "EnableCloudwatchLogsExports": list(now.get("EnabledCloudwatchLogsExports", ())),
        "Tags": [{"Key": key, "Value": value} for key, value in old.tags.items()],
        **_performance(old),
    }


def modified(old: Instance, password: str) -> dict[str, Any]:
    """Return the arguments of ModifyDBInstance for what a restore does not take.

    A restored database has the master password of its time; the site's secret has the current one.
    """
    now = old.described
    insights = bool(now.get("PerformanceInsightsEnabled"))
    retention = {"PerformanceInsightsRetentionPeriod": now["PerformanceInsightsRetentionPeriod"]} if insights else {}
    limit = {"MaxAllocatedStorage": now["MaxAllocatedStorage"]} if now.get("MaxAllocatedStorage") else {}
    return {
        **_copied(old, LATER),
        **limit,
        "EnablePerformanceInsights": insights,
        **retention,
        "MasterUserPassword": password,
        "ApplyImmediately": True,
    }


def _copied(old: Instance, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: old.described[name] for name in names if old.described.get(name) is not None}


def _performance(old: Instance) -> dict[str, Any]:
    return _copied(old, ("Iops", "StorageThroughput")) if old.described["AllocatedStorage"] >= LARGE_GP3_GIB else {}
