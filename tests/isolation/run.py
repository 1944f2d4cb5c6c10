"""The whole run, in order: both neighbours are made, one attacks the other, and then goes its way."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.isolation import attacks, intruder, own
from tests.isolation.attacks import Attack
from tests.isolation.harness import Harness
from tests.isolation.intruder import Tried
from tests.isolation.own import Row
from tests.isolation.wire import Json


@dataclass
class Run:
    """What came of everything. `mistakes` are requests that the harness could not judge."""

    own: list[Row] = field(default_factory=list)
    neighbour: list[Row] = field(default_factory=list)
    attacks: list[Attack] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    mistakes: list[str] = field(default_factory=list)


def run(template: Callable[[str, str], Json]) -> Run:
    """Run everything with the neighbours' expanded templates."""
    found = Run()
    with Harness(template) as harness:
        found.functions = {function.name for function in harness.functions() if function.is_called_by_the_stack}
        found.neighbour += own.create_all(harness, harness.neighbour)
        found.own += own.create_all(harness, harness.own)
        for requests in (own.rotate_all, own.scheduled, own.update_all):
            found.own += requests(harness, harness.own)
        found.attacks += attacks.all_attacks(harness)
        found.tried += intruder.try_all(harness)
        found.own += own.delete_all(harness, harness.own)
        found.mistakes = list(dict.fromkeys(harness.authorizer.mistakes))
    return found
