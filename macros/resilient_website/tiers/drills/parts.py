"""What drills consist of: targets and the actions on them."""

from typing import Any

from troposphere import AWSHelperFn, GetAtt

from resilient_website.tiers.database import Database

# The duration of a drill, in ISO 8601: longer than replacing a server or promoting a replica takes.
DURATION = "PT10M"

# A target and an action on it, each by name.
Part = tuple[str, dict[str, Any], dict[str, Any]]


def reboot(name: str, database: Database, *, failover: bool, zone: AWSHelperFn | None = None) -> Part:
    """Return the target and action that restart a database's instance, with a zone only if the instance is there.

    `failover` fails it over to its standby. Source: "aws:rds:reboot-db-instances" in "AWS FIS actions reference", and
    the resource parameters of aws:rds:db in "Targets for AWS FIS".
    """
    target = {
        "ResourceType": "aws:rds:db",
        "ResourceArns": [GetAtt(database.primary, "DBInstanceArn")],
        **({} if zone is None else {"Parameters": {"availabilityZoneIdentifiers": zone}}),
        "SelectionMode": "ALL",
    }
    action = {
        "ActionId": "aws:rds:reboot-db-instances",
        "Parameters": {"forceFailover": str(failover).lower()},
        "Targets": {"DBInstances": name},
    }
    return name, target, action


def merged(*parts: Part) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the targets and the actions of a drill."""
    return {name: target for name, target, _ in parts}, {name: action for name, _, action in parts}
