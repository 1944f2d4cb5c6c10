"""crhelper's door, with what it leaves open closed.

- It takes whatever the response URL says for a success. S3, which is behind it, may say 500 or 503: then the stack
  would wait for its answer until it gives up, an hour by default.
- Its timer answers half a second before the function is ended, which is too late for an answer that has to be sent
  twice, with an empty id unless the function has set one; and the function may answer after it, or return before the
  timer's answer has arrived: Lambda then stops the process.
- It cuts the beginning off a long reason, where it says what the rest is about; and where an answer of AWS's is not
  what it should be, the reason may be a word like 'CertificateArn'.
- The rule by which it is called again each minute has a name by chance. A function that was ended is run again with the
  same request: then there would be two rules, and two answers, or a rule that nobody removes; and one that has removed
  its rule, but not yet answered, would fail the second time.
"""

import hashlib
import http.client
import json
import logging
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from crhelper import CfnResource

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# What crhelper does not cut.
LONGEST_REASON = 256

PAUSE_SECONDS = 2
ANSWER_SECONDS = 10
# What is left of the function's time when it stops to deliver its answer; and when it answers that its time is over,
# so that there is time to deliver that. Of a short time, so much of it.
STOP_SECONDS, TIMEOUT_SECONDS = 2.0, 5.0
STOP_PART, TIMEOUT_PART = 0.05, 0.25

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
    _delete_rule: Callable[[str], None]

    def __init__(self, *, polls: bool = False) -> None:
        """Take requests; `polls` if some are answered later, by a rule that calls the function again each minute."""
        # The defaults would log the whole event at DEBUG, pre-signed URL and all, and sleep two minutes on Delete.
        super().__init__(json_logging=True, log_level="INFO", boto_level="ERROR", sleep_on_delete=0, polling_interval=1)
        self._polls = polls
        self._answering = threading.Lock()

    def __call__(self, event: Event, context: Any) -> None:
        """Answer a request, or have the function called again in a minute."""
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

    def _setup_polling(self) -> None:
        try:
            cast(Any, super())._setup_polling()
        except Exception:
            self._remove_rule()
            raise

    def _cfn_response(self, event: Event) -> None:
        # A run of the same request that was ended may have made its rule; this one has done the work without.
        if self._polls and self.Status == "SUCCESS" and "CrHelperRule" not in event:
            self._remove_rule()
        cast(Any, super())._cfn_response(event)

    def _remove_rule(self) -> None:
        name = self._rule_name()
        try:
            self._remove_targets(f"rule/{name}")
            self._remove_permission(name)
            self._delete_rule(f"rule/{name}")
        except (ClientError, BotoCoreError) as error:
            logger.warning("the rule %s may be left over: %s", name, error)

    def _rule_name(self) -> str:
        return str(self._event["LogicalResourceId"]) + self._rand_string(8)

    def _add_permission(self, rule_arn: str) -> str:
        with suppress(self._lambda_client.exceptions.ResourceConflictException):
            cast(Any, super())._add_permission(rule_arn)
        return self._rule_name()

    def _remove_targets(self, rule_arn: str) -> None:
        with suppress(self._events_client.exceptions.ResourceNotFoundException):
            cast(Any, super())._remove_targets(rule_arn)

    def _remove_permission(self, sid: str) -> None:
        with suppress(self._lambda_client.exceptions.ResourceNotFoundException):
            cast(Any, super())._remove_permission(sid)


def _cut(reason: str) -> str:
    """Return a reason without its middle if it is too long: it begins with what it is about, and ends in advice."""
    half = (LONGEST_REASON - 5) // 2
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:half]} ... {reason[-half:]}"


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
