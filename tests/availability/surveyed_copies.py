"""Sites with a copy in another Region as the model reads and judges them, once for all laws of a process."""

import json
from functools import lru_cache
from typing import Any

from cli.analysis.availability.copies import Copy, copies
from cli.analysis.availability.lost_regions import lost_regions, situations
from cli.analysis.availability.model import Cell, Survey
from tests.expansion.random_copies import PRIMARY, SWITCHABLE
from tests.expansion.random_sites import in_template
from tests.expansion.shared_draws import shared

# The laws share a few sites: of each, the model reads four expansions, and judges six situations.
FEW = 12
SWITCHED = shared(SWITCHABLE, FEW)


def copy_of(site: dict[str, Any]) -> Copy:
    """Return what the model reads in both halves of a site: the same copy each time. Nothing can change it."""
    return _copy_of(json.dumps(site))


@lru_cache(maxsize=4 * FEW)
def _copy_of(site: str) -> Copy:
    (found,) = copies(in_template(json.loads(site)), {}, PRIMARY)
    return found


def survey_of(site: dict[str, Any]) -> Survey:
    """Return the answers in every situation, worked out once for each site."""
    return _survey_of(json.dumps(site))


@lru_cache(maxsize=4 * FEW)
def _survey_of(site: str) -> Survey:
    return lost_regions(_copy_of(site))


def cells(site: dict[str, Any], *, switched: bool, first: str = PRIMARY) -> list[Cell]:
    """Return the answers before or after a switch, in the situations whose name begins like this."""
    every = situations(copy_of(site))
    names = [item.name for item in every if item.switched is switched and item.name.startswith(first)]
    judged = [cell for cell in survey_of(site).cells if cell.failure.name in names]
    assert judged
    return judged
