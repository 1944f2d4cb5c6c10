"""What a release may change: the servers' launch template, their group, and the role that reads the archive.

With a copy in another Region, also what this half declares of its application, and what reads the other half's values:
it reads them again when anything of this half changes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.deployed.site import DeployedSite
from resilient_website.tiers.load_balancer.origin_secret import RULE as CLOUDFRONT_RULE
from resilient_website.tiers.secondary_region.comparison import DECLARED
from resilient_website.tiers.secondary_region.primary_half import PRIMARY_HALF, SECONDARY_HALF
from resilient_website.tiers.web_servers.group import CANARY, GROUP

# The role names the object that it may read.
SUFFIXES = ("WebLaunchTemplate", GROUP, "WebRole", DECLARED, PRIMARY_HALF, SECONDARY_HALF)

# Of a canary: what comes and goes, and what has the weights.
OWN_OF_CANARY = (CANARY.launch_template, CANARY.group)
WEIGHTED = (CLOUDFRONT_RULE, "ListenerHttps", "ListenerHttp")


def beyond(
    site: DeployedSite, changes: Iterable[Mapping[str, Any]], *, changes_canary: bool = False
) -> tuple[str, ...]:
    """Return what changes beyond a release, which can begin or end a canary: `Action LogicalId`, sorted."""
    listed = list(changes)
    own = {site.name + suffix for suffix in OWN_OF_CANARY} if changes_canary else set[str]()
    allowed = {site.name + suffix for suffix in (*SUFFIXES, *(WEIGHTED if changes_canary else ()))} | own
    same = _with_the_same_values(listed, allowed)
    return tuple(
        sorted(
            f"{change['Action']} {change['LogicalResourceId']}"
            for change in listed
            if not (_is_release(change, allowed) or change["LogicalResourceId"] in same | own)
        )
    )


def _with_the_same_values(changes: list[Mapping[str, Any]], allowed: set[str]) -> set[str]:
    """Return the resources that are listed although their values stay the same.

    Their metadata changes, or they refer to one that changes in place: to one of `allowed`, or again to one of these.
    """
    same = {change["LogicalResourceId"] for change in changes if _only_describes(change)}
    while True:
        found = {change["LogicalResourceId"] for change in changes if _only_refers(change, allowed | same)}
        if found <= same:
            return same
        same |= found


def _is_release(change: Mapping[str, Any], allowed: set[str]) -> bool:
    in_place = change["Action"] == "Modify" and change.get("Replacement") != "True"
    return change["LogicalResourceId"] in allowed and in_place


def _only_describes(change: Mapping[str, Any]) -> bool:
    """Return whether only a resource's Metadata changes: the VPC lists the parameters that the macro has resolved."""
    return change["Action"] == "Modify" and list(change.get("Scope", [])) == ["Metadata"]


def _only_refers(change: Mapping[str, Any], causes: set[str]) -> bool:
    """Return whether a resource is listed only because it refers to one of `causes`, whose values stay the same.

    Source: "ResourceChangeDetail" in the AWS CloudFormation API Reference, Evaluation and CausingEntity.
    """
    details = change.get("Details", [])
    return (
        change["Action"] == "Modify"
        and change.get("Replacement") != "True"
        and bool(details)
        and all(
            each.get("Evaluation") == "Dynamic" and str(each.get("CausingEntity", "")).partition(".")[0] in causes
            for each in details
        )
    )
