"""The monthly budget: an email before the money is spent, not after."""

from typing import Any

from troposphere import AWSObject, Join, Ref, budgets

from resilient_website.context import Context
from resilient_website.intrinsics import Value

# Told when this share is spent, and when AWS forecasts that all of it will be.
SPENT_PERCENT = 80
FORECAST_PERCENT = 100


def build(context: Context, dollars: Value, email: Value) -> AWSObject:
    """Return a budget over what is tagged with the stack's name.

    CloudFormation puts that tag on; it counts once it is activated as a cost allocation tag, once per account.
    Source: "Activating AWS-generated tags cost allocation tags" in the AWS Billing guide.
    """
    return budgets.Budget(
        context.id("Budget"),
        Budget=budgets.BudgetData(
            BudgetType="COST",
            TimeUnit="MONTHLY",
            BudgetLimit=budgets.Spend(Amount=dollars, Unit="USD"),
            CostFilters={"TagKeyValue": [Join("", ["aws:cloudformation:stack-name$", Ref("AWS::StackName")])]},
        ),
        NotificationsWithSubscribers=[
            _notification("ACTUAL", SPENT_PERCENT, email),
            _notification("FORECASTED", FORECAST_PERCENT, email),
        ],
    )


def _notification(kind: str, percent: int, email: Value) -> Any:
    return budgets.NotificationWithSubscribers(
        Notification=budgets.Notification(
            NotificationType=kind,
            ComparisonOperator="GREATER_THAN",
            Threshold=percent,
            ThresholdType="PERCENTAGE",
        ),
        Subscribers=[budgets.Subscriber(SubscriptionType="EMAIL", Address=email)],
    )
