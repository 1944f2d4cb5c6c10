"""What was seen while something failed, against what was said about it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.formatting import NAMES
from tests.failover.client import Seen
from tests.failover.expectations import Expectation
from tests.failover.scale import Scale

# A health check's first failure may come just after the failure: of two in a row, the first takes no time.
MIN_SHARE = 0.5
# A friendly page may be kept for this long by a browser, in seconds of AWS.
MAX_CACHING = 10


@dataclass(frozen=True)
class Watch:
    """What a client saw: during the failure, and after the repair; and when all of this was (time.monotonic).

    `timed` are the answers from the moment on that the failure began to be caused; `settled` is when what came in the
    end had come, or was given up.
    """

    during: tuple[Seen, ...]
    timed: tuple[Seen, ...]
    after: tuple[Seen, ...]
    began: float
    settled: float
    repaired: float

    def reached(self, expected: Expectation) -> float:
        """Return after how long the last other answer came than what comes in the end; 0 without one."""
        return max((seen.until - self.began for seen in self.timed if not expected.settled(seen)), default=0.0)

    def back(self, usual: Expectation) -> float:
        """Return how long after the repair the last other answer came than the usual one; 0 without one."""
        return max((seen.until - self.repaired for seen in self.after if not usual.settled(seen)), default=0.0)


def problems(watch: Watch, expected: Expectation, usual: Expectation, scale: Scale, slack: float) -> Iterator[str]:
    """Yield all that is not as it was said. `slack` is in seconds here."""
    yield from _in_the_end(watch, expected)
    yield from _meanwhile(watch, expected)
    yield from _in_time(scale.on_aws(watch.reached(expected)), expected, scale.on_aws(slack))
    yield from _waited(watch, expected, scale)
    yield from _back(watch, usual, scale.here(expected.most if expected.fails_over else 0) + slack)
    yield from _kept([*watch.during, *watch.after])


def _in_the_end(watch: Watch, expected: Expectation) -> Iterator[str]:
    last = [seen for seen in watch.during if seen.at >= watch.settled] or watch.during[-1:]
    if not last:
        yield "no answer"
    others = [seen for seen in last if not expected.settled(seen)]
    if others:
        yield f"in the end {words(others[-1])}, not what was said (through {expected.door or 'no door'})"


def _meanwhile(watch: Watch, expected: Expectation) -> Iterator[str]:
    strange = [seen for seen in watch.during if not expected.possible(seen)]
    if strange:
        yield f"meanwhile {words(strange[0])}, which was not said ({len(strange)} of {len(watch.during)})"


def _in_time(seconds: float, expected: Expectation, slack: float) -> Iterator[str]:
    if seconds > expected.most + slack:
        yield f"took {seconds:.0f} s; at most {expected.most} s were said"
    if seconds < expected.least * MIN_SHARE:
        yield f"took {seconds:.0f} s only; at least {expected.least} s were said"


def _waited(watch: Watch, expected: Expectation, scale: Scale) -> Iterator[str]:
    """CloudFront tries for a while before it gives up on an origin; elsewhere, there is no such wait."""
    wait = expected.answer.last.wait
    quick = [seen for seen in watch.during[-2:] if scale.on_aws(seen.took) < wait]
    if quick and not expected.fails_over:
        yield f"came after {scale.on_aws(quick[0].took):.0f} s, before CloudFront gives up ({wait} s)"


def _back(watch: Watch, usual: Expectation, most: float) -> Iterator[str]:
    if not watch.after or not usual.settled(watch.after[-1]):
        yield f"not back after the repair: {words(watch.after[-1]) if watch.after else 'no answer'}"
    elif watch.back(usual) > most:
        yield f"back {watch.back(usual):.1f} s after the repair; at most {most:.1f} s were said"


def _kept(seen: Sequence[Seen]) -> Iterator[str]:
    """Yield the first friendly page that a browser may keep for longer than seconds."""
    for item in seen:
        kept = re.search(r"max-age=(\d+)", item.cache_control)
        bound = "no-store" in item.cache_control or "no-cache" in item.cache_control
        if item.outcome is Outcome.FRIENDLY_PAGE and not bound and (not kept or int(kept[1]) > MAX_CACHING):
            yield f"a friendly page with Cache-Control {item.cache_control!r}"
            return


def words(seen: Seen) -> str:
    """Return an answer in words."""
    status = f" {seen.status}" if seen.status and seen.outcome is not Outcome.PAGE else ""
    notice = " (a page without its database)" if seen.notice else ""
    door = f" from {seen.door}" if seen.door else ""
    return f"{NAMES[seen.outcome]}{status}{notice}{door}"


def spans(seen: Sequence[Seen]) -> tuple[str, ...]:
    """Return what came, one after the other, without repetitions."""
    found = [words(item) for item in seen]
    return tuple(text for text, before in zip(found, [None, *found], strict=False) if text != before)
