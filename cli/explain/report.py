"""What the report says, from the expanded template alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Answer, Outcome
from cli.analysis.availability.documented_timings import TIMINGS, DocumentedTiming
from cli.analysis.availability.model import Survey, survey
from cli.analysis.availability.requests import RequestKind, Visit
from cli.analysis.costs.charge import Charge, Tier, Traffic
from cli.analysis.costs.estimate import LEFT_OUT, Estimate, estimate
from cli.analysis.costs.price_list import PriceList
from cli.analysis.picture.draw import picture
from cli.analysis.picture.shapes import Picture

# How an answer is marked, beside its words.
MARKS = {
    Outcome.PAGE: "good",
    Outcome.SAVED_PAGE: "good",
    Outcome.FRIENDLY_PAGE: "fair",
    Outcome.UNKNOWN: "fair",
    Outcome.ERROR: "bad",
    Outcome.TIME_OUT: "bad",
}


@dataclass(frozen=True)
class Expanded:
    """A template for the report: expanded, for a Region, with the values of its parameters."""

    template: Mapping[str, Any]
    region: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """The answer to one kind of request during a failure: its phases with their marks, and the mechanism."""

    phases: tuple[tuple[str, str], ...]
    why: str


@dataclass(frozen=True)
class FailureTable:
    """What visitors of some hosts get: a column for each kind of request, a row for each failure."""

    hosts: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Report:
    """Everything that the report shows."""

    title: str
    region: str
    resources: int
    picture: Picture
    failures: tuple[FailureTable, ...]
    timings: tuple[DocumentedTiming, ...]
    estimate: Estimate
    traffic: Traffic
    prices: PriceList
    left_out: tuple[str, ...] = LEFT_OUT

    def charges_of(self, tier: Tier) -> tuple[Charge, ...]:
        """Return the charges of a tier, the largest first."""
        own = (charge for charge in self.estimate.charges if charge.tier == tier)
        return tuple(sorted(own, key=lambda charge: -charge.dollars.expected))


def report(title: str, made: Expanded, prices: PriceList, traffic: Traffic) -> Report:
    """Return the report of a template."""
    surveyed = survey(made.template, made.region, made.parameters)
    return Report(
        title=title,
        region=made.region,
        resources=len(made.template["Resources"]),
        picture=picture(made.template, made.region, made.parameters),
        failures=_failure_tables(surveyed),
        timings=tuple(TIMINGS),
        estimate=estimate(made.template, made.region, made.parameters, prices, traffic),
        traffic=traffic,
        prices=prices,
    )


def _failure_tables(surveyed: Survey) -> tuple[FailureTable, ...]:
    """Return a table for each group of hosts whose answers are the same."""
    alike: dict[str, list[str]] = {}
    for host in dict.fromkeys(visit.host for visit in surveyed.visits):
        answers = [
            (cell.failure.name, cell.visit.kind, cell.answer) for cell in surveyed.cells if cell.visit.host == host
        ]
        alike.setdefault(repr(answers).replace(host, ""), []).append(host)
    return tuple(_failure_table(surveyed, hosts) for hosts in alike.values())


def _failure_table(surveyed: Survey, hosts: list[str]) -> FailureTable:
    visits = [visit for visit in surveyed.visits if visit.host == hosts[0]]
    columns = [list(same) for _, same in groupby(visits, lambda visit: _answers(surveyed, visit))]
    return FailureTable(
        tuple(map(formatting.host, hosts)),
        tuple(", ".join(f"{visit.kind} ({visit.method} {visit.path})" for visit in same) for same in columns),
        tuple(
            (failure.name, tuple(_cell(surveyed.answer(failure.name, same[0]), same[0]) for same in columns))
            for failure in surveyed.failures
        ),
    )


def _answers(surveyed: Survey, visit: Visit) -> list[Answer]:
    return [surveyed.answer(failure.name, visit) for failure in surveyed.failures]


def _cell(answer: Answer, visit: Visit) -> Cell:
    page = "the asset" if visit.kind is RequestKind.ASSET else "the page"
    texts = formatting.phases(answer, page)
    marks = (MARKS[phase.reply.outcome] for phase in answer.phases)
    return Cell(tuple(zip(marks, texts, strict=True)), formatting.why(answer))
