"""Which half visitors get: by the switch signal, or by the origin that CloudFront selects."""

from dataclasses import dataclass

from cli.deployed.tools import Tools
from cli.switch import origin_store, signal
from cli.switch.half import Half
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.secondary_region.published import FALLBACK_BUCKET


@dataclass(frozen=True)
class Pointing:
    """Reads and turns it through a half: through the secondary one, which has the signal in its Region.

    Behind VPC origins, either half will do.
    """

    tools: Tools
    half: Half

    @property
    def bucket(self) -> str:
        """The fallback bucket in the secondary Region."""
        if FALLBACK_BUCKET not in self.half.handed_over:
            found = f"the SSM parameter {FALLBACK_BUCKET} of the site is missing"
            advice = f"deploy the file to {self.half.other_region}, which writes it"
            raise InvalidTemplateError([Problem(self.half.name, found, advice)])
        return self.half.handed_over[FALLBACK_BUCKET]

    def region(self) -> str:
        """Return the Region of the half that visitors get."""
        if self.half.behind_vpc_origin:
            return origin_store.active_region(self.tools.client, self.half)
        there = signal.is_set(self.tools.client, self.half.region, self.bucket)
        return self.half.region if there else self.half.other_region

    def point_to(self, region: str) -> None:
        """Turn visitors to the half in a Region."""
        if self.half.behind_vpc_origin:
            origin_store.select(self.tools.client, self.half, region)
            return
        change = signal.put if region == self.half.region else signal.remove
        change(self.tools.client, self.half.region, self.bucket)
