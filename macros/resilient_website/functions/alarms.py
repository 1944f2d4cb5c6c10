"""Alarms on functions that run outside a deployment: rotations, and saving pages.

Functions that CloudFormation calls have none: their failure fails the deployment, whose events show the reason.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from troposphere import AWSObject, Ref, Sub, cloudwatch, logs

from resilient_website.functions.kind import FunctionKind
from resilient_website.runbook import RUNBOOK

PERIOD_SECONDS = 300
NAMESPACE = "ResilientWebsite"

# What Lambda writes for logger.error, in JSON. Source: "Using structured JSON logs with Python" in the Lambda guide.
ERROR_IN_LOG = '{ $.level = "ERROR" }'


def build(kind: FunctionKind, actions: Sequence[Any]) -> Iterator[AWSObject]:
    """Yield the alarms of a kind of function; `actions` are the ARNs of the topics that they notify."""
    if kind.failure is None:
        return
    means, act = kind.failure
    text = _text(kind, f"{means} {act}")
    if kind.logs_failures:
        metric = Sub(f"${{AWS::StackName}}-{kind.name}Failures")
        yield _counted(kind, metric)
        yield _alarm(f"{kind.name}FailuresAlarm", text, actions, Namespace=NAMESPACE, MetricName=metric)
    crashed = f"The function crashed, ran out of time or could not be started. {means} {act}"
    of_function = [cloudwatch.MetricDimension(Name="FunctionName", Value=Ref(kind.function))]
    errors = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": of_function}
    yield _alarm(f"{kind.name}ErrorsAlarm", _text(kind, crashed) if kind.logs_failures else text, actions, **errors)


def _text(kind: FunctionKind, meaning: str) -> Sub:
    """Return an alarm's text: meaning and action, the first command, and the section of the runbook."""
    command = f"aws logs tail ${{{kind.log_group}}} --since 1d --region ${{AWS::Region}}"
    return Sub(f"{meaning}\nFirst command: {command}\nRunbook: {RUNBOOK}#a-function-fails")


def _counted(kind: FunctionKind, metric: Sub) -> logs.MetricFilter:
    return logs.MetricFilter(
        f"{kind.name}Failures",
        LogGroupName=Ref(kind.log_group),
        FilterPattern=ERROR_IN_LOG,
        MetricTransformations=[
            logs.MetricTransformation(MetricNamespace=NAMESPACE, MetricName=metric, MetricValue="1", DefaultValue=0)
        ],
    )


def _alarm(title: str, text: Sub, actions: Sequence[Any], **measured: Any) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        title,
        AlarmDescription=text,
        **measured,
        Statistic="Sum",
        Period=PERIOD_SECONDS,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=list(actions),
    )
