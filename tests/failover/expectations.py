"""What the model says about a request, in terms of what a client sees here: looks, front doors and time."""

import re
from dataclasses import dataclass

from cli.analysis.availability.answers import Answer, Outcome, Reply
from cli.analysis.availability.api import API as AN_API
from cli.analysis.availability.dns import FAILOVER
from tests.failover.client import Seen
from tests.failover.front_doors import API, CLOUDFRONT

_APPLICATION = "the application's own error"
_AFTER = re.compile(re.escape(FAILOVER) + r" after (?:\d+-)?(\d+) s")


@dataclass(frozen=True)
class Expectation:
    """What comes in the end, through which door, and when. Times are seconds of AWS.

    `least`: how long what comes before lasts at least; `most`: how long until what comes in the end, at most.
    """

    answer: Answer
    door: str
    least: int
    most: int

    def settled(self, seen: Seen) -> bool:
        """Tell whether an answer is the one that comes in the end, by the mechanism that the model names."""
        return _fits(self.answer.last, seen) and seen.door == self.door

    def possible(self, seen: Seen) -> bool:
        """Tell whether an answer is one that the model has at any time after the failure."""
        replies = [phase.reply for phase in self.answer.phases]
        for_some = any(phase.some for phase in self.answer.phases)
        return (for_some and seen.outcome is Outcome.PAGE) or any(_fits(reply, seen) for reply in replies)

    @property
    def fails_over(self) -> bool:
        """Whether Route 53 sends visitors elsewhere."""
        return any(reason.startswith(FAILOVER) for reason in self.answer.last.why)


def expectation(answer: Answer, usual_door: str) -> Expectation:
    """Return what to expect of a request that comes through `usual_door` when nothing has failed."""
    why = answer.last.why
    door = usual_door
    if any(reason.startswith(FAILOVER) for reason in why):
        door = API if AN_API in why else CLOUDFRONT
    if answer.last.outcome is Outcome.TIME_OUT:
        door = ""
    spans = [phase.lasts for phase in answer.transient if phase.lasts]
    switched = [int(found[1]) for reason in why if (found := _AFTER.match(reason))]
    certain = [phase.lasts.low for phase in answer.transient if phase.lasts and not phase.some]
    return Expectation(answer, door, sum(certain), max([sum(span.high for span in spans), *switched]))


def _fits(reply: Reply, seen: Seen) -> bool:
    """Tell whether an answer looks like a reply. An application can have its own error page."""
    if seen.notice:
        return any(reason.startswith(_APPLICATION) for reason in reply.why)
    if reply.outcome is not seen.outcome:
        return False
    return reply.outcome in (Outcome.PAGE, Outcome.TIME_OUT) or seen.status in reply.statuses
