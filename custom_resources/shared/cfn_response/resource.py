"""What all custom resources are: a request handler that responds to CloudFormation exactly once, and in time.

Built on crhelper (see ../crhelper), which keeps the handlers and the state between polls:

- A response is sent until it is accepted. S3, which serves the response URL, may return 500 or 503; the stack would
  then wait for the response until it times out, after an hour by default.
- The timer responds early enough for a second attempt, and the process waits until its response is delivered.
- A long reason keeps its beginning, which names the subject, and its end, which says what to do.
- The polling rule has a computed name (see polling.py): a repeated request uses the same rule, and an event can't name
  another request's rule.
- A request must come from the function's own stack, which STACK_ID names.
"""

import http.client
import json
import logging
import os
import ssl
import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared.aws_errors.new_permissions import retry_while_denied
from shared.cfn_response.polling import Rule, rule_name
from shared.crhelper.resource_helper import CfnResource

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# So that a response stays below 4,096 bytes ("Custom resource response objects" in the CloudFormation User Guide).
MAX_REASON_LENGTH = 256

PAUSE_SECONDS = 2
ANSWER_SECONDS = 10
# The time left to the function when it stops trying to deliver its response, and when it responds that it has run out
# of time, so that this response can be delivered. Of a short timeout, these fractions instead.
STOP_SECONDS, TIMEOUT_SECONDS = 2.0, 5.0
STOP_PART, TIMEOUT_PART = 0.05, 0.25

NO_STACK_ID = "The function has no environment variable STACK_ID: set it to the id of the function's stack"
OTHER_STACK = (
    "This function only serves its own stack, and the request came from another stack: set ServiceToken to the "
    "function of the resource's own stack"
)

# The physical id of a resource whose creation was rejected: nothing exists, and a Delete of it succeeds.
REFUSED_ID = "refused"

OUT_OF_TIME = "The function timed out: AWS was slow, or there was too much to do. Read its log, then deploy again"


class UndeliveredError(Exception):
    """CloudFormation's response URL did not accept the response in time. Lambda retries a function that raises."""


