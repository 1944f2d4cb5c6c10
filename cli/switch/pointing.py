"""Which half visitors get, by the switch signal."""

from dataclasses import dataclass

from cli.deployed.tools import Tools
from cli.switch import signal
from cli.switch.half import Half
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.secondary_region.published import FALLBACK_BUCKET


@dataclass(frozen=True)
class Pointing:
    """Reads and sets the signal in the secondary half's Region."""

    tools: Tools
    secondary: Half

    @property
    def bucket(self) -> str:
        """The fallback bucket in the secondary Region."""
        if FALLBACK_BUCKET not in self.secondary.handed_over:
            found = f"the SSM parameter {FALLBACK_BUCKET} of the site is missing"
            advice = f"deploy the file to {self.secondary.other_region}, which writes it"
            raise InvalidTemplateError([Problem(self.secondary.name, found, advice)])
        return self.secondary.handed_over[FALLBACK_BUCKET]

    def region(self) -> str:
        """Return the Region of the half that visitors get."""
        there = signal.is_set(self.tools.client, self.secondary.region, self.bucket)
        return self.secondary.region if there else self.secondary.other_region

    def point_to(self, region: str) -> None:
        """Turn DNS to the half in a Region."""
        change = signal.put if region == self.secondary.region else signal.remove
        change(self.tools.client, self.secondary.region, self.bucket)
