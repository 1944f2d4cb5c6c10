"""The properties of monitoring with their defaults, and checks for notifications without a recipient."""

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.log_retention import RETENTION_DAYS
from resilient_website.facts.region_types import REGIONS_WITHOUT
from resilient_website.frozen import frozen
from resilient_website.reading.arns import check_region
from resilient_website.reading.email_address import EMAIL
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Integer, IntegerChoice, Text
from resilient_website.reading.reader import Reader


@frozen
class MonitoringSpec(PropertyGroup):
    """The properties and defaults of monitoring."""

    alarm_email: Value | None = prop(
        "AlarmEmail",
        EMAIL,
        None,
        presence_decides=True,
        examples=("team@example.com", "on-call@example.com"),
        maps_to="AWS::SNS::Topic.Subscription.Endpoint, AWS::Budgets::Budget.NotificationsWithSubscribers",
        reason="absent: the alarms' topic has no subscriber until you add one. AWS sends a confirmation request to "
        "the address",
    )
    alarm_topic_arn: Value | None = prop(
        "AlarmTopicArn",
        Text(
            "the ARN of an SNS topic, as in arn:aws:sns:us-east-1:123456789012:alarms",
            r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}",
            longest=1024,
        ),
        None,
        presence_decides=True,
        examples=("arn:aws:sns:us-east-1:123456789012:alarms",),
        maps_to="AWS::SNS::Topic, AWS::CloudWatch::Alarm.AlarmActions",
        reason="absent: the site creates its own topic",
    )
    dashboard: bool = prop(
        "Dashboard",
        Boolean(),
        True,
        known_at_expansion=True,
        maps_to="AWS::CloudWatch::Dashboard",
        reason="one page for the person on call; three dashboards per month are free",
    )
    latency_seconds: Value = prop(
        "LatencySeconds",
        Integer(1, 60, unit="seconds"),
        3,
        maps_to="AWS::CloudWatch::Alarm.Threshold",
        reason="the response time of the slowest 1 % of requests (p99); visitors leave after about three seconds",
    )
    log_retention_days: Value = prop(
        "LogRetentionInDays",
        IntegerChoice(RETENTION_DAYS),
        90,
        maps_to="AWS::Logs::LogGroup.RetentionInDays, AWS::S3::Bucket.LifecycleConfiguration.Rules.ExpirationInDays",
        reason="an incident may be discovered weeks later. Applies to the log groups of servers and functions, and "
        "to the logs' bucket, but not to the log groups that RDS creates itself (/aws/rds/instance/<database>/error "
        "and others): these never expire, and remain when the stack is deleted. To limit one of them: `aws logs "
        "put-retention-policy --log-group-name /aws/rds/instance/<database>/error --retention-in-days 90`",
    )
    monthly_budget: Value | None = prop(
        "MonthlyBudget",
        Integer(1, 10_000_000, unit="US dollars"),
        None,
        presence_decides=True,
        needs=(Need("Monitoring.AlarmEmail", or_else=("Monitoring.AlarmTopicArn",)),),
        maps_to="AWS::Budgets::Budget.Budget.BudgetLimit.Amount",
        reason="US dollars; absent, since only you know your budget. Notifies at 80 % of actual and at 100 % of "
        "forecast spend. Needs AlarmEmail, or AlarmTopicArn with a topic whose policy allows budgets.amazonaws.com "
        "to publish. The budget shows 0 until the tag aws:cloudformation:stack-name is activated as a cost "
        "allocation tag in the Billing console (in an organization: by its management account)",
    )


def check(spec: MonitoringSpec, path: str, reader: Reader, *, has_budget: bool) -> None:
    """Note notifications without a recipient, and a budget that this stack would have in a Region without budgets."""
    wanted, why = "the ARN of a topic", "an alarm notifies only topics in its own Region"
    check_region(spec.alarm_topic_arn, reader.region, f"{path}.AlarmTopicArn", reader, wanted=wanted, why=why)
    if spec.alarm_email is not None and spec.alarm_topic_arn is not None:
        reader.problem(
            f"{path}.AlarmEmail",
            "found together with AlarmTopicArn",
            "write one of them: your topic has its own subscribers",
        )
    if spec.monthly_budget is not None and spec.alarm_email is None and spec.alarm_topic_arn is None:
        reader.problem(
            f"{path}.MonthlyBudget",
            "found without AlarmEmail and AlarmTopicArn",
            "write one of them too, to receive the notifications, or leave it out",
            rests_on=[f"{path}.AlarmEmail", f"{path}.AlarmTopicArn"],
        )
    if has_budget and spec.monthly_budget is not None and reader.region in REGIONS_WITHOUT["AWS::Budgets::Budget"]:
        reader.problem(
            f"{path}.MonthlyBudget",
            f"CloudFormation doesn't support budgets in {reader.region}",
            "leave it out, and create one with a stack in another Region: a budget covers all Regions",
        )
