"""What a request gets: a reply for each phase after a failure; the last phase is permanent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from cli.analysis.availability.documented_timings import Seconds

# The statuses that CloudFront or a load balancer returns for an unreachable origin. Source: "Troubleshooting error
# response status codes in CloudFront" and "Troubleshoot your Application Load Balancers".
UNREACHABLE = (502, 503, 504)


class Outcome(IntEnum):
    """What the visitor sees, best first."""

    PAGE = 0
    SAVED_PAGE = 1
    FRIENDLY_PAGE = 2
    UNKNOWN = 3
    ERROR = 4
    TIME_OUT = 5


@dataclass(frozen=True)
class Reply:
    """A reply: its outcome, its status, the mechanisms behind it, and the seconds until it arrives.

    `also`: further statuses that the same failure may have; an error response must replace all of them.
    """

    outcome: Outcome
    status: int | None = None
    why: tuple[str, ...] = ()
    wait: int = 0
    also: tuple[int, ...] = ()

    @property
    def statuses(self) -> tuple[int, ...]:
        """All possible statuses of this reply."""
        return (*((self.status,) if self.status is not None else ()), *self.also)

    def add_reason(self, *why: str) -> "Reply":
        """Return the reply with further mechanisms, after the existing ones."""
        return replace(self, why=tuple(dict.fromkeys((*self.why, *why))))

    def prepend_reason(self, *why: str) -> "Reply":
        """Return the reply with further mechanisms, before the existing ones."""
        return replace(self, why=tuple(dict.fromkeys((*why, *self.why))))


@dataclass(frozen=True)
class Phase:
    """A reply and how long it lasts (None: permanently), for all requests or for some of them."""

    reply: Reply
    lasts: Seconds | None = None
    some: bool = False

    @property
    def severity(self) -> int:
        """The severity, for comparison: a reply to all requests counts more than one to some requests."""
        return self.reply.outcome if self.some or self.reply.outcome is Outcome.PAGE else 10 + self.reply.outcome


@dataclass(frozen=True)
class Answer:
    """The phases after a failure, in order; the last one is permanent."""

    phases: tuple[Phase, ...]

    @property
    def last(self) -> Reply:
        """The permanent reply."""
        return self.phases[-1].reply

    @property
    def transient(self) -> tuple[Phase, ...]:
        """The phases before the last."""
        return self.phases[:-1]

    @property
    def severity(self) -> tuple[int, int, int]:
        """The severity, for comparison: of the last phase, then of the phases before, then their duration."""
        meanwhile = [phase for phase in self.transient if phase.reply.outcome > Outcome.PAGE]
        return (
            self.phases[-1].severity,
            max((phase.severity for phase in meanwhile), default=0),
            sum(phase.lasts.high for phase in meanwhile if phase.lasts),
        )

    def map(self, change: Callable[[Reply], Reply]) -> "Answer":
        """Return the answer with a function applied to every reply."""
        return merge_equal(Answer(tuple(replace(phase, reply=change(phase.reply)) for phase in self.phases)))

    def add_reason(self, *why: str) -> "Answer":
        """Return the answer with further mechanisms on its last reply."""
        return Answer((*self.transient, replace(self.phases[-1], reply=self.last.add_reason(*why))))

    def prepend_reason(self, *why: str) -> "Answer":
        """Return the answer with further mechanisms on its last reply, before the existing ones."""
        return Answer((*self.transient, replace(self.phases[-1], reply=self.last.prepend_reason(*why))))

    def after(self, *phases: Phase) -> "Answer":
        """Return the answer preceded by other phases."""
        return Answer((*phases, *self.phases))


def always(outcome: Outcome, *why: str, status: int | None = None) -> Answer:
    """Return an answer with a single, permanent phase."""
    return Answer((Phase(Reply(outcome, status, why)),))


def page(*why: str) -> Answer:
    """Return the answer of a working component: the page."""
    return always(Outcome.PAGE, *why, status=200)


def error(status: int, *why: str) -> Answer:
    """Return a permanent error."""
    return always(Outcome.ERROR, *why, status=status)


def time_out(*why: str) -> Answer:
    """Return a permanent time-out."""
    return always(Outcome.TIME_OUT, *why)


def unknown(place: str) -> Answer:
    """Return that the model can't derive the answer, and at which place."""
    return always(Outcome.UNKNOWN, f"unknown: {place}")


def worst(answers: Iterable[Answer]) -> Answer:
    """Return the worst of several alternatives, such as the loss of any one of several zones."""
    return max(answers, key=lambda answer: answer.severity)


def all_needed(*answers: Answer) -> Answer:
    """Return the answer to a request that needs all of these: at every moment the worst of them."""
    ends = sorted({end for answer in answers for end in _ends(answer)}, key=lambda span: (span.high, span.low))
    phases: list[Phase] = []
    start = Seconds(0, 0)
    for end in [*ends, None]:
        now = [_at(answer, start.high) for answer in answers]
        worst_now = max(now, key=lambda phase: phase.severity)
        lasts = _between(start, end) if end else None
        why = [reason for phase in now if phase.severity == worst_now.severity for reason in phase.reply.why]
        merged = replace(worst_now, lasts=lasts, reply=worst_now.reply.add_reason(*why))
        if phases and end is not None and phases[-1].reply == merged.reply:
            before = phases.pop().lasts or Seconds(0, 0)
            merged = replace(merged, lasts=before + lasts if lasts else None)
        phases.append(merged)
        start = end or start
    return merge_equal(Answer(tuple(phases)))


def _between(start: Seconds, end: Seconds) -> Seconds:
    """Return the time between two moments."""
    longest = end.high - start.high
    return Seconds(min(max(end.low - start.low, 0), longest), longest, start.documented and end.documented)


def merge_equal(given: Answer) -> Answer:
    """Return the answer without trailing phases that look the same as the last one."""
    phases = list(given.phases)
    while len(phases) > 1 and _alike(phases[-2], phases[-1]):
        del phases[-2]
    return Answer(tuple(phases))


def _alike(one: Phase, other: Phase) -> bool:
    """Return whether two phases look the same to a visitor."""
    return (one.reply.outcome, one.reply.status, one.some) == (other.reply.outcome, other.reply.status, other.some)


def _ends(answer: Answer) -> list[Seconds]:
    """Return the end of each phase except the last."""
    ends: list[Seconds] = []
    for phase in answer.transient:
        ends.append((ends[-1] if ends else Seconds(0, 0)) + (phase.lasts or Seconds(0, 0)))
    return ends


def _at(answer: Answer, moment: int) -> Phase:
    """Return an answer's phase at a moment."""
    for phase, end in zip(answer.transient, _ends(answer), strict=True):
        if moment < end.high:
            return phase
    return answer.phases[-1]
