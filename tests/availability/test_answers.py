"""Answers over time: how the answers of several things that a request needs become one."""

from cli.analysis.availability.answers import Answer, Outcome, Phase, Reply, all_needed, error, page, worst
from cli.analysis.availability.documented_timings import TIMINGS, Seconds

BROKEN = Reply(Outcome.ERROR, 500, ("broken",))
GONE = Reply(Outcome.TIME_OUT, None, ("gone",))


def failing(reply: Reply, low: int, high: int, *, some: bool = False) -> Answer:
    return page("repaired").after(Phase(reply, Seconds(low, high), some))


def shape(answer: Answer) -> list[tuple[Outcome, str, bool]]:
    return [(phase.reply.outcome, str(phase.lasts), phase.some) for phase in answer.phases]


def test_the_longer_outage_counts() -> None:
    both = all_needed(failing(BROKEN, 60, 120), failing(BROKEN, 0, 30))
    assert shape(both) == [(Outcome.ERROR, "60-120 s", False), (Outcome.PAGE, "None", False)]


def test_what_all_get_weighs_more_than_what_some_get() -> None:
    both = all_needed(failing(GONE, 0, 60, some=True), failing(BROKEN, 10, 20))
    assert shape(both) == [
        (Outcome.ERROR, "10-20 s", False),
        (Outcome.TIME_OUT, "0-40 s", True),
        (Outcome.PAGE, "None", False),
    ]


def test_for_good_is_for_good() -> None:
    both = all_needed(failing(BROKEN, 60, 120), error(500, "lost"))
    assert shape(both) == [(Outcome.ERROR, "None", False)]
    assert both.last.why == ("lost",)


def test_mechanisms_of_all_parts_are_reported() -> None:
    assert all_needed(page("one"), page("two"), page()).last.why == ("one", "two")


def test_the_worst_ends_worst_or_lasts_longest() -> None:
    short, long, lost = failing(BROKEN, 1, 2), failing(BROKEN, 1, 3), error(500)
    assert worst([short, long]) is long
    assert worst([short, lost, long]) is lost


def test_every_figure_has_a_source() -> None:
    assert all(figure.source.startswith('"') and figure.seconds.low <= figure.seconds.high for figure in TIMINGS)
