"""What runs beside a website: budgets, backups, firewalls, serverless caches, and drills.

FIS, ARC, RDS's event subscriptions and SSM's documents are not in ministack: their resources are records here, which no
API shows.
"""

from typing import Any

from ministack.core.responses import get_account_id, get_region, new_uuid  # type: ignore[import-not-found]

from tools.emulator.api import Api
from tools.emulator.resource_types import EVERYTHING, Json, ResourceType, picked


def _create_budget(budgets: Api, props: Json, name: str) -> str:
    budget = {"BudgetName": name, **props["Budget"]}
    notifications = props.get("NotificationsWithSubscribers")
    budgets("create_budget", AccountId=get_account_id(), Budget=budget, NotificationsWithSubscribers=notifications)
    budget_name: str = budget["BudgetName"]
    return budget_name


def _select_for_backup(backup: Api, props: Json, _name: str) -> str:
    made = backup(
        "create_backup_selection", BackupPlanId=props["BackupPlanId"], BackupSelection=props["BackupSelection"]
    )
    return f"{made['SelectionId']}_{props['BackupPlanId']}"


def _create_serverless_cache(elasticache: Api, props: Json, name: str) -> str:
    known = picked(
        props,
        *("Engine", "MajorEngineVersion", "CacheUsageLimits", "KmsKeyId", "SecurityGroupIds", "SnapshotArnsToRestore"),
        *("SubnetIds", "SnapshotRetentionLimit", "DailySnapshotTime", "UserGroupId", "Description", "Tags"),
    )
    name = props.get("ServerlessCacheName", name[:40].lower())
    elasticache("create_serverless_cache", ServerlessCacheName=name, **known)
    return name


def _update_serverless_cache(elasticache: Api, name: str, _old: Json, new: Json) -> None:
    known = picked(
        new,
        *("Engine", "MajorEngineVersion", "CacheUsageLimits", "SecurityGroupIds", "SnapshotRetentionLimit"),
        *("DailySnapshotTime", "UserGroupId", "Description"),
    )
    elasticache("modify_serverless_cache", ServerlessCacheName=name, **known)


def _serverless_cache(elasticache: Api, name: str, _props: Json) -> Json:
    cache = elasticache("describe_serverless_caches", ServerlessCacheName=name)["ServerlessCaches"][0]
    endpoints = {"Endpoint": cache["Endpoint"], "ReaderEndpoint": cache.get("ReaderEndpoint") or cache["Endpoint"]}
    return {
        "ARN": cache["ARN"],
        "Status": cache["Status"],
        "CreateTime": str(cache.get("CreateTime", "")),
        "FullEngineVersion": cache.get("FullEngineVersion", ""),
        **{f"{name}.{part}": str(value[part]) for name, value in endpoints.items() for part in ("Address", "Port")},
    }


def _associate(waf: Api, props: Json, _name: str) -> str:
    waf("associate_web_acl", **picked(props, "WebACLArn", "ResourceArn"))
    return f"{props['WebACLArn']}|{props['ResourceArn']}"


def _dissociate(waf: Api, _association: str, props: Json) -> None:
    # Only its own web ACL: a replacement may have put another one in its place.
    found = waf("get_web_acl_for_resource", ResourceArn=props["ResourceArn"])
    if found.get("WebACL", {}).get("ARN") == props["WebACLArn"]:
        waf("disassociate_web_acl", ResourceArn=props["ResourceArn"])


def _recorded(prefix: str, replacing: tuple[str, ...], attributes: Any) -> ResourceType:
    """Return a type of a service that the emulator has not: nothing but an id."""
    return ResourceType(
        "sts",
        lambda _, __, ___: f"{prefix}{new_uuid().replace('-', '')[:17]}",
        attributes=attributes,
        replacing=replacing,
    )


TYPES = {
    "AWS::Budgets::Budget": ResourceType(
        "budgets",
        _create_budget,
        lambda budgets, name, _: budgets("delete_budget", AccountId=get_account_id(), BudgetName=name),
        lambda budgets, name, _, new: budgets(
            "update_budget", AccountId=get_account_id(), NewBudget={**new["Budget"], "BudgetName": name}
        ),
        replacing=("Budget.BudgetName", "NotificationsWithSubscribers"),
    ),
    "AWS::Backup::BackupSelection": ResourceType(
        "backup",
        _select_for_backup,
        lambda backup, ids, props: backup(
            "delete_backup_selection", BackupPlanId=props["BackupPlanId"], SelectionId=ids.partition("_")[0]
        ),
        attributes=lambda _, ids, props: {
            "Id": ids,
            "SelectionId": ids.partition("_")[0],
            "BackupPlanId": props["BackupPlanId"],
        },
        replacing=EVERYTHING,
    ),
    "AWS::ElastiCache::ServerlessCache": ResourceType(
        "elasticache",
        _create_serverless_cache,
        lambda elasticache, name, _: elasticache("delete_serverless_cache", ServerlessCacheName=name),
        _update_serverless_cache,
        _serverless_cache,
        ("ServerlessCacheName", "KmsKeyId", "SnapshotArnsToRestore", "SubnetIds"),
    ),
    "AWS::WAFv2::WebACLAssociation": ResourceType(
        "wafv2",
        _associate,
        _dissociate,
        replacing=EVERYTHING,
    ),
    "AWS::RDS::EventSubscription": _recorded(
        "events-", ("SubscriptionName",), lambda _, name, __: {"SubscriptionName": name}
    ),
    "AWS::FIS::ExperimentTemplate": _recorded("EXT", (), lambda _, template_id, __: {"Id": template_id}),
    "AWS::SSM::Document": _recorded("document-", ("DocumentType", "Name"), lambda _, __, ___: {}),
    "AWS::ARCZonalShift::ZonalAutoshiftConfiguration": _recorded(
        "", ("ResourceIdentifier",), lambda _, __, props: {"ResourceIdentifier": props["ResourceIdentifier"]}
    ),
    "AWS::ARCZonalShift::AutoshiftObserverNotificationStatus": _recorded(
        "", (), lambda _, __, ___: {"AccountId": get_account_id(), "Region": get_region()}
    ),
}
