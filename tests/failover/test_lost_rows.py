"""The verdict on the rows after a switch: each way to be wrong is noticed."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.failover.lost_rows import missing, still_there
from tests.failover.two_halves import Rows

# The replica stopped at 1000; the command said that all until 900 is there.
OLD, NEW, LAST = (1, 500.0), (2, 990.0), (3, 1001.0)


def judged(source: set[Any], copy: set[Any], until: float = 900, kept: Rows = frozenset({OLD, NEW})) -> tuple[str, ...]:
    rows = {"a": frozenset(source), "b": frozenset(copy)}
    halves: Any = SimpleNamespace(a="a", b="b", rows=rows.__getitem__)
    predicted = {"writtenAfter": datetime.fromtimestamp(until, UTC).isoformat()}
    lost: Any = SimpleNamespace(predicted=predicted, kept=kept, stopped=1000.0)
    return missing(halves, lost).problems


def test_rows_that_are_missing_as_predicted_are_no_problem() -> None:
    # The copy's next row has the number of a lost one.
    assert judged({OLD, NEW, LAST}, {OLD, NEW, (3, 1100.0)}) == ()


@pytest.mark.parametrize(
    ("source", "copy", "until", "said"),
    [
        ({OLD, NEW}, {OLD, NEW}, 900, "nothing was tried"),
        ({OLD, NEW, LAST}, {OLD}, 900, "1 rows of the source, its replica had 2"),
        ({OLD, NEW, LAST}, {OLD, NEW}, 1005, "missing that the command said is there"),
        ({OLD, NEW, LAST}, {OLD, NEW}, 400, "did not say of any row"),
        ({OLD, NEW, LAST}, {OLD, NEW}, 600, "400 s more than what is lost"),
    ],
)
def test_each_way_to_be_wrong_is_noticed(source: set[Any], copy: set[Any], until: float, said: str) -> None:
    assert said in "; ".join(judged(source, copy, until))


def test_a_planned_switch_loses_no_row() -> None:
    rows: Any = {"a": frozenset({OLD, NEW}), "b": frozenset({OLD})}
    there: Any = SimpleNamespace(a="a", b="b", rows=rows.__getitem__)
    back: Any = SimpleNamespace(a="b", b="a", rows=rows.__getitem__)
    assert still_there(there).problems == ()
    assert still_there(back).problems == ("1 rows are missing",)
