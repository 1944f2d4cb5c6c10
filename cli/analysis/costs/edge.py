"""The charges of CloudFront and of Route 53's health checks."""

from collections.abc import Iterator

from cli.analysis.availability.resources import Properties, Resources
from cli.analysis.costs.charge import Amounts, Charge, Tier, Traffic
from cli.analysis.costs.price_list import PriceList

# What an account has free in a month. Source: "Amazon CloudFront Pricing".
FREE_GIGABYTES = 1024
FREE_REQUESTS = 10_000_000
FREE_FUNCTION_RUNS = 2_000_000

MILLION = 1_000_000
FAST_INTERVAL = 10


def charges(resources: Resources, prices: PriceList, traffic: Traffic) -> Iterator[Charge]:
    """Yield the charges of the distributions' traffic, of what selects origins, and of every health check."""
    distribution = next(iter(resources.of_type("AWS::CloudFront::Distribution")), None)
    if distribution is not None:
        sent = _beyond(traffic.amounts_of_gigabytes, FREE_GIGABYTES)
        asked = _beyond(traffic.amounts_of_requests, FREE_REQUESTS).times(1 / MILLION)
        name = distribution.logical_id
        yield Charge(Tier.EDGE, name, "GB beyond the free terabyte", sent, prices.per_unit["cloudfront_gigabyte"])
        price = prices.per_unit["cloudfront_requests"]
        yield Charge(Tier.EDGE, name, "million requests beyond the free ten", asked, price)
    yield from _selection(resources, prices, traffic)
    for check in resources.of_type("AWS::Route53::HealthCheck"):
        once = Amounts.same(1)
        yield Charge(Tier.EDGE, check.logical_id, "health check", once, prices.monthly["health_check"])
        options = _options(check.properties.inner("HealthCheckConfig"))
        if options:
            price = prices.monthly["health_check_option"]
            yield Charge(Tier.EDGE, check.logical_id, "option of a health check", Amounts.same(options), price)


def _selection(resources: Resources, prices: PriceList, traffic: Traffic) -> Iterator[Charge]:
    """Yield the charges of functions that read a key value store for every request: at most, since assets need none."""
    for function in resources.of_type("AWS::CloudFront::Function"):
        if not function.properties.inner("FunctionConfig").any("KeyValueStoreAssociations"):
            continue
        name, asked = function.logical_id, traffic.amounts_of_requests
        runs = _beyond(asked, FREE_FUNCTION_RUNS).times(1 / MILLION)
        price = prices.per_unit["cloudfront_functions"]
        yield Charge(Tier.EDGE, name, "million runs of a function beyond the free two", runs, price)
        price = prices.per_unit["cloudfront_store_reads"]
        yield Charge(Tier.EDGE, name, "million reads of a key value store", asked.times(1 / MILLION), price)


def _beyond(amounts: Amounts, free: float) -> Amounts:
    return Amounts(*(max(0.0, each - free) for each in (amounts.low, amounts.expected, amounts.high)))


def _options(config: Properties) -> int:
    """Return how many charged options a health check uses. Source: "Amazon Route 53 pricing"."""
    kind = config.text("Type")
    return (
        kind.startswith("HTTPS")
        + kind.endswith("STR_MATCH")
        + (config.number("RequestInterval", 30) == FAST_INTERVAL)
        + config.flag("MeasureLatency")
    )
