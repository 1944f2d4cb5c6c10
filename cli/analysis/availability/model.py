"""Entry point: from an expanded template to what visitors get, for every failure and every kind of request.

1. Read the template into a graph (graph.py).
2. Find its hosts, and the kinds of requests to each (visits.py).
3. For each failure (failures.py), follow each request hop by hop: through DNS, CloudFront, load balancer and servers to
   database and cache, to buckets, and to APIs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.availability import cloudfront, dns, graph, visits
from cli.analysis.availability.answers import Answer, worst
from cli.analysis.availability.failures import Failure, Outage, failures
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.requests import Visit
from resilient_website.facts.regions import DEFAULT_REGION


@dataclass(frozen=True)
class Cell:
    """The answer to a request during a failure."""

    failure: Failure
    visit: Visit
    answer: Answer


@dataclass(frozen=True)
class Survey:
    """Every failure, every kind of request, and the answer for each pair."""

    failures: tuple[Failure, ...]
    visits: tuple[Visit, ...]
    cells: tuple[Cell, ...]

    def answer(self, failure: str, visit: Visit) -> Answer:
        """Return the answer for a failure's name and a request. Raises KeyError for an unknown pair."""
        for cell in self.cells:
            if cell.failure.name == failure and cell.visit == visit:
                return cell.answer
        raise KeyError(failure)


def survey(
    template: Mapping[str, Any], region: str = DEFAULT_REGION, parameters: Mapping[str, Any] | None = None
) -> Survey:
    """Return what visitors of an expanded template's sites get during each failure.

    `parameters` has the known values of the template's parameters, as lists for list types.
    """
    made = graph.read(template, region, parameters or {})
    all_visits = visits.visits(made)
    failing = failures(made)
    cells = [Cell(failure, visit, answer(made, failure, visit)) for failure in failing for visit in all_visits]
    return Survey(failing, all_visits, tuple(cells))


def answer(made: Graph, failure: Failure, visit: Visit) -> Answer:
    """Return the answer to a request during a failure: the worst of its outages, such as the loss of each zone."""
    return worst(_visited(made, outage, visit) for outage in failure.outages)


def _visited(made: Graph, outage: Outage, visit: Visit) -> Answer:
    distribution = made.distributions.get(referenced_id(visit.host) or "")
    if distribution:
        return cloudfront.answer(made, outage, distribution, visit.request)
    return dns.answer(made, outage, visit.host, visit.request)
