"""What the report says, from the expanded template alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from cli.analysis.availability import formatting, graph
from cli.analysis.availability import resources as template_resources
from cli.analysis.availability.answers import Answer, Outcome
from cli.analysis.availability.copies import Copy
from cli.analysis.availability.degraded import degraded
from cli.analysis.availability.documented_timings import TIMINGS, DocumentedTiming
from cli.analysis.availability.lost_regions import lost_regions
from cli.analysis.availability.model import survey
from cli.analysis.availability.recovery import Recovery, recoveries
from cli.analysis.availability.tables import AnswerTable, answer_tables
from cli.analysis.costs.charge import Charge, Tier, Traffic
from cli.analysis.costs.estimate import LEFT_OUT, Estimate, estimate
from cli.analysis.costs.other_halves import other_halves
from cli.analysis.costs.price_list import PriceList
from cli.analysis.costs.property_costs import PropertyCost
from cli.analysis.costs.variants import PricedVariant
from cli.analysis.creation.creation_times import creation_times
from cli.analysis.creation.schedule import Schedule, schedule
from cli.analysis.expanded import Expanded
from cli.analysis.picture.draw import picture
from cli.analysis.picture.shapes import Picture
from cli.analysis.service_levels.composed import HostUptime, composed
from cli.analysis.service_levels.service_levels import ServiceLevels, service_levels
from cli.analysis.well_architected.answers import QuestionAnswer, answers
from cli.analysis.well_architected.questions import questions

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
class Cell:
    """The answer to one kind of request during a failure: its phases with their marks, and the mechanism."""

    phases: tuple[tuple[str, str], ...]
    why: str


@dataclass(frozen=True)
class FailureTable:
    """What visitors of some hosts get: a column for each kind of request, a row for each failure."""

    addresses: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class CopyReport:
    """A copy in another Region: what visitors get when a Region is lost, how a switch recovers, and what degrades."""

    region: str
    mode: str
    lost_regions: tuple[FailureTable, ...]
    recoveries: tuple[Recovery, ...]
    degraded: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Everything that the report shows; `property_costs` and `variants` are those of the compact template."""

    title: str
    region: str
    resources: int
    picture: Picture
    failures: tuple[FailureTable, ...]
    timings: tuple[DocumentedTiming, ...]
    estimate: Estimate
    traffic: Traffic
    prices: PriceList
    creation: Schedule
    uptimes: tuple[HostUptime, ...]
    levels: ServiceLevels
    well_architected: tuple[QuestionAnswer, ...]
    copies: tuple[CopyReport, ...] = ()
    property_costs: tuple[PropertyCost, ...] = ()
    variants: tuple[PricedVariant, ...] = ()
    other_halves: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the estimate leaves out, in words."""
        return (*self.other_halves, *LEFT_OUT)

    def charges_of(self, tier: Tier) -> tuple[Charge, ...]:
        """Return the charges of a tier, the largest first."""
        own = (charge for charge in self.estimate.charges if charge.tier == tier)
        return tuple(sorted(own, key=lambda charge: -charge.dollars.expected))


def report(title: str, made: Expanded, copies: Sequence[Copy], prices: PriceList, traffic: Traffic) -> Report:
    """Return the report of a template; `copies` are those of its sites in other Regions."""
    resources = template_resources.read(made.template, made.region, made.parameters)
    surveyed = survey(made.template, made.region, made.parameters)
    return Report(
        title=title,
        region=made.region,
        resources=len(made.template["Resources"]),
        picture=picture(made.template, made.region, made.parameters),
        failures=tuple(map(_failure_table, answer_tables(surveyed))),
        timings=tuple(TIMINGS),
        estimate=estimate(made.template, made.region, made.parameters, prices, traffic),
        traffic=traffic,
        prices=prices,
        creation=schedule(made.template, made.region, made.parameters, creation_times()),
        uptimes=composed(graph.of(resources), service_levels()),
        levels=service_levels(),
        well_architected=answers(resources, questions().questions),
        copies=tuple(map(_copy_report, copies)),
        other_halves=other_halves(spec for copy in copies for spec in copy.sites.values()),
    )


def _copy_report(copy: Copy) -> CopyReport:
    lost = tuple(map(_failure_table, answer_tables(lost_regions(copy))))
    return CopyReport(copy.region, copy.mode, lost, tuple(recoveries(copy)), tuple(degraded(copy)))


def _failure_table(found: AnswerTable) -> FailureTable:
    rows = (
        (failure, tuple(_cell(column.answers[number], column.requested) for column in found.columns))
        for number, failure in enumerate(found.failures)
    )
    return FailureTable(found.addresses, tuple(column.title for column in found.columns), tuple(rows))


def _cell(answer: Answer, page: str) -> Cell:
    marks = (MARKS[phase.reply.outcome] for phase in answer.phases)
    return Cell(tuple(zip(marks, formatting.phases(answer, page), strict=True)), formatting.why(answer))
