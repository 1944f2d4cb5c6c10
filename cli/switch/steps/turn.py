"""Turns DNS to the target half by the switch signal."""

from dataclasses import dataclass

from cli.switch.half import Half
from cli.switch.pointing import Pointing


@dataclass(frozen=True)
class Turn:
    """The signal in the secondary Region. Done when it leads to the target."""

    target: Half
    pointing: Pointing
    takes: str = "seconds; DNS follows within the health check's interval times its threshold, and a TTL of 60 seconds"

    @property
    def title(self) -> str:
        """What it does."""
        return f"turn DNS to {self.target.region}"

    def done(self) -> bool:
        """Return whether the signal leads to the target."""
        return self.pointing.region() == self.target.region

    def do(self) -> None:
        """Put or remove the signal."""
        self.pointing.point_to(self.target.region)
