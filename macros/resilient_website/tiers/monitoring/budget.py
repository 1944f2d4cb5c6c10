"""The monthly budget: an email before the money is spent, not after."""

from typing import Any

from troposphere import AWSObject, Join, Ref, budgets

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context

# Notifies when this share is spent, and when AWS forecasts that the budget will be exceeded.
SPENT_PERCENT = 80
FORECAST_PERCENT = 100


def build(context: Context, dollars: Value, email: Value | None, topic_arn: Value | None) -> AWSObject:
    """Return a budget for resources tagged with the stack's name, which notifies an email address or a topic.

    CloudFormation adds this tag; it is effective after its activation as a cost allocation tag, once per account.
    Source: "Activating AWS-generated tags cost allocation tags" in the AWS Billing guide.
    """
    address: Value = topic_arn if email is None else email  # checked: one of them is given
    subscriber = budgets.Subscriber(SubscriptionType="SNS" if email is None else "EMAIL", Address=address)
    return budgets.Budget(
        context.id("Budget"),
        Budget=budgets.BudgetData(
            BudgetType="COST",
            TimeUnit="MONTHLY",
            BudgetLimit=budgets.Spend(Amount=dollars, Unit="USD"),
            CostFilters={"TagKeyValue": [Join("", ["aws:cloudformation:stack-name$", Ref("AWS::StackName")])]},
        ),
        NotificationsWithSubscribers=[
            _notification("ACTUAL", SPENT_PERCENT, subscriber),
            _notification("FORECASTED", FORECAST_PERCENT, subscriber),
        ],
    )


def _notification(kind: str, percent: int, subscriber: budgets.Subscriber) -> Any:
    return budgets.NotificationWithSubscribers(
        Notification=budgets.Notification(
            NotificationType=kind,
            ComparisonOperator="GREATER_THAN",
            Threshold=percent,
            ThresholdType="PERCENTAGE",
        ),
        Subscribers=[subscriber],
    )
