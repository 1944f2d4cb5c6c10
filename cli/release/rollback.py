"""The rollback triggers of a stack: the alarms of a canary, beside those that the stack has.

CloudFormation saves them with the stack and uses them in later updates, until others are given. Source:
"RollbackConfiguration" in the AWS CloudFormation API Reference.
"""

from collections.abc import Collection, Mapping
from typing import Any

from cli.deployed.site import DeployedSite
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.monitoring.canary_alarms import ALWAYS, CANARY_ALARMS

ALARM = "AWS::CloudWatch::Alarm"

# How many triggers a stack can have. Source: RollbackTriggers in the same.
MAX_TRIGGERS = 5

Json = dict[str, Any]


def watching(site: DeployedSite, sites: Collection[str], stack: Mapping[str, Any], minutes: int) -> Json:
    """Return the configuration that also rolls back if one of the canary's alarms starts within some minutes.

    `sites` are the logical ids of the stack's sites, and `stack` is as DescribeStacks returns it. Raises
    InvalidTemplateError if the site has no such alarms, or if the stack has too many triggers besides.
    """
    own = _alarms(site, stack)
    if not all(map(site.find, ALWAYS)):
        fix = "deploy the file with Canary first: CloudFormation needs the alarms before the update"
        raise InvalidTemplateError([Problem(site.title, "the stack lacks the alarms of a canary", fix)])
    others, time = _others(site, sites, stack)
    if len(others) + len(own) > MAX_TRIGGERS:
        found = (
            f"found {len(others)} rollback triggers beside the canary's {len(own)}: CloudFormation takes {MAX_TRIGGERS}"
        )
        fix = "update the stack with fewer, such as a composite alarm of them; or give --skip-canary"
        raise InvalidTemplateError([Problem(site.title, found, fix)])
    triggers = [*others, *({"Arn": arn, "Type": ALARM} for arn in own)]
    return {"RollbackTriggers": triggers, "MonitoringTimeInMinutes": max(time, minutes)}


def not_watching(site: DeployedSite, sites: Collection[str], stack: Mapping[str, Any]) -> Json | None:
    """Return the configuration without the alarms of canaries; None if it has none of them.

    Other triggers keep their monitoring time, or the canary's if that was longer.
    """
    others, time = _others(site, sites, stack)
    if len(others) == len(_triggers(stack)):
        return None
    return {"RollbackTriggers": others, "MonitoringTimeInMinutes": time}


def started(client: Any, site: DeployedSite) -> list[str]:
    """Return the names of the canary's alarms that are on; `client` is one of CloudWatch."""
    names = [name for suffix in CANARY_ALARMS if (name := site.find(suffix))]
    if not names:
        return []
    found = client.describe_alarms(AlarmNames=names, StateValue="ALARM")
    return [each["AlarmName"] for each in found.get("MetricAlarms", [])]


def _alarms(site: DeployedSite, stack: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of the canary's alarms, which are in the stack's account and Region."""
    _, partition, _, region, account, *_ = str(stack["StackId"]).split(":")
    names = [site.find(suffix) for suffix in CANARY_ALARMS]
    return [f"arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}" for name in names if name]


def _others(site: DeployedSite, sites: Collection[str], stack: Mapping[str, Any]) -> tuple[list[Json], int]:
    """Return the triggers that are no canary's, and their monitoring time: 0 without any.

    Those of an alarm that the site does not have any more are a canary's too: CloudFormation names an alarm after its
    stack and its logical id. So are those that another site of the stack has kept: its bake time is over, and its
    canary says nothing about this site's release.
    """
    own = _alarms(site, stack)
    names = tuple(f"{site.stack}-{name}{suffix}" for name in {site.name, *sites} for suffix in CANARY_ALARMS)
    others = [
        each
        for each in _triggers(stack)
        if each["Arn"] not in own and not str(each["Arn"]).rpartition(":alarm:")[2].startswith(names)
    ]
    minutes = stack.get("RollbackConfiguration", {}).get("MonitoringTimeInMinutes", 0)
    return others, int(minutes) if others else 0


def _triggers(stack: Mapping[str, Any]) -> list[Json]:
    return list(stack.get("RollbackConfiguration", {}).get("RollbackTriggers", []))
