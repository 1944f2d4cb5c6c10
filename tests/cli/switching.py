"""What the tests of `switch` share: they run its steps on a world of two Regions."""

from typing import Any

from cli.switch.half import SiteName, find_half
from cli.switch.plan import planned, refuse, unplanned
from cli.switch.run import Result, dry_run, run
from cli.switch.survey import Survey, survey
from tests.cli.fake_region import PRIMARY, SECONDARY, SITE
from tests.cli.two_regions import STACK, Interrupted, World, in_place

NAME = SiteName(STACK)
MUTATING = ("Put", "Delete", "Update", "Promote", "Suspend", "Resume", "Create", "Execute")


def switch(world: World, to: str, *, is_planned: bool = False, dry: bool = False) -> tuple[Result, ...]:
    """Switch as the command does, without questions."""
    tools = world.tools()
    with in_place(world):
        target = find_half(tools.client, NAME, to)
        source = find_half(tools.client, NAME, target.other_region) if is_planned else None
        seen = survey(tools, (target, source) if source else (target,))
        refuse(tools, target, source, seen)
        steps = planned(tools, target, source) if source else unplanned(tools, target)
        return dry_run(steps) if dry else run(steps, tools)


def seen(world: World, *regions: str) -> Survey:
    """Return the state of the halves in these Regions."""
    tools = world.tools()
    with in_place(world):
        return survey(tools, tuple(find_half(tools.client, NAME, region) for region in regions))


def changes(world: World) -> list[tuple[str, str]]:
    """Return the calls that change something."""
    return [(region, operation) for region, operation in world.calls if operation.startswith(MUTATING)]


def make_primary_a_replica(world: World) -> None:
    """Deploy Secondary.Replica: true to the primary Region, while the secondary half is active."""
    half = world[PRIMARY]
    assert half.database
    group: dict[str, Any] = half.template["Resources"][SITE]["Properties"]["Secondary"]
    group["Replica"] = True
    half.database.source, half.templated_source = half.source_arn(), True
    half.database.generation += 1


def interrupted_at(world: World, beat: int, to: str, *, is_planned: bool) -> bool:
    """Switch, interrupted after so many calls and waits; then again, to the end. Return whether it was interrupted."""
    world.interrupt_after = beat
    try:
        switch(world, to, is_planned=is_planned)
    except Interrupted:
        switch(world, to, is_planned=is_planned)
        return True
    return False


__all__ = ["PRIMARY", "SECONDARY", "changes", "interrupted_at", "make_primary_a_replica", "seen", "switch"]
