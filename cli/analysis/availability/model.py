"""The way in: from an expanded template to what visitors get, for every failure and every kind of request.

1. The template is read into a graph (graph.py).
2. Its hosts, and the kinds of requests that visitors send to each, are found (visits.py).
3. For each failure that can happen (failures.py), each request is followed hop by hop: through DNS, CloudFront, load
   balancer and servers to database and cache, to buckets, to APIs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.availability import cloudfront, dns, graph, visits
from cli.analysis.availability.answers import Answer, worst
from cli.analysis.availability.failures import Failure, Outage, failures
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.references import referred
from cli.analysis.availability.requests import Visit


@dataclass(frozen=True)
class Cell:
    """What a request gets when something fails."""

    failure: Failure
    visit: Visit
    answer: Answer


@dataclass(frozen=True)
class Survey:
    """Every failure and every kind of request, and what comes of each pair."""

    failures: tuple[Failure, ...]
    visits: tuple[Visit, ...]
    cells: tuple[Cell, ...]

    def answer(self, failure: str, visit: Visit) -> Answer:
        """Return the answer for a failure's name and a request. Raises KeyError if there is none."""
        for cell in self.cells:
            if cell.failure.name == failure and cell.visit == visit:
                return cell.answer
        raise KeyError(failure)


def survey(
    template: Mapping[str, Any], region: str = "us-east-1", parameters: Mapping[str, Any] | None = None
) -> Survey:
    """Return what visitors of an expanded template's sites get when things fail.

    `parameters` holds the values of the template's parameters that are known, as lists where their type is one.
    """
    made = graph.read(template, region, parameters or {})
    asked = visits.visits(made)
    failing = failures(made)
    cells = [Cell(failure, visit, answer(made, failure, visit)) for failure in failing for visit in asked]
    return Survey(failing, asked, tuple(cells))


def answer(made: Graph, failure: Failure, visit: Visit) -> Answer:
    """Return what a request gets when something fails: the worst over what may be meant, as over the zones."""
    return worst(_visited(made, outage, visit) for outage in failure.outages)


def _visited(made: Graph, outage: Outage, visit: Visit) -> Answer:
    distribution = made.distributions.get(referred(visit.host) or "")
    if distribution:
        return cloudfront.answer(made, outage, distribution, visit.request)
    return dns.answer(made, outage, visit.host, visit.request)
