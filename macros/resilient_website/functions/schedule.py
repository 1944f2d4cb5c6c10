"""What runs a function of the stack again and again: a rule of EventBridge, and its right to invoke the function."""

from typing import Any

from troposphere import GetAtt, Ref, awslambda, events

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.functions.kind import FunctionKind

# How long EventBridge may try to reach the function, in seconds.
MAX_AGE_SECONDS = 3600


def scheduled(
    context: Context, function: FunctionKind, schedule: Value, *, what: str, target: str, event: Any, waits_for: str
) -> tuple[events.Rule, awslambda.Permission]:
    """Return the rule that invokes a function with an event, and the permission that it needs.

    `schedule` is a schedule expression, `what` describes the rule, `target` is the target's id, `event` is JSON as
    text. The rule depends on the resource `waits_for`, and so is deleted before it.
    """
    rule = events.Rule(
        context.id(f"{function.name}Schedule"),
        DependsOn=waits_for,
        Description=what,
        ScheduleExpression=schedule,
        Targets=[
            events.Target(
                Id=target,
                Arn=function.arn,
                Input=event,
                # No retries, since the next run is soon enough; this applies to invocations that don't reach the
                # function.
                RetryPolicy=events.RetryPolicy(MaximumRetryAttempts=0, MaximumEventAgeInSeconds=MAX_AGE_SECONDS),
            )
        ],
    )
    permission = awslambda.Permission(
        context.id(f"{function.name}Permission"),
        Action="lambda:InvokeFunction",
        FunctionName=Ref(function.function),
        Principal="events.amazonaws.com",
        SourceArn=GetAtt(rule, "Arn"),
    )
    return rule, permission
