"""The estimate of a template: all charges, their sums by tier, and what the price list does not have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from cli.analysis.availability import resources as availability
from cli.analysis.costs import caches, databases, edge, files, network, security_and_monitoring, servers
from cli.analysis.costs.charge import Amounts, Charge, Tier, Traffic
from cli.analysis.costs.price_list import PriceList

# What is not in an estimate, in the words of the report.
LEFT_OUT = (
    "taxes, discounts (Savings Plans, reserved instances, free tiers other than CloudFront's) and Spot prices",
    "traffic between zones, to the internet past CloudFront, and through NAT gateways and endpoints",
    "CPU credits of burstable classes, requests to S3 and KMS, logs, backups beyond the database's size",
    "what is read from shared files and written to them, and the lower price of Infrequent Access",
    "what the application itself uses",
)


@dataclass(frozen=True)
class Estimate:
    """The charges of a template a month, in US dollars."""

    charges: tuple[Charge, ...]

    @property
    def total(self) -> Amounts:
        """The sum of all charges."""
        return _sum(self.charges)

    @property
    def by_tier(self) -> Mapping[Tier, Amounts]:
        """The sum of each tier that has charges."""
        tiers = [tier for tier in Tier if any(charge.tier == tier for charge in self.charges)]
        return {tier: _sum(charge for charge in self.charges if charge.tier == tier) for tier in tiers}

    @property
    def unknown(self) -> tuple[str, ...]:
        """What has no price in the list, once each: the total is at least this much."""
        return tuple(dict.fromkeys(charge.what for charge in self.charges if charge.price is None))


def estimate(
    template: Mapping[str, Any], region: str, parameters: Mapping[str, Any], prices: PriceList, traffic: Traffic
) -> Estimate:
    """Return what the resources of an expanded template cost, with the stacks that it makes in other Regions."""
    resources = availability.read(template, region, parameters)
    return Estimate(
        (
            *servers.charges(resources, prices),
            *databases.charges(resources, prices),
            *caches.charges(resources, prices),
            *files.charges(resources, prices),
            *network.charges(resources, prices, traffic),
            *edge.charges(resources, prices, traffic),
            *security_and_monitoring.charges(resources, prices),
        )
    )


def _sum(charges: Iterable[Charge]) -> Amounts:
    return reduce(Amounts.plus, (charge.dollars for charge in charges), Amounts.same(0))
