"""A log group in CloudWatch Logs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from cli.logs.line import Line

# Each group allows few requests a second. Source: "CloudWatch Logs quotas", FilterLogEvents.
EVERY = timedelta(seconds=5)

# The agent collects lines for seconds, and ingestion takes some, too.
LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class LogGroup:
    """A log group. `pattern` is a filter pattern of CloudWatch Logs; empty for all lines."""

    logs: Any
    source: str
    name: str
    pattern: str = ""
    every: timedelta = EVERY
    late: timedelta = LATE

    def lines(self, since: datetime, until: datetime) -> Iterator[Line]:
        """Yield the lines of a time, which FilterLogEvents orders; none if the group does not exist yet.

        A stream is an instance, with the file's name after it; or a function's. Source: "FilterLogEvents" in the
        Amazon CloudWatch Logs API Reference.
        """
        arguments = {
            "logGroupName": self.name,
            "startTime": _milliseconds(since),
            "endTime": _milliseconds(until),
            **({"filterPattern": self.pattern} if self.pattern else {}),
        }
        try:
            for page in self.logs.get_paginator("filter_log_events").paginate(**arguments):
                yield from (self._line(event) for event in page.get("events", []))
        except ClientError as error:
            if error.response["Error"].get("Code") != "ResourceNotFoundException":
                raise

    def _line(self, event: dict[str, Any]) -> Line:
        at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        # The id is not required of a response.
        unique = event.get("eventId") or f"{event['logStreamName']} {event['timestamp']} {event['message']}"
        return Line(at, self.source, event["logStreamName"], unique, event["message"])


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
