"""Random sites as the model reads and judges them, once for all laws of a process."""

import json
from functools import lru_cache
from typing import Any

from cli.analysis.availability import graph
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.model import Survey, survey
from tests.availability.templates import site
from tests.expansion import random_sites
from tests.expansion.shared_draws import shared

# The laws share these sites: each law is tried with all of them, or with some.
SOME = 40
SITES = shared(random_sites.SITES, SOME)


def graph_of(properties: dict[str, Any]) -> Graph:
    """Return the graph of a site: the same one each time. Nothing can change it."""
    return _graph_of(json.dumps(properties))


def survey_of(properties: dict[str, Any]) -> Survey:
    """Return what visitors of a site get during each failure: the same survey each time."""
    return _survey_of(json.dumps(properties))


@lru_cache(maxsize=SOME)
def _graph_of(properties: str) -> Graph:
    return graph.read(site(**json.loads(properties)), "us-east-1", {})


@lru_cache(maxsize=SOME)
def _survey_of(properties: str) -> Survey:
    return survey(site(**json.loads(properties)))
