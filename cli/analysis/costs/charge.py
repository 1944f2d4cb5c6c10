"""A charge: what one price makes a resource cost a month, at the least, as expected and at the most."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """Where in the architecture a charge arises, in the order of reports."""

    WEB_SERVERS = "web servers"
    DATABASE = "database"
    CACHE = "cache"
    FILES = "shared files"
    NETWORK = "network"
    LOAD_BALANCER = "load balancer"
    EDGE = "CloudFront and DNS"
    SECURITY = "secrets, keys, firewall"
    MONITORING = "monitoring"


@dataclass(frozen=True)
class Amounts:
    """Three numbers of units, or of dollars.

    `low`: minimum sizes and no visitors. `expected`: desired sizes, and the stated traffic. `high`: maximum sizes all
    month, and ten times the traffic.
    """

    low: float
    expected: float
    high: float

    @classmethod
    def same(cls, amount: float) -> "Amounts":
        """Return amounts that do not depend on sizes and traffic."""
        return cls(amount, amount, amount)

    def times(self, factor: float) -> "Amounts":
        """Return each amount multiplied."""
        return Amounts(self.low * factor, self.expected * factor, self.high * factor)

    def plus(self, other: "Amounts") -> "Amounts":
        """Return the sums."""
        return Amounts(self.low + other.low, self.expected + other.expected, self.high + other.high)


@dataclass(frozen=True)
class Charge:
    """One line of an estimate.

    `resource` is a logical id; `units` is how many of them, `price` the price of one a month in US dollars; None if the
    price list has none.
    """

    tier: Tier
    resource: str
    what: str
    units: Amounts
    price: float | None

    @property
    def dollars(self) -> Amounts:
        """The charge a month; 0 where the price is unknown."""
        return self.units.times(self.price or 0.0)


@dataclass(frozen=True)
class Traffic:
    """Visitors in a month: requests to CloudFront, and gigabytes that leave it."""

    requests: float
    gigabytes: float

    @property
    def amounts_of_gigabytes(self) -> Amounts:
        """The gigabytes of the three cases."""
        return Amounts(0, self.gigabytes, 10 * self.gigabytes)

    @property
    def amounts_of_requests(self) -> Amounts:
        """The requests of the three cases."""
        return Amounts(0, self.requests, 10 * self.requests)
