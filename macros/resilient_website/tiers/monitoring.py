"""Monitoring: who is told, the alarms, and one dashboard.

Each alarm means that somebody has to act, and says what to do. What AWS repairs by itself (a server that is replaced, a
database that fails over) shows on the dashboard and wakes nobody.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, Ref, Sub, cloudwatch, sns

from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.kinds import Boolean, Integer, Reader, Text
from resilient_website.properties import prop
from resilient_website.tiers import alarms, budget, dashboard
from resilient_website.tiers.monitored import Monitored

EMAIL = Text("an email address", r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class MonitoringSpec:
    """The properties and defaults of monitoring."""

    alarm_email: Value | None = prop(
        "AlarmEmail",
        EMAIL,
        None,
        structural=True,
        lands_on="AWS::SNS::Topic.Subscription.Endpoint",
        reason="absent: the alarms' topic has no subscriber until you add one. AWS asks the address to confirm",
    )
    alarm_topic_arn: Value | None = prop(
        "AlarmTopicArn",
        Text("the ARN of an SNS topic", r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+"),
        None,
        structural=True,
        lands_on="AWS::SNS::Topic, AWS::CloudWatch::Alarm.AlarmActions",
        reason="absent: the site makes a topic of its own",
    )
    dashboard: bool = prop(
        "Dashboard",
        Boolean(),
        True,
        structural=True,
        lands_on="AWS::CloudWatch::Dashboard",
        reason="whoever is on call needs one place to look; three a month are free",
    )
    latency_seconds: Value = prop(
        "LatencySeconds",
        Integer(1, 60),
        3,
        lands_on="AWS::CloudWatch::Alarm.Threshold",
        reason="the slowest hundredth of pages (p99); visitors give up at about three seconds",
    )
    monthly_budget: Value | None = prop(
        "MonthlyBudget",
        Integer(1, 10_000_000),
        None,
        structural=True,
        lands_on="AWS::Budgets::Budget.Budget.BudgetLimit.Amount",
        reason="US dollars; absent, as only you know. Told at 80 % spent and at 100 % forecast; needs AlarmEmail",
    )


@dataclass(frozen=True)
class Monitoring:
    """What the site's attributes use of monitoring."""

    resources: tuple[AWSObject, ...]
    attributes: dict[str, Any]


def check(spec: MonitoringSpec, path: str, reader: Reader) -> None:
    """Note what can't be told to anybody."""
    if spec.alarm_email is not None and spec.alarm_topic_arn is not None:
        reader.problem(
            f"{path}.AlarmEmail",
            "found together with AlarmTopicArn",
            "write one of them: a topic of your own has its own subscribers",
        )
    if spec.monthly_budget is not None and spec.alarm_email is None:
        reader.problem(
            f"{path}.MonthlyBudget", "found without AlarmEmail", "write AlarmEmail too: somebody has to be told"
        )


def build(context: Context, spec: MonitoringSpec, site: Monitored) -> Monitoring:
    """Return the topic, the alarms, the dashboard and the budget of a site."""
    topic = _topic(context, spec) if spec.alarm_topic_arn is None else None
    topic_arn = spec.alarm_topic_arn if topic is None else Ref(topic)
    parts: list[AWSObject] = [topic] if topic else []
    parts += [alarms.build(context, row, topic_arn) for row in alarms.rows(site, spec.latency_seconds)]
    attributes: dict[str, Any] = {"AlarmTopicArn": topic_arn}
    if spec.dashboard:
        board = cloudwatch.Dashboard(context.id("Dashboard"), DashboardBody=dashboard.body(site))
        parts.append(board)
        attributes["DashboardUrl"] = _dashboard_url(board)
    if spec.monthly_budget is not None:
        parts.append(budget.build(context, spec.monthly_budget, spec.alarm_email))
    return Monitoring(tuple(parts), attributes)


def _topic(context: Context, spec: MonitoringSpec) -> sns.Topic:
    email = [sns.Subscription(Protocol="email", Endpoint=spec.alarm_email)] if spec.alarm_email is not None else []
    return sns.Topic(context.id("AlarmTopic"), DisplayName=context.title("alarms"), Subscription=email)


def _dashboard_url(board: cloudwatch.Dashboard) -> Sub:
    return Sub(
        "https://${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=${AWS::Region}#dashboards/dashboard/"
        f"${{{board.title}}}"
    )
