"""The alarms of the web servers: CPU, and the agent's memory and disk metrics."""

from collections.abc import Iterator

from troposphere import Ref, Sub

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.tiers.monitoring.alarm import AlarmRow, Metric
from resilient_website.tiers.web_servers import WebServers
from resilient_website.tiers.web_servers.role import METRICS_NAMESPACE

MEMORY_PERCENT = 90
DISK_PERCENT = 85
CPU_PERCENT = 85


def rows(servers: WebServers) -> Iterator[AlarmRow]:
    """Yield the alarms; those of memory and disks only with the agent."""
    group: dict[str, Value] = {"AutoScalingGroupName": Ref(servers.group)}
    yield AlarmRow(
        "ServerCpuAlarm",
        f"The servers' CPU has been above {CPU_PERCENT} % for 15 minutes: scaling does not keep up.",
        "Check whether the group has reached its MaxSize: raise it, or choose a larger InstanceType.",
        (Metric("AWS/EC2", "CPUUtilization", group),),
        CPU_PERCENT,
        15,
        command="aws autoscaling describe-scaling-activities --auto-scaling-group-name ${AutoScalingGroupName} "
        "--max-items 10 --region ${AWS::Region}",
        section="the-site-is-slow",
    )
    if servers.log_group is None:
        return
    yield AlarmRow(
        "ServerMemoryAlarm",
        f"A server has used more than {MEMORY_PERCENT} % of its memory for 15 minutes.",
        "Look for a memory leak in the application's log. If there is none, choose a larger InstanceType.",
        (Metric(Sub(METRICS_NAMESPACE), "mem_used_percent", group, "Maximum"),),
        MEMORY_PERCENT,
        15,
        command="resilient-website logs ${Stack}",
        section="the-site-is-slow",
    )
    yield AlarmRow(
        "ServerDiskAlarm",
        f"A server's disk is more than {DISK_PERCENT} % full.",
        "Connect with Session Manager and find what fills the disk, or raise VolumeSize, which replaces the servers "
        "one by one.",
        (Metric(Sub(METRICS_NAMESPACE), "disk_used_percent", group, "Maximum"),),
        DISK_PERCENT,
        15,
        command="resilient-website shell ${Stack}",
        section="a-full-disk",
    )
