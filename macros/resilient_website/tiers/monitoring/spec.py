"""The properties of monitoring and their defaults, and what can't be told to anybody."""

from dataclasses import dataclass

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.region_types import REGIONS_WITHOUT
from resilient_website.reading.arns import check_region
from resilient_website.reading.email_address import EMAIL
from resilient_website.reading.properties import PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Integer, IntegerChoice, Text
from resilient_website.reading.reader import Reader

# Source: "PutRetentionPolicy" in the CloudWatch Logs API reference.
RETENTION_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


@dataclass(frozen=True)
class MonitoringSpec(PropertyGroup):
    """The properties and defaults of monitoring."""

    alarm_email: Value | None = prop(
        "AlarmEmail",
        EMAIL,
        None,
        presence_decides=True,
        maps_to="AWS::SNS::Topic.Subscription.Endpoint, AWS::Budgets::Budget.NotificationsWithSubscribers",
        reason="absent: the alarms' topic has no subscriber until you add one. AWS asks the address to confirm",
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
        maps_to="AWS::SNS::Topic, AWS::CloudWatch::Alarm.AlarmActions",
        reason="absent: the site makes a topic of its own",
    )
    dashboard: bool = prop(
        "Dashboard",
        Boolean(),
        True,
        known_at_expansion=True,
        maps_to="AWS::CloudWatch::Dashboard",
        reason="whoever is on call needs one place to look; three a month are free",
    )
    latency_seconds: Value = prop(
        "LatencySeconds",
        Integer(1, 60),
        3,
        maps_to="AWS::CloudWatch::Alarm.Threshold",
        reason="the slowest hundredth of pages (p99); visitors give up at about three seconds",
    )
    log_retention_days: Value = prop(
        "LogRetentionInDays",
        IntegerChoice(RETENTION_DAYS),
        90,
        maps_to="AWS::Logs::LogGroup.RetentionInDays, AWS::S3::Bucket.LifecycleConfiguration.Rules.ExpirationInDays",
        reason="an incident may be found weeks later; for the log groups of servers and functions, and the logs' "
        "bucket. Not for those that RDS makes by itself, /aws/rds/instance/<database>/error and its like: they never "
        "expire, and stay when the stack is deleted. Once they are there: `aws logs put-retention-policy "
        "--log-group-name /aws/rds/instance/<database>/error --retention-in-days 90`",
    )
    monthly_budget: Value | None = prop(
        "MonthlyBudget",
        Integer(1, 10_000_000),
        None,
        presence_decides=True,
        maps_to="AWS::Budgets::Budget.Budget.BudgetLimit.Amount",
        reason="US dollars; absent, as only you know. Told at 80 % spent and at 100 % forecast; needs AlarmEmail, or "
        "AlarmTopicArn of a topic whose policy lets budgets.amazonaws.com publish. The budget counts 0 until the tag "
        "aws:cloudformation:stack-name is activated as a cost allocation tag in the Billing console (in an "
        "organization: by its management account)",
    )


def check(spec: MonitoringSpec, path: str, reader: Reader) -> None:
    """Note what can't be told to anybody."""
    wanted, why = "the ARN of a topic", "an alarm tells topics of its own Region only"
    check_region(spec.alarm_topic_arn, reader.region, f"{path}.AlarmTopicArn", reader, wanted=wanted, why=why)
    if spec.alarm_email is not None and spec.alarm_topic_arn is not None:
        reader.problem(
            f"{path}.AlarmEmail",
            "found together with AlarmTopicArn",
            "write one of them: a topic of your own has its own subscribers",
        )
    if spec.monthly_budget is not None and spec.alarm_email is None and spec.alarm_topic_arn is None:
        reader.problem(
            f"{path}.MonthlyBudget",
            "found without AlarmEmail and AlarmTopicArn",
            "write one of them too, as somebody has to be told, or leave it out",
            rests_on=[f"{path}.AlarmEmail", f"{path}.AlarmTopicArn"],
        )
    if spec.monthly_budget is not None and reader.region in REGIONS_WITHOUT["AWS::Budgets::Budget"]:
        reader.problem(
            f"{path}.MonthlyBudget",
            f"CloudFormation makes no budgets in {reader.region}",
            "leave it out, and make one by a stack in another Region: budgets count the whole account anyway",
        )
