"""The results of a distribution for later tiers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, Ref

# The logical id suffix of the distribution with the site's names, for both front doors.
DISTRIBUTION = "Distribution"


class Delivery(NamedTuple):
    """A distribution: its resources, logical id and default domain name."""

    resources: tuple[AWSObject, ...]
    distribution: str
    domain_name: AWSHelperFn

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"DistributionId": Ref(self.distribution), "DistributionDomainName": self.domain_name}
