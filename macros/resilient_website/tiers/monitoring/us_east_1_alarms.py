"""The CloudFront and health check alarms of a site outside us-east-1, where these metrics are.

So the alarms and their topic (an alarm notifies only topics in its own Region) are in a stack there.
"""

from collections.abc import Iterator
from typing import NamedTuple

from troposphere import AWSObject, GetAtt, Ref, Sub, sns

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.tiers.monitoring import alarm, front_alarms
from resilient_website.tiers.monitoring.monitored import Monitored
from resilient_website.tiers.remote_stack import remote_stack

# Parameter names of the stack there.
EMAIL, DISTRIBUTION, HEALTH_CHECK, CERTIFICATE = "AlarmEmail", "DistributionId", "HealthCheckId", "CertificateArn"
STACK, DASHBOARD = "SiteStack", "DashboardUrl"


class EdgeAlarms(NamedTuple):
    """The stack there, and its alarms. Its attributes are the alarms' ARNs, by their suffixes."""

    stack: AWSObject
    rows: tuple[alarm.AlarmRow, ...]


def build(context: Context, site: Monitored, email: Value | None, pointers: alarm.Pointers) -> EdgeAlarms | None:
    """Return the alarms there; None if the site's stack has them, or if they have no recipient."""
    if site.sees_edge or email is None or site.distribution_id is None:
        return None
    values: dict[str, Value | None] = {
        EMAIL: email,
        DISTRIBUTION: site.distribution_id,
        HEALTH_CHECK: site.health_check_id,
        CERTIFICATE: site.edge_certificate_arn,
        STACK: Sub(pointers.stack),
        DASHBOARD: None if pointers.dashboard is None else Sub(pointers.dashboard),
    }
    topic = sns.Topic(
        context.id("EdgeAlarmTopic"),
        DisplayName=context.short_title("CloudFront alarms"),
        Subscription=[sns.Subscription(Protocol="email", Endpoint=Ref(EMAIL))],
    )
    rows = alarm.current(context, _rows(site))
    there = alarm.Pointers(f"${{{STACK}}}", None if pointers.dashboard is None else f"${{{DASHBOARD}}}")
    alarms = alarm.build(context, rows, Ref(topic), there)
    parameters = {name: value for name, value in values.items() if value is not None}
    arns = {row.suffix: GetAtt(made, "Arn") for row, made in zip(rows, alarms, strict=True)}
    stack = remote_stack(context, "EdgeAlarmsStack", CLOUDFRONT_REGION, [topic, *alarms], parameters, arns)
    return EdgeAlarms(stack, rows)


def _rows(site: Monitored) -> Iterator[alarm.AlarmRow]:
    """Yield the alarms, which refer to the stack's parameters."""
    yield from front_alarms.edge(
        site._replace(
            distribution_id=Ref(DISTRIBUTION),
            health_check_id=None if site.health_check_id is None else Ref(HEALTH_CHECK),
        )
    )
    if site.edge_certificate_arn is not None:
        yield front_alarms.certificate_expiry("EdgeCertificateExpiryAlarm", Ref(CERTIFICATE))
