"""The charges of secrets, keys, the firewall, alarms, metrics that are made of logs, and dashboards."""

from collections.abc import Iterator

from cli.analysis.availability.resources import Properties, Resources
from cli.analysis.costs.charge import Amounts, Charge, Tier
from cli.analysis.costs.price_list import PriceList


def charges(resources: Resources, prices: PriceList) -> Iterator[Charge]:
    """Yield a charge for each resource that is charged by the month."""
    monthly = (
        ("AWS::SecretsManager::Secret", Tier.SECURITY, "secret", "secret"),
        ("AWS::KMS::Key", Tier.SECURITY, "key", "key"),
        ("AWS::KMS::ReplicaKey", Tier.SECURITY, "key", "key"),
        ("AWS::WAFv2::WebACL", Tier.SECURITY, "web ACL", "web_acl"),
        ("AWS::CloudWatch::Dashboard", Tier.MONITORING, "dashboard", "dashboard"),
    )
    for type_name, tier, what, price in monthly:
        for resource in resources.of_type(type_name):
            yield Charge(tier, resource.logical_id, what, Amounts.same(1), prices.monthly[price])
    for acl in resources.of_type("AWS::WAFv2::WebACL"):
        rules = Amounts.same(len(acl.properties.each("Rules")))
        yield Charge(Tier.SECURITY, acl.logical_id, "rule of a web ACL", rules, prices.monthly["web_acl_rule"])
    for made in resources.of_type("AWS::Logs::MetricFilter"):
        metrics = Amounts.same(len(made.properties.each("MetricTransformations")))
        yield Charge(Tier.MONITORING, made.logical_id, "metric of a log", metrics, prices.monthly["metric"])
    for alarm in resources.of_type("AWS::CloudWatch::Alarm"):
        metrics = Amounts.same(_metrics(alarm.properties))
        yield Charge(Tier.MONITORING, alarm.logical_id, "metric of an alarm", metrics, prices.monthly["alarm"])


def _metrics(alarm: Properties) -> int:
    """Return how many metrics an alarm reads; a math expression alone is none."""
    return sum(bool(each.inner("MetricStat").held) for each in alarm.each("Metrics")) or 1
