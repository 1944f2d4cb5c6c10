"""Sites with a copy in another Region as the model reads and judges them, once for all laws of a process."""

from typing import Any

from cli.analysis.availability.copies import Copy, copies
from cli.analysis.availability.lost_regions import lost_regions, situations
from cli.analysis.availability.model import Cell, Survey
from tests.expansion.random_copies import PRIMARY, SWITCHABLE
from tests.expansion.random_sites import in_template
from tests.expansion.shared_draws import shared
from tests.kept import kept

# The laws share a few sites: of each, the model reads four expansions, and judges six situations.
FEW = 12
SWITCHED = shared("surveyed sites with a copy", SWITCHABLE, FEW)


@kept(4 * FEW)
def copy_of(site: dict[str, Any]) -> Copy:
    """Return what the model reads in both halves of a site."""
    (found,) = copies(in_template(site), {}, PRIMARY)
    return found


@kept(4 * FEW)
def survey_of(site: dict[str, Any]) -> Survey:
    """Return the answers in every situation."""
    return lost_regions(copy_of(site))


def cells(site: dict[str, Any], *, switched: bool, first: str = PRIMARY) -> list[Cell]:
    """Return the answers before or after a switch, in the situations whose name begins like this."""
    every = situations(copy_of(site))
    names = [item.name for item in every if item.switched is switched and item.name.startswith(first)]
    judged = [cell for cell in survey_of(site).cells if cell.failure.name in names]
    assert judged
    return judged