class CustomResource(CfnResource):
    """A CfnResource that responds exactly once to each request, and retries until the response is delivered."""

    def __init__(self, *, polls: bool = False) -> None:
        """Set up the handler; `polls`: some requests need a rule that calls the function again every minute."""
        super().__init__(json_logging=True)
        self._answered = self._undelivered = False
        self._seconds = 0.0
        self._polls = polls
        self._answering = threading.Lock()

    def __call__(self, event: Event, context: Any) -> None:
        """Respond to a request of the function's own stack, or schedule another call in a minute.

        The environment variable STACK_ID names that stack; a request from any other stack is rejected.
        """
        own_stack = os.environ.get("STACK_ID")
        if not own_stack or event.get("StackId") != own_stack:
            self.refuse(event, context, OTHER_STACK if own_stack else NO_STACK_ID)
            return
        self._answered = self._undelivered = False
        self._seconds = context.get_remaining_time_in_millis() / 1000
        super().__call__(event, context)
        # The timer is cancelled. If it is already responding, wait until its response is delivered.
        if self.timer and self.timer.is_alive():
            self.timer.join()
        if self._undelivered:
            raise UndeliveredError(f"request {event.get('RequestId')}: the response was not delivered")

    def start_timer(self) -> None:
        """Respond that the time is up while the response can still be delivered twice."""
        reserve = min(TIMEOUT_SECONDS, self._seconds * TIMEOUT_PART)
        self.timer = threading.Timer(
            self.context.get_remaining_time_in_millis() / 1000 - reserve, self._respond_in_time
        )
        self.timer.start()

    def refuse(self, event: Event, context: Any, reason: str) -> None:
        """Respond with FAILED and do nothing else; only log the reason if the event has no response URL.

        A Delete of a resource whose creation was rejected succeeds: it must not block the stack's rollback.
        """
        logger.error(reason)
        known = str(event.get("PhysicalResourceId") or REFUSED_ID)
        deleted = event.get("RequestType") == "Delete" and known == REFUSED_ID
        answer = {name: event.get(name, "") for name in ("StackId", "RequestId", "LogicalResourceId")}
        status = "SUCCESS" if deleted else "FAILED"
        self.context, self._seconds = context, context.get_remaining_time_in_millis() / 1000
        if event.get("ResponseURL"):
            whole = {**answer, "Status": status, "Reason": _cut(reason), "PhysicalResourceId": known}
            self.deliver(str(event["ResponseURL"]), whole)

    def run(self, func: Callable[[Event, Any], Any] | None) -> None:
        """Call a request's function, and explain an error whose text is a single word."""
        try:
            self.PhysicalResourceId = func(self.event, self.context) if func else ""
        except Exception as error:
            self.Status, self.Reason = "FAILED", str(error)
            if isinstance(error, (LookupError, TypeError, AttributeError)):
                self.Reason = (
                    f"Unexpected error: {type(error).__name__}: {error}. Read the function's log, then deploy again"
                )
            logger.error(self.Reason, exc_info=True)

    def _respond_in_time(self) -> None:
        logger.error("the function timed out")
        self.send("FAILED", OUT_OF_TIME)

    def send(self, status: str | None = None, reason: str = "") -> None:
        """Send the response, unless one has been sent: the function may end while the timer responds."""
        with self._answering:
            if self._answered:
                return
            self._answered = True
        if not self.PhysicalResourceId:
            known = self.event.get("PhysicalResourceId")
            self.PhysicalResourceId = known or self.generate_physical_id(self.event)
        self.Reason = _cut(str(self.Reason))
        super().send(status, _cut(reason))

    def deliver(self, url: str, answer: dict[str, Any]) -> None:
        """Send the response until it is accepted or rejected, or the function's time is almost up."""
        # Non-ASCII characters are not escaped: that would take up to three times the space, of 4,096 bytes.
        body = json.dumps(answer, ensure_ascii=False, default=str).encode(errors="replace")
        reserve = min(STOP_SECONDS, self._seconds * STOP_PART)
        pause = 0
        while (left := self.context.get_remaining_time_in_millis() / 1000 - reserve - pause) > 0:
            time.sleep(pause)
            status = _put(url, body, min(ANSWER_SECONDS, left))
            if 0 < status < 500:
                level = logging.INFO if status < 300 else logging.ERROR
                logger.log(level, "CloudFormation's response URL returned HTTP %s", status)
                return
            pause = PAUSE_SECONDS
        self._undelivered = True
        logger.error("the response was not delivered: CloudFormation's response URL did not accept it in time")

    def remove_rule_of_creation(self) -> None:
        """Remove the polling rule of a cancelled creation; called on Delete."""
        self._remove_rule({**self.event, "RequestType": "Create"})

    def set_up_polling(self) -> None:
        """Create the rule that calls the function again every minute. Raises ClientError."""
        self.event.update({"CrHelperData": self.Data, "CrHelperPoll": True})
        rule = self._rule(self.event)
        try:
            retry_while_denied(lambda: rule.start(self.event), self.context)
        except Exception:
            self._remove_rule(self.event)
            raise

    def remove_polling(self) -> None:
        """Remove the rule. Raises ClientError."""
        self.event.pop("CrHelperData", None)
        self.Data.pop("PhysicalResourceId", None)
        if "CrHelperPoll" in self.event:
            self._rule(self.event).remove()

    def respond(self, event: Event) -> None:
        """Respond, and remove the rule that an earlier run of the same request may have left."""
        if self._polls and self.Status == "SUCCESS" and "CrHelperPoll" not in event:
            self._remove_rule(event)
        super().respond(event)

    def _remove_rule(self, event: Event) -> None:
        rule = self._rule(event)
        try:
            rule.remove()
        except (ClientError, BotoCoreError) as error:
            logger.warning("the rule %s may still exist: %s; delete it manually", rule.name, error)

    def _rule(self, event: Event) -> Rule:
        return Rule(rule_name(event), self.context.function_name, *self._clients)

    @cached_property
    def _clients(self) -> "tuple[EventBridgeClient, LambdaClient]":
        return boto3.client("events"), boto3.client("lambda")


def _cut(reason: str) -> str:
    """Return a reason without its middle if it is too long: it starts with the subject and ends with the advice."""
    half = (MAX_REASON_LENGTH - 5) // 2
    return reason if len(reason) <= MAX_REASON_LENGTH else f"{reason[:half]} ... {reason[-half:]}"


def _put(url: str, body: bytes, seconds: float) -> int:
    """Return the HTTP status of a PUT to the response URL; 0 if there is none within `seconds`.

    A connection's own timeout applies between two bytes, so the request runs in a thread that is joined in time.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=seconds, context=ssl.create_default_context())
    statuses: list[int] = []

    def put() -> None:
        try:
            connection.request("PUT", f"{parts.path}?{parts.query}", body, {"Content-Type": ""})
            statuses.append(connection.getresponse().status)
        except (OSError, ValueError, http.client.HTTPException) as error:
            logger.warning("the response was not accepted: %s", error)
        finally:
            connection.close()

    putting = threading.Thread(target=put, daemon=True)
    putting.start()
    putting.join(seconds)
    status = next(iter(statuses), 0)
    if status >= 500 or putting.is_alive():
        logger.warning("the response was not accepted: %s", status or f"no HTTP status within {seconds:g} seconds")
    return status
