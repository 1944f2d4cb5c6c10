"""What a request gets: a reply for each stretch of time after a failure, the last of them for good."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from cli.analysis.availability.documented_timings import Seconds

# What comes of an origin that can't be reached, as seen from before it. Source: "Troubleshooting error response status
# codes in CloudFront" and "Troubleshoot your Application Load Balancers".
UNREACHABLE = (502, 503, 504)


class Outcome(IntEnum):
    """What the visitor sees, the better the smaller."""

    PAGE = 0
    SAVED_PAGE = 1
    FRIENDLY_PAGE = 2
    UNKNOWN = 3
    ERROR = 4
    TIME_OUT = 5


@dataclass(frozen=True)
class Reply:
    """One reply: what it is, its status, the mechanisms that brought it about, and how long it took to come.

    `also` are statuses that the same failure may show as well: who replaces one of them must replace all.
    """

    outcome: Outcome
    status: int | None = None
    why: tuple[str, ...] = ()
    wait: int = 0
    also: tuple[int, ...] = ()

    @property
    def statuses(self) -> tuple[int, ...]:
        """All statuses that this reply may have."""
        return (*((self.status,) if self.status is not None else ()), *self.also)

    def because(self, *why: str) -> "Reply":
        """Return the same reply with more mechanisms, after those that it has."""
        return replace(self, why=tuple(dict.fromkeys((*self.why, *why))))

    def prepend_reason(self, *why: str) -> "Reply":
        """Return the same reply with more mechanisms, before those that it has."""
        return replace(self, why=tuple(dict.fromkeys((*why, *self.why))))


@dataclass(frozen=True)
class Phase:
    """A reply and for how long it comes (None: for good), to all requests or to some of them."""

    reply: Reply
    lasts: Seconds | None = None
    some: bool = False

    @property
    def severity(self) -> int:
        """How bad it is, to compare with: whatever all requests get weighs more than what some get."""
        return self.reply.outcome if self.some or self.reply.outcome is Outcome.PAGE else 10 + self.reply.outcome


@dataclass(frozen=True)
class Answer:
    """The phases after a failure, in order; the last one lasts."""

    phases: tuple[Phase, ...]

    @property
    def last(self) -> Reply:
        """What comes in the end."""
        return self.phases[-1].reply

    @property
    def transient(self) -> tuple[Phase, ...]:
        """What comes before."""
        return self.phases[:-1]

    @property
    def severity(self) -> tuple[int, int, int]:
        """How bad it is, to compare with: in the end, then meanwhile, then for how long."""
        meanwhile = [phase for phase in self.transient if phase.reply.outcome > Outcome.PAGE]
        return (
            self.phases[-1].severity,
            max((phase.severity for phase in meanwhile), default=0),
            sum(phase.lasts.high for phase in meanwhile if phase.lasts),
        )

    def mapped(self, change: Callable[[Reply], Reply]) -> "Answer":
        """Return the answer with every reply changed."""
        return merge_equal(Answer(tuple(replace(phase, reply=change(phase.reply)) for phase in self.phases)))

    def because(self, *why: str) -> "Answer":
        """Return the answer with more mechanisms on its last reply."""
        return Answer((*self.transient, replace(self.phases[-1], reply=self.last.because(*why))))

    def prepend_reason(self, *why: str) -> "Answer":
        """Return the answer with more mechanisms on its last reply, before those that it has."""
        return Answer((*self.transient, replace(self.phases[-1], reply=self.last.prepend_reason(*why))))

    def after(self, *phases: Phase) -> "Answer":
        """Return the answer after other phases."""
        return Answer((*phases, *self.phases))


def always(outcome: Outcome, *why: str, status: int | None = None, also: tuple[int, ...] = ()) -> Answer:
    """Return the answer that is the same at all times."""
    return Answer((Phase(Reply(outcome, status, why, also=also)),))


def page(*why: str) -> Answer:
    """Return the answer of something that works."""
    return always(Outcome.PAGE, *why, status=200)


def error(status: int, *why: str) -> Answer:
    """Return an error for good."""
    return always(Outcome.ERROR, *why, status=status)


def time_out(*why: str) -> Answer:
    """Return what comes when nothing answers."""
    return always(Outcome.TIME_OUT, *why)


def unknown(place: str) -> Answer:
    """Return that the model can't tell, and where."""
    return always(Outcome.UNKNOWN, f"unknown: {place}")


def worst(answers: Iterable[Answer]) -> Answer:
    """Return the worst of alternatives, as when any of several zones may be the one that is lost."""
    return max(answers, key=lambda answer: answer.severity)


def all_needed(*answers: Answer) -> Answer:
    """Return what a request gets that needs all of these: at every moment the worst of them."""
    ends = sorted({end for answer in answers for end in _ends(answer)}, key=lambda span: (span.high, span.low))
    phases: list[Phase] = []
    start = Seconds(0, 0)
    for end in [*ends, None]:
        now = [_at(answer, start.high) for answer in answers]
        worst_now = max(now, key=lambda phase: phase.severity)
        lasts = _between(start, end) if end else None
        why = [reason for phase in now if phase.severity == worst_now.severity for reason in phase.reply.why]
        merged = replace(worst_now, lasts=lasts, reply=worst_now.reply.because(*why))
        if phases and end is not None and phases[-1].reply == merged.reply:
            before = phases.pop().lasts or Seconds(0, 0)
            merged = replace(merged, lasts=before + lasts if lasts else None)
        phases.append(merged)
        start = end or start
    return merge_equal(Answer(tuple(phases)))


def _between(start: Seconds, end: Seconds) -> Seconds:
    """Return how long it is from one moment to a later one."""
    longest = end.high - start.high
    return Seconds(min(max(end.low - start.low, 0), longest), longest, start.documented and end.documented)


def merge_equal(given: Answer) -> Answer:
    """Return the answer without phases at its end that are no different from what comes in the end."""
    phases = list(given.phases)
    while len(phases) > 1 and _alike(phases[-2], phases[-1]):
        del phases[-2]
    return Answer(tuple(phases))


def _alike(one: Phase, other: Phase) -> bool:
    """Return whether a visitor can't tell two phases apart."""
    return (one.reply.outcome, one.reply.status, one.some) == (other.reply.outcome, other.reply.status, other.some)


def _ends(answer: Answer) -> list[Seconds]:
    """Return when each of an answer's phases but the last ends."""
    ends: list[Seconds] = []
    for phase in answer.transient:
        ends.append((ends[-1] if ends else Seconds(0, 0)) + (phase.lasts or Seconds(0, 0)))
    return ends


def _at(answer: Answer, moment: int) -> Phase:
    """Return the phase that an answer is in at a moment."""
    for phase, end in zip(answer.transient, _ends(answer), strict=True):
        if moment < end.high:
            return phase
    return answer.phases[-1]
