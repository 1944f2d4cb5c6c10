"""What can go wrong between a function and what it calls. A fault is data; proxy.py does it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

# The operation by which a function answers CloudFormation. All others have the names that AWS's APIs give them.
ANSWER = "the answer"
ALWAYS = 1_000_000


class Kind(Enum):
    """How a request is struck; the words are those of the table."""

    NOTHING = "none"
    REFUSED = "connection refused"
    RESET_BEFORE = "reset before it is passed on"
    RESET_AFTER = "done, then reset before the answer"
    DELAYED = "answered after the caller has given up"
    TRICKLES = "answer in drops"
    TRUNCATED = "answer cut in the middle"
    GARBAGE = "done, answer is garbage"
    ERROR = "answered"
    KILLED_BEFORE = "process killed before it is passed on"
    KILLED_AFTER = "done, process killed"
    MEANWHILE = "meanwhile"


@dataclass(frozen=True)
class Fault:
    """Strikes the requests whose operation begins with `on` (and key, for S3); the first `after` of them pass.

    `code` is the error that ERROR answers. `does` is what somebody else does in MEANWHILE, named `who`, before the
    request is passed on. `seconds` is for how long REFUSED lasts; 0: until the step is over.
    """

    kind: Kind = Kind.NOTHING
    on: str = ""
    times: int = ALWAYS
    after: int = 0
    code: str = ""
    who: str = ""
    does: Callable[[Any], None] | None = None
    seconds: float = 0

    def __str__(self) -> str:
        """Return the fault in words."""
        what = " ".join(part for part in (self.kind.value, self.code, self.who) if part)
        if self.kind is Kind.NOTHING:
            return what
        if self.seconds:
            return f"{self.on or 'everything'}: {what} for {self.seconds:g} s"
        times = "" if self.times == ALWAYS else " once" if self.times == 1 else f" {self.times} times"
        where = f", from request {self.after + 1} on" if self.after else ""
        return f"{self.on or 'everything'}: {what}{times}{where}"

    def strikes(self, operation: str, count: int) -> bool:
        """Tell whether this is a request to strike, the `count`-th one (from 0) that is meant."""
        return self.meant(operation) and self.after <= count < self.after + self.times

    def meant(self, operation: str) -> bool:
        """Tell whether a request is one of those that count. CloudFormation's requests count only if it is named."""
        return operation.startswith(self.on) and (operation == ANSWER) == (self.on == ANSWER)

    def at(self, on: str, times: int = ALWAYS, after: int = 0) -> "Fault":
        """Return the same fault on other requests."""
        return replace(self, on=on, times=times, after=after)

    @property
    def kills(self) -> bool:
        """Whether the process ends of it."""
        return self.kind in (Kind.KILLED_BEFORE, Kind.KILLED_AFTER)


NONE = Fault()
REFUSED = Fault(Kind.REFUSED)
RESET_BEFORE = Fault(Kind.RESET_BEFORE)
RESET_AFTER = Fault(Kind.RESET_AFTER)
DELAYED = Fault(Kind.DELAYED)
TRICKLES = Fault(Kind.TRICKLES)
TRUNCATED = Fault(Kind.TRUNCATED)
GARBAGE = Fault(Kind.GARBAGE)
KILLED_BEFORE = Fault(Kind.KILLED_BEFORE)
KILLED_AFTER = Fault(Kind.KILLED_AFTER)


def error(code: str) -> Fault:
    """Return the fault of an error that AWS answers."""
    return Fault(Kind.ERROR, code=code)


def meanwhile(who: str, does: Callable[[Any], None]) -> Fault:
    """Return the fault of somebody else who does something, once, to what the function works on (a harness)."""
    return Fault(Kind.MEANWHILE, who=who, does=does, times=1)
