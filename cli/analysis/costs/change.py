"""What an update changes in the monthly cost of a stack."""

from dataclasses import dataclass

from cli.analysis.costs.charge import Traffic
from cli.analysis.costs.estimate import Estimate

# The traffic of an estimate where none is given: a small site's.
USUAL_TRAFFIC = Traffic(requests=1_000_000, gigabytes=50)

# Less is rounding.
LEAST = 0.01


@dataclass(frozen=True)
class CostChange:
    """The estimates of a stack before and after an update; `as_of` is the date of the prices."""

    before: Estimate
    after: Estimate
    as_of: str
    price_region: str

    @property
    def more(self) -> float:
        """How much more the stack is expected to cost a month, in US dollars; negative for less."""
        return self.after.total.expected - self.before.total.expected

    @property
    def text(self) -> str | None:
        """The change in words; None if nothing that has a price changes."""
        unknown = sorted({*self.before.unknown} ^ {*self.after.unknown})
        if abs(self.more) < LEAST and not unknown:
            return None
        without = f"; no price is known for {', '.join(unknown)}" if unknown else ""
        return (
            f"{self.more:+,.2f} US dollars a month: {self.before.total.expected:,.2f} before, "
            f"{self.after.total.expected:,.2f} after (prices of {self.as_of} in {self.price_region}{without})"
        )
