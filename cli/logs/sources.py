"""The logs of a site by tier, and the property that turns on what is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.deployed.site import BALANCER_TYPE, INSTANCE_TYPE, DeployedSite
from cli.logs.access_log import AccessLog
from cli.logs.cloudwatch import LogGroup
from cli.logs.line import Source

WEB, DATABASE, LOAD_BALANCER, FUNCTIONS = "web", "database", "load-balancer", "functions"
TIERS = (WEB, DATABASE, LOAD_BALANCER, FUNCTIONS)

LOG_GROUP_TYPE = "AWS::Logs::LogGroup"
WEB_LOG_GROUP = "WebLogGroup"


@dataclass(frozen=True)
class Missing:
    """A log that the site does not have, and what to do."""

    tier: str
    found: str

    def __str__(self) -> str:
        return f"{self.tier}: {self.found}"


Found = Source | Missing


def sources(
    site: DeployedSite, client: Callable[[str, str], Any], tiers: tuple[str, ...], pattern: str
) -> Iterator[Found]:
    """Yield the logs of these tiers, and those that are missing. Raises what AWS's clients raise."""
    logs = client("logs", site.region)
    for tier in tiers:
        if tier == WEB:
            yield _web(site, logs, pattern)
        elif tier == DATABASE:
            yield from _database(site, client, pattern)
        elif tier == LOAD_BALANCER:
            yield from _load_balancer(site, client, pattern)
        else:
            yield from _functions(site, logs, pattern)


def _web(site: DeployedSite, logs: Any, pattern: str) -> Found:
    group = site.find(WEB_LOG_GROUP)
    if group is None:
        return Missing(WEB, "the servers send no logs; leave out WebServers.CloudWatchAgent: false")
    return LogGroup(logs, WEB, group, pattern)


def _database(site: DeployedSite, client: Callable[[str, str], Any], pattern: str) -> Iterator[Found]:
    """Yield each instance's exported logs. RDS names a log group by the instance and the log.

    Source: "Publishing MySQL logs to Amazon CloudWatch Logs" in the Amazon RDS User Guide.
    """
    instances = site.of_type(INSTANCE_TYPE)
    if not instances:
        yield Missing(DATABASE, "this stack has no database")
        return
    for resource in instances:
        described = client("rds", site.region).describe_db_instances(DBInstanceIdentifier=resource.physical_id)
        exported = described["DBInstances"][0].get("EnabledCloudwatchLogsExports", [])
        if not exported:
            fix = "write Database.EnableCloudwatchLogsExports: [error, slowquery]"
            yield Missing(DATABASE, f"{resource.physical_id} exports no log; {fix}")
        for log in exported:
            name = f"/aws/rds/instance/{resource.physical_id}/{log}"
            yield LogGroup(client("logs", site.region), f"{DATABASE}-{log}", name, pattern)


def _load_balancer(site: DeployedSite, client: Callable[[str, str], Any], pattern: str) -> Iterator[Found]:
    """Yield the access log. Source: "Access log files" in the guide for Application Load Balancers."""
    for resource in site.of_type(BALANCER_TYPE):
        described = client("elbv2", site.region).describe_load_balancer_attributes(LoadBalancerArn=resource.physical_id)
        values = {each["Key"]: each["Value"] for each in described["Attributes"]}
        if values.get("access_logs.s3.enabled") != "true":
            yield Missing(LOAD_BALANCER, "it writes no access log; leave out LoadBalancer.AccessLogs: false")
            continue
        account = resource.physical_id.split(":")[4]
        own = values.get("access_logs.s3.prefix", "")
        prefix = "/".join(filter(None, (own, f"AWSLogs/{account}/elasticloadbalancing/{site.region}")))
        yield AccessLog(client("s3", site.region), values["access_logs.s3.bucket"], prefix, pattern)


def _functions(site: DeployedSite, logs: Any, pattern: str) -> Iterator[Found]:
    """Yield the logs of the stack's functions, which all its sites share."""
    for resource in site.of_type(LOG_GROUP_TYPE):
        if resource.logical_id != site.name + WEB_LOG_GROUP:
            yield LogGroup(logs, resource.logical_id.removesuffix("Logs"), resource.physical_id, pattern)
