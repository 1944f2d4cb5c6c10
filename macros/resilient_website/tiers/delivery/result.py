"""What later tiers use of a distribution."""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, Ref

# Of the distribution that carries the site's names, whichever the front door is.
DISTRIBUTION = "Distribution"


@dataclass(frozen=True)
class Delivery:
    """A distribution: its resources, its logical id and its own name."""

    resources: tuple[AWSObject, ...]
    distribution: str
    domain_name: AWSHelperFn

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"DistributionId": Ref(self.distribution), "DistributionDomainName": self.domain_name}
