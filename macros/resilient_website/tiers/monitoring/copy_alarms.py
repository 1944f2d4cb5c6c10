"""The alarms of a copy in another Region: on its servers, on the assets' replication, and on halves that differ.

The alarm on the database's replica is with those of the database.
"""

from collections.abc import Iterator

from troposphere import AWSHelperFn, Ref

from resilient_website.functions.alarms import NAMESPACE
from resilient_website.tiers.monitoring.alarm import AlarmRow, Metric
from resilient_website.tiers.monitoring.monitored import ReplicatedAssets
from resilient_website.tiers.web_servers import WebServers

HOUR = 3600


def standby_servers(servers: WebServers, least: int) -> Iterator[AlarmRow]:
    """Yield the alarm on the servers that a half runs before it is active; none if it runs none."""
    if least < 1:
        return
    yield AlarmRow(
        "StandbyServersAlarm",
        f"This half has had fewer than {least} servers in service for 15 minutes: a switch has to wait for them.",
        "Check the group's activity history: no capacity, a quota, or servers that fail their health check. It must "
        "not write to the database, which is read-only here.",
        (
            Metric(
                "AWS/AutoScaling", "GroupInServiceInstances", {"AutoScalingGroupName": Ref(servers.group)}, "Minimum"
            ),
        ),
        least,
        15,
        below=True,
        missing="breaching",
        section="the-copy-is-not-ready",
    )


def assets_replication(replicated: ReplicatedAssets) -> AlarmRow:
    """Return the alarm on failed replications. S3 publishes the metric in the Region of the source bucket.

    Source: "Using S3 Replication metrics" in the Amazon S3 User Guide; for missing data, "S3 Replication metrics in
    CloudWatch".
    """
    return AlarmRow(
        "AssetsReplicationAlarm",
        "S3 failed to replicate assets to the copy's Region: visitors would miss them after a switch.",
        "Look for objects with the replication status FAILED, and for a changed policy, role or key. Upload these "
        "objects again, or use S3 Batch Replication.",
        (Metric("AWS/S3", "OperationsFailedReplication", dict(replicated.dimensions), "Sum"),),
        0,
        1,
        missing="ignore",
        section="the-copy-is-not-ready",
    )


def halves_differ(metric: AWSHelperFn) -> AlarmRow:
    """Return the alarm on halves that were deployed with different files or values; `metric` is the metric's name.

    It lasts for hours, since a deployment takes both Regions one after the other. No data means that nothing was
    compared; it is not breaching, because a new alarm has none until the first comparison. Source: "Configuring how
    CloudWatch alarms treat missing data" in the Amazon CloudWatch User Guide.
    """
    return AlarmRow(
        "HalvesDifferAlarm",
        "The two halves have differed in their files or parameters for three hours: after a switch, the site would "
        "have other sizes or versions. If the alarm has no data, nothing compares the halves.",
        "Deploy the half that is behind. If there is no data, read the log group of HalfComparisonFunction, which "
        "failed or got no answer from the primary Region.",
        (Metric(NAMESPACE, metric, {}, "Maximum", HOUR),),
        0,
        3,
        missing="missing",
        command="resilient-website switch status ${Stack}",
        section="the-halves-differ",
        without_data=True,
    )
