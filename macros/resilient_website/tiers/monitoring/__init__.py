"""Monitoring: the notification topic, the alarms, and the dashboard.

Each alarm requires an action and says which. Failures that AWS repairs automatically (a replaced server, a database
failover) appear only on the dashboard.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, Ref, Sub, cloudwatch

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.monitoring import (
    alarm,
    budget,
    cache_alarms,
    copy_alarms,
    dashboard,
    database_alarms,
    front_alarms,
    server_alarms,
    topic,
    us_east_1_alarms,
)
from resilient_website.tiers.monitoring.monitored import Monitored, ReplicatedAssets
from resilient_website.tiers.monitoring.spec import MonitoringSpec, check

__all__ = ["Monitored", "Monitoring", "MonitoringSpec", "ReplicatedAssets", "build", "check"]


@dataclass(frozen=True)
class Monitoring:
    """The results of monitoring for the site's attributes."""

    resources: tuple[AWSObject, ...]
    attributes: dict[str, Any]
    # Logical ids of the alarms that indicate errors for visitors.
    visitors_alarms: tuple[str, ...]


def build(context: Context, spec: MonitoringSpec, site: Monitored) -> Monitoring:
    """Return the topic, the alarms, the dashboard and the budget of a site."""
    own = topic.build(context, spec.alarm_email, site.database) if spec.alarm_topic_arn is None else ()
    topic_arn: Value = Ref(own[0]) if spec.alarm_topic_arn is None else spec.alarm_topic_arn
    parts: list[AWSObject] = list(own)
    parts += alarm.build(context, rows(site, spec.latency_seconds), topic_arn)
    parts += us_east_1_alarms.build(context, site, spec.alarm_email)
    attributes: dict[str, Any] = {"AlarmTopicArn": topic_arn}
    if spec.dashboard:
        board = cloudwatch.Dashboard(context.id("Dashboard"), DashboardBody=dashboard.body(site))
        parts.append(board)
        attributes["DashboardUrl"] = _dashboard_url(board)
    if spec.monthly_budget is not None:
        parts.append(budget.build(context, spec.monthly_budget, spec.alarm_email, spec.alarm_topic_arn))
    return Monitoring(
        tuple(parts), attributes, tuple(context.id(suffix) for suffix in front_alarms.VISITORS_SEE_ERRORS)
    )


def rows(site: Monitored, latency_seconds: Value) -> Iterator[alarm.AlarmRow]:
    """Yield the alarms of a site, in the order of the request path."""
    yield from front_alarms.rows(site, latency_seconds)
    yield from server_alarms.rows(site.web_servers)
    yield from copy_alarms.standby_servers(site.web_servers, site.standby_servers)
    if site.database:
        yield from database_alarms.rows(site.database)
    if site.cache:
        yield from cache_alarms.rows(site.cache)
    if site.replicated_assets:
        yield copy_alarms.assets_replication(site.replicated_assets)


def _dashboard_url(board: cloudwatch.Dashboard) -> Sub:
    return Sub(
        "https://${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=${AWS::Region}#dashboards/dashboard/"
        f"${{{board.title}}}"
    )
