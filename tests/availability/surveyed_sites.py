"""Random sites as the model reads and judges them, once for all laws of a process."""

from typing import Any

from cli.analysis.availability import graph
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.model import Survey, survey
from tests.availability.templates import site
from tests.expansion import random_sites
from tests.expansion.shared_draws import shared
from tests.kept import kept

# The laws share these sites: each law is tried with all of them, or with some.
SOME = 40
SITES = shared("surveyed sites", random_sites.SITES, SOME)


@kept(SOME)
def graph_of(properties: dict[str, Any]) -> Graph:
    """Return the graph of a site."""
    return graph.read(site(**properties), "us-east-1", {})


@kept(SOME)
def survey_of(properties: dict[str, Any]) -> Survey:
    """Return what visitors of a site get during each failure."""
    return survey(site(**properties))
