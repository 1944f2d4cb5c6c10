"""Gives the target half as many servers as it has while active."""

from dataclasses import dataclass
from datetime import timedelta

from cli.deployed.tools import AGAIN, Tools
from cli.switch.half import Half
from cli.switch.servers import LAUNCH, read_servers
from resilient_website.tiers.web_servers.group import GROUP

# Longer than the health check grace period of the group (15 minutes), so that a server can be replaced once.
LIMIT = timedelta(minutes=40)


@dataclass(frozen=True)
class Scale:
    """The group's size while active. Done when as many servers are healthy in the target group."""

    tools: Tools
    target: Half
    takes: str = "as long as a server takes from its launch to its first healthy answer"

    @property
    def title(self) -> str:
        """What it does."""
        return f"start the servers in {self.target.region}, and wait until they are healthy"

    def done(self) -> bool:
        """Return whether enough servers are healthy."""
        return read_servers(self.tools.client, self.target).full

    def do(self) -> None:
        """Allow launches, set the size, and wait for healthy servers."""
        servers = read_servers(self.tools.client, self.target)
        autoscaling = self.tools.client("autoscaling", self.target.region)
        if not servers.launches:
            autoscaling.resume_processes(AutoScalingGroupName=servers.group, ScalingProcesses=[LAUNCH])
        if servers.minimum < servers.active_size:
            autoscaling.update_auto_scaling_group(
                AutoScalingGroupName=servers.group,
                MinSize=servers.active_size,
                DesiredCapacity=max(servers.active_size, servers.desired),
                MaxSize=max(servers.active_size, servers.maximum),
            )
        advice = (
            f"look at the group's activity and at the servers' log group in {self.target.region}: no capacity, a "
            f"quota, or servers that do not become healthy; then {AGAIN}"
        )
        self.tools.wait(f"healthy servers of {self.target.name} ({GROUP})", self.done, LIMIT, advice)
