"""What the databases have after a switch, against what the command predicted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.failover.lost_scenes import SwitchedRegion
from tests.failover.trial import Row
from tests.failover.two_halves import TwoHalves

# What the command may predict beyond what is lost, in seconds: the lag is in whole seconds, CloudWatch's minutes are
# known by their beginning, and a replica notices after a minute that its source is silent.
MARGIN = 2 + 60 + 60


@dataclass(frozen=True)
class Data:
    """What was said about the rows, what was seen, and what is wrong with it."""

    said: str
    seen: str
    problems: tuple[str, ...]


def data_row(title: str, data: Data) -> Row:
    """Return the line of the table."""
    return Row(title, "rows in the database", (data.said,), (data.seen,), 0, 0, data.problems)


def missing(halves: TwoHalves, lost: SwitchedRegion) -> Data:
    """Compare the copy's database with that of the Region that is back, which has every row."""
    until = datetime.fromisoformat(lost.predicted["writtenAfter"]).timestamp()
    source, copy = halves.rows(halves.a), halves.rows(halves.b)
    gone = source - copy

    def problems() -> Iterator[str]:
        if not gone:
            yield "no row is missing, so that nothing was tried"
        if source & copy != lost.kept:
            yield f"the copy has {len(source & copy)} rows of the source, its replica had {len(lost.kept)}"
        if any(at <= until for _, at in gone):
            yield "a row is missing that the command said is there"
        if not any(at <= until for _, at in source & copy):
            yield "the command did not say of any row that it is there"
        if lost.stopped - until > MARGIN:
            yield f"the command predicted {lost.stopped - until:.0f} s more than what is lost"

    said = "what was written after a time that the dry run names may be missing"
    return Data(said, f"{len(gone)} of {len(source)} rows are missing, all of them written after it", tuple(problems()))


def still_there(halves: TwoHalves) -> Data:
    """Compare the database that visitors get with that of the half that they got before."""
    before, now = halves.rows(halves.b), halves.rows(halves.a)
    gone = before - now
    problems = (f"{len(gone)} rows are missing",) if gone or not before else ()
    return Data("nothing is lost", f"{len(gone)} of {len(before)} rows are missing", problems)
