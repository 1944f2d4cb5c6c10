"""Reads several logs as one, ordered by time; and follows them."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from cli.logs.line import Line, Source

# The pause while logs are followed.
POLL = timedelta(seconds=5)


def read(sources: Sequence[Source], since: datetime, until: datetime) -> Iterator[Line]:
    """Yield the lines of all sources in a time, the oldest first."""
    yield from heapq.merge(*(source.lines(since, until) for source in sources))


def follow(
    sources: Sequence[Source], since: datetime, now: Callable[[], datetime], sleep: Callable[[float], None]
) -> Iterator[Line]:
    """Yield the lines of all sources since a time, and each new one, without end.

    Each source is read again from where its lines can be late, and a line is shown once.
    """
    shown: dict[tuple[str, str], datetime] = {}
    starts, due = dict.fromkeys(range(len(sources)), since), dict.fromkeys(range(len(sources)), since)
    while True:
        until = now()
        read_now = [number for number, at in due.items() if at <= until]
        for line in heapq.merge(*(sources[number].lines(starts[number], until) for number in read_now)):
            if (line.source, line.id) not in shown:
                shown[line.source, line.id] = line.at
                yield line
        for number in read_now:
            starts[number] = max(starts[number], until - sources[number].late)
            due[number] = until + sources[number].every
        oldest = min(starts.values(), default=until)
        shown = {key: at for key, at in shown.items() if at >= oldest}
        sleep(POLL.total_seconds())
