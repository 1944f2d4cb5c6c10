"""The EventBridge rule that calls a function every minute with the same request, until it responds.

The rule's name is computed from the request and never read from an event, so that an event can only name a rule of the
function's own stack. The role of a polling function has access to the rules `resilient-website-<GUID of the stack>-*`.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient

PREFIX = "resilient-website"

TARGET = "1"


def rule_name(event: Mapping[str, Any]) -> str:
    """Return the name of a request's rule: the same for the same request, which Lambda may repeat.

    A resource is created once, so the name of a creation's rule needs no request id: the Delete after a cancelled
    creation can compute it. 63 characters; EventBridge allows 64 ("PutRule" in the EventBridge API Reference).
    The GUID is the last part of the stack's id ("CreateStack" in the CloudFormation API Reference).
    """
    request = "Create" if event["RequestType"] == "Create" else event["RequestId"]
    guid = str(event["StackId"]).rpartition("/")[2]
    digest = hashlib.sha256(f"{event['LogicalResourceId']}\n{request}".encode()).hexdigest()[:8]
    return f"{PREFIX}-{guid}-{digest}"


class Rule:
    """The rule of one request, and the permission by which it invokes the function."""

    def __init__(self, name: str, function: str, events: "EventBridgeClient", lambda_: "LambdaClient") -> None:
        """Store the rule's name, the function's name and the clients."""
        self.name = name
        self._function = function
        self._events = events
        self._lambda = lambda_

    def start(self, event: Mapping[str, Any]) -> None:
        """Schedule a call of the function with this event every minute. Idempotent. Raises ClientError."""
        arn = self._events.put_rule(Name=self.name, ScheduleExpression="rate(1 minute)", State="ENABLED")["RuleArn"]
        with suppress(self._lambda.exceptions.ResourceConflictException):
            self._lambda.add_permission(
                FunctionName=self._function,
                StatementId=self.name,
                Action="lambda:InvokeFunction",
                Principal="events.amazonaws.com",
                SourceArn=arn,
            )
        # arn:<partition>:events:<Region>:<account>:rule/<name>
        _, partition, _, region, account, _ = arn.split(":", 5)
        target = f"arn:{partition}:lambda:{region}:{account}:function:{self._function}"
        self._events.put_targets(Rule=self.name, Targets=[{"Id": TARGET, "Arn": target, "Input": json.dumps(event)}])

    def remove(self) -> None:
        """Remove the rule and its permission if they exist. Raises ClientError."""
        with suppress(self._events.exceptions.ResourceNotFoundException):
            self._events.remove_targets(Rule=self.name, Ids=[TARGET])
        with suppress(self._lambda.exceptions.ResourceNotFoundException):
            self._lambda.remove_permission(FunctionName=self._function, StatementId=self.name)
        self._events.delete_rule(Name=self.name)
