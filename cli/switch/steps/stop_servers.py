"""Stops the servers of the half that was active, so that nothing writes to its database any more.

All servers, not only what visitors reach: a background job writes too. An empty target group answers 503, so visitors
get the friendly page until the other half answers.
"""

from dataclasses import dataclass
from datetime import timedelta

from cli.deployed.tools import AGAIN, Tools
from cli.switch.half import Half
from cli.switch.pointing import Pointing
from cli.switch.servers import LAUNCH, read_servers

# The deregistration delay of the target group is at most an hour.
LIMIT = timedelta(minutes=75)


@dataclass(frozen=True)
class StopServers:
    """An empty group that starts no servers. Done, too, when visitors already get the other half."""

    tools: Tools
    source: Half
    pointing: Pointing
    takes: str = "as long as requests may run: the deregistration delay, and the servers' shutdown"

    @property
    def title(self) -> str:
        """What it does."""
        return f"stop the servers in {self.source.region}: writes stop, visitors get the friendly page"

    def done(self) -> bool:
        """Return whether no server runs, or visitors get the other half."""
        return self.pointing.region() != self.source.region or read_servers(self.tools.client, self.source).empty

    def do(self) -> None:
        """Suspend launches, set the size to 0, and wait until the last server is gone."""
        servers = read_servers(self.tools.client, self.source)
        autoscaling = self.tools.client("autoscaling", self.source.region)
        if servers.launches:
            autoscaling.suspend_processes(AutoScalingGroupName=servers.group, ScalingProcesses=[LAUNCH])
        if servers.minimum or servers.desired:
            autoscaling.update_auto_scaling_group(AutoScalingGroupName=servers.group, MinSize=0, DesiredCapacity=0)
        advice = f"look at the group's activity in {self.source.region} (protected instances?); then {AGAIN}"
        self.tools.wait(f"an empty group of {self.source.name}", self.done, LIMIT, advice)
