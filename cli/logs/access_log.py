"""The load balancer's access log: compressed files in the logs' bucket, one every five minutes and node."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cli.aws_pages import pages
from cli.logs.line import Line

SOURCE = "load-balancer"

# How much later than its first request a file is written. Source: "Access logs for your Application Load Balancer".
INTERVAL = timedelta(minutes=5)

# Files are read again while they can have late lines, so less often than log groups. AWS delivers them on a best-effort
# basis, after their interval.
EVERY = timedelta(minutes=1)
LATE = timedelta(minutes=15)


@dataclass(frozen=True)
class AccessLog:
    """The files below a prefix of a bucket. `pattern` is a text that a line contains; empty for all lines."""

    s3: Any
    bucket: str
    prefix: str
    pattern: str = ""
    every: timedelta = EVERY
    late: timedelta = LATE

    def lines(self, since: datetime, until: datetime) -> Iterator[Line]:
        """Yield the requests of a time, the oldest first."""
        found = [line for key in self._keys(since, until) for line in self._requests(key)]
        yield from sorted(line for line in found if since <= line.at < until)

    def _keys(self, since: datetime, until: datetime) -> Iterator[str]:
        """Yield the files that can have requests of a time. Their folders are days in UTC, of the file's end."""
        days = (until + INTERVAL).date() - since.date()
        for number in range(days.days + 1):
            folder = f"{self.prefix}/{since + timedelta(days=number):%Y/%m/%d}/"
            for entry in pages(self.s3, "list_objects_v2", "Contents", Bucket=self.bucket, Prefix=folder):
                if entry["LastModified"] >= since:
                    yield entry["Key"]

    def _requests(self, key: str) -> Iterator[Line]:
        """Yield a file's requests. Fields are separated by spaces; time is the second, the balancer the third."""
        body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        for number, text in enumerate(gzip.decompress(body).decode(errors="replace").splitlines()):
            fields = text.split(" ", 4)
            if len(fields) == 5 and self.pattern in text:
                at = datetime.fromisoformat(fields[1])
                yield Line(at, SOURCE, fields[3].partition(":")[0], f"{key}:{number}", text)
