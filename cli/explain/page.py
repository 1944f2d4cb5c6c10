"""Writes the report as one HTML file that asks nothing from the network."""

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from cli.analysis.creation import gantt
from cli.analysis.picture.draw import svg
from cli.explain.durations import minutes
from cli.explain.report import Report

if TYPE_CHECKING:
    from markupsafe import Markup

# The places in a name where a line may end: after the colons of a type, and before the words of a logical id.
_BETWEEN_WORDS = re.compile(r"(?<=::)|(?<=[a-z0-9])(?=[A-Z])")


def page(report: Report) -> str:
    """Return the HTML of a report."""
    import jinja2  # noqa: PLC0415  # only this command needs it

    source = files(__package__).joinpath("report.html.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["dollars"] = lambda amount: f"{amount:,.2f}"
    environment.filters["signed"] = lambda amount: f"{amount:+,.2f}"
    environment.filters["minutes"] = minutes
    environment.filters["breakable"] = breakable
    return environment.from_string(source).render(
        report=report,
        picture=_decorative(svg(report.picture)),
        gantt=_decorative(gantt.svg(report.creation)),
        steps=gantt.shown(report.creation),
        labels={part.id: part.label for part in report.picture.every_part()},
    )


def breakable(name: str) -> "Markup":
    """Return a resource type or a logical id, which a browser may break after colons and before capital letters."""
    from markupsafe import Markup, escape  # noqa: PLC0415  # of Jinja

    return Markup("<wbr>").join(map(escape, _BETWEEN_WORDS.split(name)))


def _decorative(drawing: str) -> str:
    """Return a drawing that screen readers skip: they get the list of ways below it."""
    return re.sub(
        r'role="[^"]*" aria-roledescription="[^"]*"', 'aria-hidden="true" focusable="false"', drawing, count=1
    )
