"""That the comparison notices what is not as it was said."""

from dataclasses import replace

import pytest

from cli.analysis.availability.answers import Answer, Outcome, Phase, Reply, page
from cli.analysis.availability.api import API as AN_API
from cli.analysis.availability.dns import FAILOVER
from cli.analysis.availability.documented_timings import Seconds
from tests.failover.client import Seen
from tests.failover.expectations import expectation
from tests.failover.front_doors import API, CLOUDFRONT
from tests.failover.scale import Scale
from tests.failover.verdict import Watch, problems

LOST = Reply(Outcome.TIME_OUT)
FRIENDLY = Reply(Outcome.FRIENDLY_PAGE, 503, (FAILOVER, AN_API))
SAID = expectation(Answer((Phase(LOST, Seconds(90, 150)), Phase(FRIENDLY))), CLOUDFRONT)
USUAL = expectation(page(), CLOUDFRONT)


def at(moment: float, outcome: Outcome, status: int | None = None, door: str = "", cache: str = "no-store") -> Seen:
    return Seen(moment, 0.1, outcome, status, door, cache_control=cache)


def timeline(lost: int, *, friendly: Seen, back: int = 60, usual: Seen | None = None) -> Watch:
    """Return a timeline in seconds of AWS: time-outs, then friendly pages until 300 s, then pages after `back` s."""
    silent = [at(moment, Outcome.TIME_OUT) for moment in range(0, lost, 5)]
    shown = [replace(friendly, at=float(moment)) for moment in range(lost, 300, 5)]
    after = [replace(friendly, at=float(300 + moment)) for moment in range(0, back, 5)]
    after.append(usual or at(300 + back, Outcome.PAGE, 200, CLOUDFRONT))
    during = (*silent, *shown)
    return Watch(during, during, tuple(after), began=0, settled=float(lost), repaired=300)


GOOD = at(0, Outcome.FRIENDLY_PAGE, 503, API)


@pytest.mark.parametrize(
    ("watch", "said"),
    [
        (timeline(100, friendly=GOOD), ""),
        (timeline(20, friendly=GOOD), "took 15 s only"),
        (timeline(200, friendly=GOOD), "took 195 s; at most 150 s"),
        (timeline(100, friendly=replace(GOOD, door=CLOUDFRONT)), "in the end friendly page 503 from CloudFront"),
        (timeline(100, friendly=replace(GOOD, status=200)), "in the end friendly page 200"),
        (timeline(100, friendly=at(0, Outcome.ERROR, 502, API)), "meanwhile error 502"),
        (timeline(100, friendly=replace(GOOD, cache_control="max-age=300")), "Cache-Control 'max-age=300'"),
        (timeline(100, friendly=replace(GOOD, cache_control="")), "Cache-Control ''"),
        (timeline(100, friendly=GOOD, back=250), "back 245.1 s after the repair"),
        (timeline(100, friendly=GOOD, usual=replace(GOOD, at=380.0)), "not back after the repair"),
        (replace(timeline(100, friendly=GOOD), during=()), "no answer"),
    ],
)
def test_what_is_not_as_said_is_noticed(watch: Watch, said: str) -> None:
    found = list(problems(watch, SAID, USUAL, Scale(1), 20))
    assert any(said in problem for problem in found) if said else not found, found


def test_cloudfront_gives_up_after_its_own_time() -> None:
    friendly = Reply(Outcome.FRIENDLY_PAGE, 503, wait=10)
    expected = expectation(Answer((Phase(friendly),)), CLOUDFRONT)
    quick = at(0, Outcome.FRIENDLY_PAGE, 503, CLOUDFRONT)
    after = (at(20, Outcome.PAGE, 200, CLOUDFRONT),)
    for took, problem_count in ((0.1, 1), (10.1, 0)):
        seen = (replace(quick, took=took),)
        watch = Watch(seen, seen, after, began=0, settled=0, repaired=20)
        assert len(list(problems(watch, expected, USUAL, Scale(1), 5))) == problem_count


def test_an_application_may_show_its_own_error() -> None:
    reply = Reply(Outcome.ERROR, 500, ("the application's own error: the database fails over",))
    expected = expectation(Answer((Phase(reply),)), CLOUDFRONT)
    notice = Seen(0, 0.1, Outcome.ERROR, 200, CLOUDFRONT, notice=True)
    assert expected.settled(notice)
    assert not SAID.possible(notice)
    assert not USUAL.possible(notice)
