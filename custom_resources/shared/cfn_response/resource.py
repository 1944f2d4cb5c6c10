"""crhelper's door, with what it leaves open closed.

- It takes whatever the response URL says for a success. S3, which is behind it, may say 500 or 503: then the stack
  would wait for its answer until it gives up, an hour by default.
- Its timer answers half a second before the function is ended, which is too late for an answer that has to be sent
  twice, with an empty id unless the function has set one; and the function may answer after it, or return before the
  timer's answer has arrived: Lambda then stops the process.
- It cuts the beginning off a long reason, where it says what the rest is about; and where an answer of AWS's is not
  what it should be, the reason may be a word like 'CertificateArn'.
- The rule by which it is called again each minute has a random name, and on removal it uses the name in the event. Here
  the name is computed (see polling.py): a repeated request has the same rule, and an event can't name another's.
- It takes any event for a request. Here a request must come from the function's own stack, which STACK_ID names.
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

from shared.aws_errors.new_rights import once_in_force
from shared.cfn_response.polling import Rule, rule_name

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# What crhelper does not cut.
MAX_REASON_LENGTH = 256

PAUSE_SECONDS = 2
ANSWER_SECONDS = 10
# What is left of the function's time when it stops to deliver its answer; and when it answers that its time is over,
# so that there is time to deliver that. Of a short time, so much of it.
STOP_SECONDS, TIMEOUT_SECONDS = 2.0, 5.0
STOP_PART, TIMEOUT_PART = 0.05, 0.25

NO_STACK_ID = "The function has no environment variable STACK_ID: set it to the id of the function's stack"
OTHER_STACK = (
    "This function answers its own stack only, and the request is another stack's: let ServiceToken name the function "
    "of the resource's own stack"
)

# The id of what was refused on creation: it does not exist, and CloudFormation may delete it.
REFUSED_ID = "refused"

OUT_OF_TIME = "The function ran out of time: AWS was slow, or there was too much to do. Its log says what; deploy again"


class UndeliveredError(Exception):
    """CloudFormation's response URL has not taken the answer in time. Lambda runs a function again that raises."""


