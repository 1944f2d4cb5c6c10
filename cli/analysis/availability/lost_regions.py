"""What visitors of a site with a copy get when one of the two Regions is lost, before and after a switch."""

from dataclasses import dataclass, replace

from cli.analysis.availability.copies import Copy
from cli.analysis.availability.failures import NOTHING, REGION, Failure, failures
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.model import Cell, Survey, answer
from cli.analysis.availability.visits import visits


@dataclass(frozen=True)
class Situation:
    """A Region that is lost (None: neither) while the graph's half is active; `switched` once a switch is done."""

    name: str
    lost: str | None
    graph: Graph
    switched: bool


def situations(copy: Copy) -> tuple[Situation, ...]:
    """Return what can happen to the two Regions, in the order in which people meet it."""
    here, there = copy.primary_region, copy.region
    active = replace(copy.after, settled=True)
    return (
        Situation(f"{here} lost, before the switch", here, copy.before, switched=False),
        Situation(f"{here} lost, after the switch", here, copy.taken_over, switched=True),
        Situation("nothing lost, after a planned switch", None, copy.after, switched=True),
        Situation(f"{there} lost", there, copy.before, switched=True),
        Situation(f"{there} lost while it is active, before the switch", there, active, switched=False),
        Situation(f"{there} lost while it is active, after the switch", there, copy.before, switched=True),
    )


def lost_regions(copy: Copy) -> Survey:
    """Return the answers to every kind of request in every situation. After a switch, time begins with its signal."""
    asked = tuple(visit for visit in visits(copy.before) if copy.has(visit.host))
    found = [(situation, _failure(situation)) for situation in situations(copy)]
    cells = [
        Cell(failure, visit, answer(situation.graph, failure, visit)) for situation, failure in found for visit in asked
    ]
    return Survey(tuple(failure for _, failure in found), asked, tuple(cells))


def from_copy(copy: Copy) -> Survey:
    """Return the answers while the copy is active, for every failure in its Region."""
    active = replace(copy.after, settled=True)
    asked = tuple(visit for visit in visits(active) if copy.has(visit.host))
    failing = failures(active, copy.region)
    cells = [Cell(failure, visit, answer(active, failure, visit)) for failure in failing for visit in asked]
    return Survey(failing, asked, tuple(cells))


def _failure(situation: Situation) -> Failure:
    """Return a situation as a failure of a Region."""
    cause = REGION.in_region(situation.lost) if situation.lost else NOTHING
    return Failure(situation.name, cause.outages)
