"""What an update changes in the monthly cost of a stack."""

from dataclasses import dataclass

from cli.analysis.costs.charge import Traffic
from cli.analysis.costs.estimate import Estimate

# The traffic of an estimate where none is given: a small site's.
USUAL_TRAFFIC = Traffic(requests=1_000_000, gigabytes=50)

# Less is rounding.
MIN_SHOWN = 0.01


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
    def without_price(self) -> tuple[str, ...]:
        """What only one of the two has, and the price list does not: `more` leaves it out."""
        return tuple(sorted({*self.before.unknown} ^ {*self.after.unknown}))

    @property
    def text(self) -> str | None:
        """The change in words; None if nothing that has a price changes. Without a price, it has no difference."""
        if abs(self.more) < MIN_SHOWN and not self.without_price:
            return None
        amounts = (
            f"{self.before.total.expected:,.2f} before, {self.after.total.expected:,.2f} after "
            f"(prices of {self.as_of} in {self.price_region})"
        )
        if self.without_price:
            missing = ", ".join(self.without_price)
            return f"no price is known for {missing}. The rest, in US dollars a month: {amounts}"
        return f"{self.more:+,.2f} US dollars a month: {amounts}"
