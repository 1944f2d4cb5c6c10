"""The failures that a run causes, by the APIs that one would call by hand; AWS repairs each by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cli.analysis.availability.failures import ALL_WEB_SERVERS, DATABASE_PRIMARY, WEB_SERVER, ZONE
from cli.deployed.servers import healthy_targets, members
from cli.deployed.site import INSTANCE_TYPE, DeployedSite
from cli.deployed.tools import Tools
from resilient_website.problems import InvalidTemplateError, Problem

EXPERIMENT_TYPE = "AWS::FIS::ExperimentTemplate"
ZONE_DRILL = "ZoneDrill1"

# New servers boot, are installed and become healthy: the timeout of the site's own signals is up to an hour.
REPAIR = timedelta(hours=1)

# The states of an experiment that has ended. Source: "ExperimentState" in the AWS FIS API reference.
COMPLETED = "completed"
INCOMPLETE = ("stopped", "failed", "cancelled")


@dataclass(frozen=True)
class Trial:
    """A failure by its name in `failures`, and what causes it.

    `cause` returns a function that tells whether AWS has repaired it; both raise what AWS's clients raise, the function
    also InvalidTemplateError for a failure that did not take place to its end.
    """

    failure: str
    cause: Callable[[], Callable[[], bool]]


def trials(tools: Tools, site: DeployedSite) -> Iterator[Trial]:
    """Yield the failures of the tiers that the site has, the smallest first."""
    yield Trial(WEB_SERVER.name, lambda: _terminated(tools, site, most=1))
    if any(each.logical_id == f"{site.name}Database" for each in site.of_type(INSTANCE_TYPE)):
        yield Trial(DATABASE_PRIMARY.name, lambda: _failed_over(tools, site))
    drills = {each.logical_id: each.physical_id for each in site.of_type(EXPERIMENT_TYPE)}
    drill = drills.get(site.name + ZONE_DRILL)
    if drill:
        yield Trial(ZONE, lambda: _zone_lost(tools, site, drill))
    yield Trial(ALL_WEB_SERVERS.name, lambda: _terminated(tools, site, most=None))


def _terminated(tools: Tools, site: DeployedSite, *, most: int | None) -> Callable[[], bool]:
    """Terminate servers that serve; they are replaced once as many others are healthy."""
    before = healthy_targets(tools.client, site)
    serving = [each["InstanceId"] for each in members(tools.client, site) if each["InstanceId"] in before]
    lost = frozenset(serving[:most])
    tools.client("ec2", site.region).terminate_instances(InstanceIds=sorted(lost))

    def repaired() -> bool:
        healthy = healthy_targets(tools.client, site)
        return not lost & healthy and len(healthy) >= len(before)

    return repaired


def _failed_over(tools: Tools, site: DeployedSite) -> Callable[[], bool]:
    """Restart the database with a failover to its standby."""
    rds, identifier = tools.client("rds", site.region), str(site.find("Database"))

    def described() -> dict[str, Any]:
        return dict(rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0])

    before = described().get("AvailabilityZone")
    rds.reboot_db_instance(DBInstanceIdentifier=identifier, ForceFailover=True)

    def repaired() -> bool:
        now = described()
        return now["DBInstanceStatus"] == "available" and now.get("AvailabilityZone") != before

    return repaired


def _zone_lost(tools: Tools, site: DeployedSite, drill: str) -> Callable[[], bool]:
    """Run the site's own drill of a zone."""
    before = len(healthy_targets(tools.client, site))
    fis = tools.client("fis", site.region)
    experiment = fis.start_experiment(experimentTemplateId=drill)["experiment"]["id"]

    def repaired() -> bool:
        state = fis.get_experiment(id=experiment)["experiment"]["state"]
        if state["status"] in INCOMPLETE:
            found = f"the experiment {experiment} ended with {state['status']} ({state.get('reason', 'no reason')})"
            raise InvalidTemplateError([Problem(ZONE, found, "run the drill by hand (docs/drills.md)")])
        return state["status"] == COMPLETED and len(healthy_targets(tools.client, site)) >= before

    return repaired
