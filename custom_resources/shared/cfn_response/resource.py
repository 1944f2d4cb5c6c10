"""crhelper's CfnResource, with its delivery and polling problems fixed.

- crhelper treats every HTTP status of the response URL as success. S3, which serves that URL, may return 500 or 503;
  the stack would then wait for the response until it times out, after an hour by default.
- Its timer responds half a second before Lambda ends the function. That is too late to send a response twice, and the
  physical id is empty unless the function has set one. The function may also respond after the timer, or return before
  the timer's response is delivered: Lambda then stops the process.
- It cuts off the beginning of a long reason, which names the subject. If a response of AWS lacks an expected key, the
  reason is a single word such as 'CertificateArn'.
- Its polling rule has a random name, and it removes the rule that the event names. Here the name is computed (see
  polling.py): a repeated request uses the same rule, and an event can't name another request's rule.
- It accepts any event as a request. Here a request must come from the function's own stack, which STACK_ID names.
"""

import hashlib
import http.client
import json
import logging
import os
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from crhelper import CfnResource

from shared.aws_errors.new_permissions import retry_while_denied
from shared.cfn_response.polling import Rule, rule_name

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# crhelper cuts longer reasons.
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

    # crhelper's type hints lack these attributes and the overridden methods.
    _event: Event
    _context: Any
    _timer: threading.Timer | None
    _seconds: float
    _undelivered: bool
    _lambda_client: Any
    _events_client: Any

    def __init__(self, *, polls: bool = False) -> None:
        """Set up the handler; `polls`: some requests need a rule that calls the function again every minute."""
        # The defaults would log the whole event at DEBUG, with its pre-signed URL, and sleep two minutes on Delete.
        super().__init__(json_logging=True, log_level="INFO", boto_level="ERROR", sleep_on_delete=0, polling_interval=1)
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
        if self._timer and self._timer.is_alive():
            self._timer.join()
        if self._undelivered:
            raise UndeliveredError(f"request {event.get('RequestId')}: the response was not delivered")

    def _set_timeout(self) -> None:
        reserve = min(TIMEOUT_SECONDS, self._seconds * TIMEOUT_PART)
        self._timer = threading.Timer(self._context.get_remaining_time_in_millis() / 1000 - reserve, self._timeout)
        self._timer.start()

    def refuse(self, event: Event, context: Any, reason: str) -> None:
        """Respond with FAILED and do nothing else; only log the reason if the event has no response URL.

        A Delete of a resource whose creation was rejected succeeds: it must not block the stack's rollback.
        """
        logger.error(reason)
        known = str(event.get("PhysicalResourceId") or REFUSED_ID)
        deleted = event.get("RequestType") == "Delete" and known == REFUSED_ID
        answer = {name: event.get(name, "") for name in ("StackId", "RequestId", "LogicalResourceId")}
        status = "SUCCESS" if deleted else "FAILED"
        self._context, self._seconds = context, context.get_remaining_time_in_millis() / 1000
        if event.get("ResponseURL"):
            whole = {**answer, "Status": status, "Reason": _cut(reason), "PhysicalResourceId": known}
            self._deliver(str(event["ResponseURL"]), whole, None)

    def _wrap_function(self, work: Callable[[Event, Any], Any] | None) -> None:
        try:
            self.PhysicalResourceId = work(self._event, self._context) if work else ""
        except Exception as error:
            self.Status, self.Reason = "FAILED", str(error)
            if isinstance(error, (LookupError, TypeError, AttributeError)):
                self.Reason = (
                    f"Unexpected error: {type(error).__name__}: {error}. Read the function's log, then deploy again"
                )
            logger.error(self.Reason, exc_info=True)

    def _timeout(self) -> None:
        logger.error("the function timed out")
        self._send("FAILED", OUT_OF_TIME)

    def _send(self, status: str | None = None, reason: str = "") -> None:
        with self._answering:
            if self._answered:
                return
            self._answered = True
        if not self.PhysicalResourceId:
            known = self._event.get("PhysicalResourceId")
            self.PhysicalResourceId = known or self.generate_physical_id(self._event)
        self.Reason = _cut(str(self.Reason))
        cast(Any, super())._send(status, _cut(reason), send_response=self._deliver)

    def _deliver(self, url: str, answer: dict[str, Any], _verify: Any) -> None:
        """Send the response until it is accepted or rejected, or the function's time is almost up."""
        # Non-ASCII characters are not escaped: that would take up to three times the space, of 4,096 bytes.
        body = json.dumps(answer, ensure_ascii=False, default=str).encode(errors="replace")
        reserve = min(STOP_SECONDS, self._seconds * STOP_PART)
        pause = 0
        while (left := self._context.get_remaining_time_in_millis() / 1000 - reserve - pause) > 0:
            time.sleep(pause)
            status = _put(url, body, min(ANSWER_SECONDS, left))
            if 0 < status < 500:
                level = logging.INFO if status < 300 else logging.ERROR
                logger.log(level, "CloudFormation's response URL returned HTTP %s", status)
                return
            pause = PAUSE_SECONDS
        self._undelivered = True
        logger.error("the response was not delivered: CloudFormation's response URL did not accept it in time")

    def _rand_string(self, length: int) -> str:
        """Return a text that is the same for the same request: crhelper's physical ids and rule names use it."""
        return hashlib.sha256(self._event["RequestId"].encode()).hexdigest()[:length].upper()

    def remove_rule_of_creation(self) -> None:
        """Remove the polling rule of a cancelled creation; called on Delete."""
        self._remove_rule({**self._event, "RequestType": "Create"})

    def _setup_polling(self) -> None:
        self._event.update({"CrHelperData": self.Data, "CrHelperPoll": True})
        rule = self._rule(self._event)
        try:
            retry_while_denied(lambda: rule.start(self._event), self._context)
        except Exception:
            self._remove_rule(self._event)
            raise

    def _remove_polling(self) -> None:
        self._event.pop("CrHelperData", None)
        self.Data.pop("PhysicalResourceId", None)
        if "CrHelperPoll" in self._event:
            self._rule(self._event).remove()

    def _cfn_response(self, event: Event) -> None:
        # An earlier run of the same request may have been stopped after it created its rule.
        if self._polls and self.Status == "SUCCESS" and "CrHelperPoll" not in event:
            self._remove_rule(event)
        cast(Any, super())._cfn_response(event)

    def _remove_rule(self, event: Event) -> None:
        rule = self._rule(event)
        try:
            rule.remove()
        except (ClientError, BotoCoreError) as error:
            logger.warning("the rule %s may still exist: %s; delete it manually", rule.name, error)

    def _rule(self, event: Event) -> Rule:
        return Rule(rule_name(event), self._context.function_name, self._events_client, self._lambda_client)


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
