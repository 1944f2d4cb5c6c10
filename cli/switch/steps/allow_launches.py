"""Lets the group of the standby half start servers again: it stays at the size of its template."""

from dataclasses import dataclass

from cli.deployed.tools import Tools
from cli.switch.half import Half
from cli.switch.servers import LAUNCH, read_servers


@dataclass(frozen=True)
class AllowLaunches:
    """The process Launch of the group. Done when it is not suspended."""

    tools: Tools
    half: Half
    takes: str = "seconds"

    @property
    def title(self) -> str:
        """What it does."""
        return f"let the group in {self.half.region} start servers again, at its standby size"

    def done(self) -> bool:
        """Return whether the group may start servers."""
        return read_servers(self.tools.client, self.half).launches

    def do(self) -> None:
        """Resume the process."""
        name = read_servers(self.tools.client, self.half).group
        self.tools.client("autoscaling", self.half.region).resume_processes(
            AutoScalingGroupName=name, ScalingProcesses=[LAUNCH]
        )
