"""Reads several logs as one, ordered by time; and follows them."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from cli.logs.line import Line, Source

# How often logs are read while they are followed: each group and Region allows few requests a second. Source:
# "CloudWatch Logs quotas", FilterLogEvents.
POLL = timedelta(seconds=5)

# A line can be readable later than its time: the agent collects lines for seconds, and ingestion takes some, too.
LATE = timedelta(minutes=2)


def read(sources: Sequence[Source], since: datetime, until: datetime) -> Iterator[Line]:
    """Yield the lines of all sources in a time, the oldest first."""
    yield from heapq.merge(*(source.lines(since, until) for source in sources))


def follow(
    sources: Sequence[Source], since: datetime, now: Callable[[], datetime], sleep: Callable[[float], None]
) -> Iterator[Line]:
    """Yield the lines of all sources since a time, and each new one, without end.

    Lines that arrive late are read again with what is new, and shown once.
    """
    shown: dict[tuple[str, str], datetime] = {}
    while True:
        until = now()
        for line in read(sources, since, until):
            if (line.source, line.id) not in shown:
                shown[line.source, line.id] = line.at
                yield line
        since = max(since, until - LATE)
        shown = {key: at for key, at in shown.items() if at >= since}
        sleep(POLL.total_seconds())
