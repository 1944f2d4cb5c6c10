"""What runs beside a website: drills, zonal autoshift, budgets, backups, serverless caches and firewalls."""

from typing import Any

from tests.emulated_resources.case import ACCOUNT, Case, Client, att, listed, ref
from tests.emulated_resources.surroundings import BALANCER

ACL = {
    "DefaultAction": {"Allow": {}},
    "Scope": "REGIONAL",
    "VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"},
}


def budget(client: Client, name: str) -> Any:
    found = client("budgets").describe_budgets(AccountId=ACCOUNT).get("Budgets", [])
    return [entry for entry in found if entry["BudgetName"] == name]


def backup_selection(client: Client, physical_id: str) -> Any:
    selection, _, plan = physical_id.partition("_")
    plans = [entry["BackupPlanId"] for entry in client("backup").list_backup_plans()["BackupPlansList"]]
    if plan not in plans:
        return []
    found = client("backup").list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    return [entry for entry in found if entry["SelectionId"] == selection]


def protection(client: Client, physical_id: str) -> Any:
    acl, _, resource = physical_id.partition("|")
    return resource in client("wafv2").list_resources_for_web_acl(WebACLArn=acl)["ResourceArns"]


CASES = [
    Case(
        "AWS::FIS::ExperimentTemplate",
        {"Description": "drill", "RoleArn": "arn:aws:iam::1:role/r", "StopConditions": [], "Targets": {}},
        None,
        {"Description": "other drill"},
        attributes=("Id",),
    ),
    Case(
        "AWS::SSM::Document",
        {"DocumentType": "Automation", "UpdateMethod": "NewVersion", "Content": {"schemaVersion": "0.3"}},
        None,
        {"Content": {"schemaVersion": "0.3", "description": "changed"}},
    ),
    Case(
        "AWS::ARCZonalShift::ZonalAutoshiftConfiguration",
        {"ResourceIdentifier": ref("Balancer"), "ZonalAutoshiftStatus": "DISABLED"},
        None,
        {"ZonalAutoshiftStatus": "ENABLED"},
        around=BALANCER,
    ),
    Case(
        "AWS::Budgets::Budget",
        {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 10, "Unit": "USD"}}},
        budget,
        {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": 20, "Unit": "USD"}}},
        {
            "Budget": {
                "BudgetName": "named",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": 20, "Unit": "USD"},
            }
        },
    ),
    Case(
        "AWS::Backup::BackupSelection",
        {
            "BackupPlanId": ref("Plan"),
            "BackupSelection": {"SelectionName": "all", "IamRoleArn": "arn:aws:iam::1:role/r", "Resources": ["*"]},
        },
        backup_selection,
        replaced={
            "BackupSelection": {"SelectionName": "some", "IamRoleArn": "arn:aws:iam::1:role/r", "Resources": ["a"]}
        },
        around={
            "Vault": {"Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "vault"}},
            "Plan": {
                "Type": "AWS::Backup::BackupPlan",
                "Properties": {
                    "BackupPlan": {
                        "BackupPlanName": "plan",
                        "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": ref("Vault")}],
                    }
                },
            },
        },
        attributes=("SelectionId", "BackupPlanId"),
    ),
    Case(
        "AWS::ElastiCache::ServerlessCache",
        {
            "ServerlessCacheName": "cache",
            "Engine": "valkey",
            "CacheUsageLimits": {"DataStorage": {"Maximum": "5", "Unit": "GB"}},
        },
        listed("elasticache", "describe_serverless_caches", "ServerlessCaches", "ServerlessCacheName"),
        {"Description": "other"},
        {"ServerlessCacheName": "cache2"},
        attributes=("ARN", "Endpoint.Address", "Endpoint.Port", "ReaderEndpoint.Address", "ReaderEndpoint.Port"),
    ),
    Case(
        "AWS::WAFv2::WebACLAssociation",
        {"WebACLArn": att("Acl", "Arn"), "ResourceArn": ref("Balancer")},
        protection,
        replaced={"WebACLArn": att("Acl2", "Arn")},
        around={
            **BALANCER,
            "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": ACL},
            "Acl2": {"Type": "AWS::WAFv2::WebACL", "Properties": ACL},
        },
    ),
]
