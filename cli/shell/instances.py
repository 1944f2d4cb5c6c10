"""Which of a site's servers to connect to: healthy, and connected to Session Manager."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cli.aws_pages import pages
from cli.deployed.servers import healthy_targets, members
from cli.deployed.site import DeployedSite
from resilient_website.problems import InvalidTemplateError, Problem

# Why a server can be out of Session Manager's reach, and what to write. The servers' role always allows it. Source:
# "Complete Session Manager prerequisites" in the AWS Systems Manager User Guide.
UNREACHABLE = (
    "without WebServers.ImageId, Amazon Linux's SSM Agent runs; your own image needs it. Servers without internet "
    "access need the endpoints ssm and ssmmessages: Network.NatGateways: None makes them, your own VPC (Network.VpcId) "
    "needs them or a NAT gateway"
)


@dataclass(frozen=True)
class Instance:
    """A server of the group: its zone, whether visitors reach it, and whether Session Manager does."""

    id: str
    zone: str
    healthy: bool
    reachable: bool

    def __str__(self) -> str:
        state = "healthy" if self.healthy else "not healthy"
        return f"{self.id} in {self.zone} ({state}{'' if self.reachable else ', not connected to Session Manager'})"


def read_instances(site: DeployedSite, client: Callable[[str, str], Any]) -> tuple[Instance, ...]:
    """Return the group's servers, by zone and id. Raises what AWS's clients raise."""
    found, healthy = members(client, site), healthy_targets(client, site)
    online = _online(client("ssm", site.region), [each["InstanceId"] for each in found])
    instances = [
        Instance(
            each["InstanceId"],
            each["AvailabilityZone"],
            each["InstanceId"] in healthy,
            each["InstanceId"] in online,
        )
        for each in found
    ]
    return tuple(sorted(instances, key=lambda each: (each.zone, each.id)))


def choose(
    site: DeployedSite, instances: tuple[Instance, ...], instance: str | None = None, zone: str | None = None
) -> Instance:
    """Return the given server, or a healthy one, of the given zone. A server in trouble is chosen if it is given.

    Raises InvalidTemplateError if there is none, or Session Manager does not reach it.
    """
    meant = [each for each in instances if instance in (None, each.id) and zone in (None, each.zone)]
    if not meant:
        if not instances:
            advice = f"look at the group's size and last activity with `status {site.stack}`"
            raise InvalidTemplateError([Problem(site.title, "the group has no server", advice)])
        advice = f"use one of its servers: {', '.join(map(str, instances))}"
        raise InvalidTemplateError([Problem(site.title, "the group has no such server", advice)])
    reachable = [each for each in meant if each.reachable]
    if not reachable:
        found = f"{', '.join(each.id for each in meant)}: not connected to Session Manager"
        raise InvalidTemplateError([Problem(site.title, found, UNREACHABLE)])
    return next((each for each in reachable if each.healthy), reachable[0])


def _online(ssm: Any, instances: list[str]) -> set[str]:
    """Return the instances whose agent answers. Source: "DescribeInstanceInformation", PingStatus."""
    if not instances:
        return set()
    filters = [{"Key": "InstanceIds", "Values": instances}]
    found = pages(ssm, "describe_instance_information", "InstanceInformationList", Filters=filters)
    return {each["InstanceId"] for each in found if each["PingStatus"] == "Online"}
