"""What the tests of `switch` share: they run its steps on a world of two Regions."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from cli.deployed.site import SiteName
from cli.switch import site_file
from cli.switch.half import find_half
from cli.switch.run import Result
from cli.switch.survey import Survey, survey
from cli.switch.switchover import SwitchRequest, execute, prepare, preview
from resilient_website.expand import expand_template
from tests.cli.fake_region import PRIMARY, SECONDARY, SITE
from tests.cli.two_regions import STACK, Interrupted, World, in_place
from tests.kept import kept

NAME = SiteName(STACK)
# More calls and waits than any switch has.
MANY = 2000
MUTATING = ("Put", "Delete", "Update", "Promote", "Suspend", "Resume", "Create", "Execute")


@contextmanager
def file_of(world: World) -> Iterator[Path]:
    """Write the site's own file, as long as the context lasts."""
    with TemporaryDirectory() as folder:
        own = Path(folder) / "site.json"
        own.write_text(json.dumps(world.file))
        yield own


def switch(
    world: World, to: str, *, is_planned: bool = False, dry: bool = False, file: Path | None = None
) -> tuple[Result, ...]:
    """Switch as the command does, without questions; from the site's own file, if no other is given."""
    tools = world.tools()
    with in_place(world), nullcontext(file) if file else file_of(world) as given:
        request = SwitchRequest(NAME, to, is_planned, given, {"Team": "web"})
        switchover = prepare(tools, request)
        return preview(tools, switchover, request) if dry else execute(tools, switchover, request)


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


def interrupted_at(world: World, beat: int, to: str, *, is_planned: bool, file: Path) -> bool:
    """Switch, interrupted after so many calls and waits; then again, to the end. Return whether it was interrupted."""
    world.interrupt_after = beat
    try:
        switch(world, to, is_planned=is_planned, file=file)
    except Interrupted:
        switch(world, to, is_planned=is_planned, file=file)
        return True
    return False


@contextmanager
def expanded_once() -> Iterator[None]:
    """Let `switch` expand the same file with the same parameters once: it does so at each start, to refuse it early."""
    with patch.object(site_file, "expand_template", kept(64)(expand_template)):
        yield


def interrupted_everywhere(begin: Callable[[], World], to: str, *, is_planned: bool) -> tuple[World, int]:
    """Check that a switch which is interrupted after any call or wait, and run again, ends as one that is not.

    `begin` returns the world before it. Returns the one of the switch without interruption, and how often it was
    interrupted.
    """
    undisturbed = begin()
    with file_of(undisturbed) as file, expanded_once():
        switch(undisturbed, to, is_planned=is_planned, file=file)
        undisturbed.sleep(600)
        for beat in range(1, MANY):
            disturbed = begin()
            disturbed._beats = 0
            if not interrupted_at(disturbed, beat, to, is_planned=is_planned, file=file):
                return undisturbed, beat - 1
            disturbed.sleep(600)
            assert disturbed.state() == undisturbed.state(), f"interrupted after {beat}"
    raise AssertionError(f"the switch has more than {MANY} calls and waits")


__all__ = ["PRIMARY", "SECONDARY", "changes", "interrupted_everywhere", "make_primary_a_replica", "seen", "switch"]
