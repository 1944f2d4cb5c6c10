"""Monitoring: the notification topic, the alarms, and the dashboard.

Each alarm requires an action and says which. Failures that AWS repairs automatically (a replaced server, a database
failover) appear only on the dashboard.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from troposphere import AWSObject, Ref, Sub, cloudwatch

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.monitoring import (
    alarm,
    budget,
    cache_alarms,
    copy_alarms,
    dashboard,
    dashboard_alarms,
    database_alarms,
    files_alarms,
    front_alarms,
    server_alarms,
    topic,
    us_east_1_alarms,
)
from resilient_website.tiers.monitoring.monitored import Monitored, ReplicatedAssets
from resilient_website.tiers.monitoring.spec import MonitoringSpec, check

__all__ = ["Monitored", "Monitoring", "MonitoringSpec", "ReplicatedAssets", "build", "check"]

# The site's stack, as a command takes it.
SITE_STACK = "${AWS::StackName} --region ${AWS::Region}"


class Monitoring(NamedTuple):
    """The results of monitoring for the site's attributes."""

    resources: tuple[AWSObject, ...]
    attributes: dict[str, Any]
    # Logical ids of the alarms that indicate errors for visitors.
    visitors_alarms: tuple[str, ...]


def build(context: Context, spec: MonitoringSpec, site: Monitored) -> Monitoring:
    """Return the topic, the alarms, the dashboard and the budget of a site."""
    own = topic.build(context, spec.alarm_email, site.database) if spec.alarm_topic_arn is None else ()
    topic_arn: Value = Ref(own[0]) if spec.alarm_topic_arn is None else spec.alarm_topic_arn
    pointers = alarm.Pointers(SITE_STACK, _dashboard_url(_dashboard_name(context)) if spec.dashboard else None)
    here = alarm.current(context, rows(site, spec.latency_seconds))
    edge = us_east_1_alarms.build(context, site, spec.alarm_email, pointers)
    parts: list[AWSObject] = list(own)
    parts += alarm.build(context, here, topic_arn, pointers)
    parts += [edge.stack] if edge else []
    attributes: dict[str, Any] = {"AlarmTopicArn": topic_arn}
    if spec.dashboard:
        alarms = dashboard_alarms.of(context, here, edge)
        board = cloudwatch.Dashboard(
            context.id("Dashboard"),
            DashboardName=Sub(_dashboard_name(context)),
            DashboardBody=dashboard.body(site, alarms),
        )
        parts.append(board)
        attributes["DashboardUrl"] = Sub(_dashboard_url(f"${{{board.title}}}"))
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
    if site.files:
        yield from files_alarms.rows(site.files)
    if site.replicated_assets:
        yield copy_alarms.assets_replication(site.replicated_assets)
    if site.differing_values is not None:
        yield copy_alarms.halves_differ(site.differing_values)


def _dashboard_name(context: Context) -> str:
    """Return the dashboard's name, as text for Fn::Sub: unique in the account, whose Regions share the names.

    The alarms' texts contain it. They can't refer to the dashboard, which refers to them.
    """
    return f"${{AWS::StackName}}-${{AWS::Region}}-{context.site}"


def _dashboard_url(name: str) -> str:
    """Return the dashboard's address in the Console, as text for Fn::Sub."""
    home = "https://${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=${AWS::Region}"
    return f"{home}#dashboards/dashboard/{name}"