class CustomResource(CfnResource):
    """crhelper's CfnResource, which answers each request once, and as soon as CloudFormation takes it."""

    # crhelper's types leave these out, and the methods that are overridden here.
    _event: Event
    _context: Any
    _timer: threading.Timer | None
    _seconds: float
    _undelivered: bool
    _lambda_client: Any
    _events_client: Any

    def __init__(self, *, polls: bool = False) -> None:
        """Take requests; `polls` if some are answered later, by a rule that calls the function again each minute."""
        # The defaults would log the whole event at DEBUG, pre-signed URL and all, and sleep two minutes on Delete.
        super().__init__(json_logging=True, log_level="INFO", boto_level="ERROR", sleep_on_delete=0, polling_interval=1)
        self._polls = polls
        self._answering = threading.Lock()

    def __call__(self, event: Event, context: Any) -> None:
        """Answer a request of the function's own stack, or have the function called again in a minute.

        The environment variable STACK_ID names that stack; every other request is refused.
        """
        own_stack = os.environ.get("STACK_ID")
        if not own_stack or event.get("StackId") != own_stack:
            self.refuse(event, context, OTHER_STACK if own_stack else NO_STACK_ID)
            return
        self._answered = self._undelivered = False
        self._seconds = context.get_remaining_time_in_millis() / 1000
        super().__call__(event, context)
        # It has been told to stop. If it answers already, its answer has to arrive.
        if self._timer and self._timer.is_alive():
            self._timer.join()
        if self._undelivered:
            raise UndeliveredError(f"request {event.get('RequestId')}: the answer was not delivered")

    def _set_timeout(self) -> None:
        reserve = min(TIMEOUT_SECONDS, self._seconds * TIMEOUT_PART)
        self._timer = threading.Timer(self._context.get_remaining_time_in_millis() / 1000 - reserve, self._timeout)
        self._timer.start()

    def refuse(self, event: Event, context: Any, reason: str) -> None:
        """Answer a request with a failure and do nothing; log it if there is no response URL.

        The Delete of what was refused on creation is a success: a stack that is rolled back must not fail for it.
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
                    f"Not understood: {type(error).__name__}: {error}. The function's log says where; deploy again"
                )
            logger.error(self.Reason, exc_info=True)

    def _timeout(self) -> None:
        logger.error("out of time")
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
        """Send the answer until it is taken, refused for good, or the function's time is nearly over."""
        # Characters as they are: escaped ones would take up to three times the room, of 4,096 bytes.
        body = json.dumps(answer, ensure_ascii=False, default=str).encode(errors="replace")
        reserve = min(STOP_SECONDS, self._seconds * STOP_PART)
        pause = 0
        while (left := self._context.get_remaining_time_in_millis() / 1000 - reserve - pause) > 0:
            time.sleep(pause)
            status = _put(url, body, min(ANSWER_SECONDS, left))
            if 0 < status < 500:
                level = logging.INFO if status < 300 else logging.ERROR
                logger.log(level, "CloudFormation's response URL answered %s", status)
                return
            pause = PAUSE_SECONDS
        self._undelivered = True
        logger.error("the answer was not delivered: CloudFormation's response URL has not taken it in time")

    def _rand_string(self, length: int) -> str:
        """Return what is the same for the same request."""
        return hashlib.sha256(self._event["RequestId"].encode()).hexdigest()[:length].upper()

    def remove_rule_of_creation(self) -> None:
        """Remove the rule of a creation that was cancelled, which nobody waits for; for a Delete."""
        self._remove_rule({**self._event, "RequestType": "Create"})

    def _setup_polling(self) -> None:
        self._event.update({"CrHelperData": self.Data, "CrHelperPoll": True})
        rule = self._rule(self._event)
        try:
            once_in_force(lambda: rule.start(self._event), self._context)
        except Exception:
            self._remove_rule(self._event)
            raise

    def _remove_polling(self) -> None:
        self._event.pop("CrHelperData", None)
        self.Data.pop("PhysicalResourceId", None)
        if "CrHelperPoll" in self._event:
            self._rule(self._event).remove()

    def _cfn_response(self, event: Event) -> None:
        # A run of the same request that was ended may have made its rule; this one has done the work without.
        if self._polls and self.Status == "SUCCESS" and "CrHelperPoll" not in event:
            self._remove_rule(event)
        cast(Any, super())._cfn_response(event)

    def _remove_rule(self, event: Event) -> None:
        rule = self._rule(event)
        try:
            rule.remove()
        except (ClientError, BotoCoreError) as error:
            logger.warning("the rule %s may be left over: %s", rule.name, error)

    def _rule(self, event: Event) -> Rule:
        return Rule(rule_name(event), self._context.function_name, self._events_client, self._lambda_client)


def _cut(reason: str) -> str:
    """Return a reason without its middle if it is too long: it begins with what it is about, and ends in advice."""
    half = (MAX_REASON_LENGTH - 5) // 2
    return reason if len(reason) <= MAX_REASON_LENGTH else f"{reason[:half]} ... {reason[-half:]}"


def _put(url: str, body: bytes, seconds: float) -> int:
    """Return what the response URL answered to a PUT, and 0 if it was nothing within so many seconds.

    A time limit of a connection is one between two bytes, so that another thread keeps to this one.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=seconds, context=ssl.create_default_context())
    statuses: list[int] = []

    def put() -> None:
        try:
            connection.request("PUT", f"{parts.path}?{parts.query}", body, {"Content-Type": ""})
            statuses.append(connection.getresponse().status)
        except (OSError, ValueError, http.client.HTTPException) as error:
            logger.warning("the answer was not taken: %s", error)
        finally:
            connection.close()

    putting = threading.Thread(target=put, daemon=True)
    putting.start()
    putting.join(seconds)
    status = next(iter(statuses), 0)
    if status >= 500 or putting.is_alive():
        logger.warning("the answer was not taken: %s", status or f"no answer within {seconds:g} seconds")
    return status
