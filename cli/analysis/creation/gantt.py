"""A schedule as a Gantt chart: the critical path, and the other resources that take long."""

import re
from collections.abc import Iterator

from cli.analysis.creation.schedule import Schedule, Step
from cli.analysis.picture import drawing

# A bar that is shorter can't be seen, unless it is on the critical path.
MIN_SECONDS = 60

MILLISECONDS = 1000

# The chart's id: that of the architecture is Mermaid's own, and the ids of a page must differ.
CHART_ID = "gantt"

# Closer ones would overlap: a first deployment takes from ten minutes to an hour.
_TICKS = "  tickInterval 5minute"
_TICK = re.compile(r">second (\d+)<")

# The line of the present moment has no place in a schedule, and would make each report of a template another file.
_NO_CLOCK = "  todayMarker off"

# What begins a statement, in any case of letters. Source: the grammar of Mermaid's Gantt charts, gantt.jison.
KEYWORDS = frozenset(
    [
        "acctitle",
        "accdescr",
        "axisformat",
        "call",
        "click",
        "dateformat",
        "excludes",
        "gantt",
        "href",
        "includes",
        "inclusiveenddates",
        "section",
        "tickinterval",
        "title",
        "todaymarker",
        "topaxis",
        "weekday",
        "weekend",
    ]
)

_SETTINGS = "%%{init: {'theme': 'neutral', 'gantt': {'useWidth': 960, 'leftPadding': 150}}}%%"


def shown(made: Schedule) -> tuple[Step, ...]:
    """Return the steps of the chart: the critical path in order, then the long ones beside it by their start."""
    critical = [made.steps[name] for name in made.critical]
    others = [
        step for name, step in made.steps.items() if name not in made.critical and step.span.expected >= MIN_SECONDS
    ]
    return (*critical, *sorted(others, key=lambda step: (step.start, step.logical_id)))


def mermaid(made: Schedule) -> str:
    """Return the schedule as the text of a Mermaid Gantt chart, whose axis has the seconds after the start.

    A format with hours would be one of the local time zone.
    """
    settings = ("  dateFormat x", "  axisFormat second %s", _TICKS, _NO_CLOCK)
    return "\n".join(("gantt", *settings, *_sections(made))) + "\n"


def svg(made: Schedule) -> str:
    """Return the chart as SVG, laid out by the Mermaid library."""
    drawn = drawing.svg(f"{_SETTINGS}\n{mermaid(made)}").replace("my-svg", CHART_ID)
    return _TICK.sub(lambda tick: f">{int(tick[1]) / 60:g} min<", drawn)


def _sections(made: Schedule) -> Iterator[str]:
    steps = shown(made)
    yield "  section Critical path"
    for step in steps[: len(made.critical)]:
        yield f"  {_label(step)} :crit, {_bar(step)}"
    if len(steps) > len(made.critical):
        yield "  section At the same time"
    for step in steps[len(made.critical) :]:
        yield f"  {_label(step)} :{_bar(step)}"


def _label(step: Step) -> str:
    """Return the logical id as Mermaid reads it as a text: without its punctuation, and not as one of its keywords."""
    text = re.sub(r"\W", "_", step.logical_id)
    return f"{text}_" if text.lower() in KEYWORDS else text


def _bar(step: Step) -> str:
    """Return the start and the end of a bar in milliseconds: Mermaid reads only these alike in both places."""
    return f"{step.start * MILLISECONDS}, {step.end * MILLISECONDS}"
