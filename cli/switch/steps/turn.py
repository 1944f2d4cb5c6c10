"""Turns visitors to the target half: by the switch signal, or by the origin that CloudFront selects."""

from dataclasses import dataclass

from cli.switch.half import Half
from cli.switch.pointing import Pointing


@dataclass(frozen=True)
class Turn:
    """What leads visitors to a half. Done when it leads to the target."""

    target: Half
    pointing: Pointing

    @property
    def takes(self) -> str:
        """How long it takes."""
        if self.target.behind_vpc_origin:
            return "seconds; AWS documents no time until every edge location has the value"
        return "seconds; DNS follows within the health check's interval times its threshold, and a TTL of 60 seconds"

    @property
    def title(self) -> str:
        """What it does."""
        return f"turn {'CloudFront' if self.target.behind_vpc_origin else 'DNS'} to {self.target.region}"

    def done(self) -> bool:
        """Return whether visitors are led to the target."""
        return self.pointing.region() == self.target.region

    def do(self) -> None:
        """Lead them there."""
        self.pointing.point_to(self.target.region)
