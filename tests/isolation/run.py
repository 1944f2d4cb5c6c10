"""The whole run, in order: both neighbours are made, one attacks the other, and then goes its way."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.isolation import attacks, intruder, own
from tests.isolation.attacks import Attack
from tests.isolation.bed import Bed
from tests.isolation.intruder import Tried
from tests.isolation.own import Row
from tests.isolation.wire import Json


@dataclass
class Run:
    """What came of everything. `mistakes` are requests that the bed could not judge."""

    own: list[Row] = field(default_factory=list)
    neighbour: list[Row] = field(default_factory=list)
    attacks: list[Attack] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    mistakes: list[str] = field(default_factory=list)


def run(template: Callable[[str, str], Json]) -> Run:
    """Run everything with the neighbours' expanded templates."""
    found = Run()
    with Bed(template) as bed:
        found.functions = {function.name for function in bed.functions() if function.is_called_by_the_stack}
        found.neighbour += own.create_all(bed, bed.neighbour)
        found.own += own.create_all(bed, bed.own)
        for requests in (own.rotate_all, own.scheduled, own.update_all):
            found.own += requests(bed, bed.own)
        found.attacks += attacks.all_attacks(bed)
        found.tried += intruder.try_all(bed)
        found.own += own.delete_all(bed, bed.own)
        found.mistakes = list(dict.fromkeys(bed.authorizer.mistakes))
    return found
